import { type Size, type View, visibleRegion } from "./geometry.ts";
import type { Rectangle } from "./picture.ts";
import type { PlaneLevel } from "./plane-source.ts";

/** A level may be so much finer than the screen before the next one is taken. */
const EXCESS = 1.35;
/** A plane up to this is read whole: panning then costs nothing. Pixels. */
const WHOLE_PLANE = 4 << 20;
const STEP = 512;

/** What of an image is read for what is in sight. */
export interface LevelChoice {
  /** Index of the zoom level. */
  level: number;
  /** The part to read, px of the full level; null: the whole plane. */
  region: Rectangle | null;
}

/** The coarsest level that the screen does not see as coarse, and of a large plane the part in sight. */
export function chooseLevel(levels: PlaneLevel[], view: View, frame: Size, canvas: Size): LevelChoice {
  let level = 0;
  levels.forEach(({ scale }, at) => {
    if (Math.max(...scale) * view.zoom <= EXCESS) level = at;
  });
  const chosen = levels[level];
  if (!chosen || chosen.width * chosen.height <= WHOLE_PLANE) return { level, region: null };
  const visible = visibleRegion(view, frame, canvas);
  if (!visible) return { level, region: null };
  const [stepX, stepY] = [STEP * chosen.scale[0], STEP * chosen.scale[1]];
  const x = Math.floor(visible.x / stepX) * stepX;
  const y = Math.floor(visible.y / stepY) * stepY;
  const right = Math.min(frame.width, Math.ceil((visible.x + visible.width) / stepX) * stepX);
  const bottom = Math.min(frame.height, Math.ceil((visible.y + visible.height) / stepY) * stepY);
  return { level, region: { x, y, width: right - x, height: bottom - y } };
}
