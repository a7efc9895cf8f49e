import type { Rectangle } from "../core/picture.ts";

export interface Tile {
  /** What the tile draws, px of the picture. */
  core: Rectangle;
  /** What its texture holds: the core and a px around it, so that smoothing shows no seam. */
  held: Rectangle;
}

/** Cuts a picture that is wider or higher than a texture may be. */
export function tilesOf(width: number, height: number, maxSide: number): Tile[] {
  if (width <= maxSide && height <= maxSide) {
    const whole = { x: 0, y: 0, width, height };
    return [{ core: whole, held: whole }];
  }
  const side = maxSide - 2;
  const tiles: Tile[] = [];
  for (let y = 0; y < height; y += side) {
    for (let x = 0; x < width; x += side) {
      const core = { x, y, width: Math.min(side, width - x), height: Math.min(side, height - y) };
      const left = Math.max(0, x - 1);
      const top = Math.max(0, y - 1);
      const held = {
        x: left,
        y: top,
        width: Math.min(width, x + core.width + 1) - left,
        height: Math.min(height, y + core.height + 1) - top,
      };
      tiles.push({ core, held });
    }
  }
  return tiles;
}
