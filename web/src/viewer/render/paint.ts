import { colourIndex, type Look } from "../core/look.ts";
import type { Picture } from "../core/picture.ts";
import type { Size } from "../core/geometry.ts";
import type { Colouring, Projection } from "./projection.ts";

/** Steps of the table between values and colours: finer than the eye and the 256 colours. */
const TONES = 4096;

/** The picture as `shader.wgsl` draws it, in plain loops. `out` holds r g b a bytes; 0 where there is no picture. */
export function paint(
  picture: Picture,
  project: Projection,
  look: Look,
  { table, mark, white }: Colouring,
  canvas: Size,
  out: Uint32Array,
): void {
  const tones = new Uint32Array(TONES);
  for (let at = 0; at < TONES; at++) {
    tones[at] = table[colourIndex({ min: 0, max: TONES - 1, gamma: look.gamma }, at)] as number;
  }
  const toTone = (TONES - 1) / Math.max(look.max - look.min, Number.MIN_VALUE);
  const { pixels, width, height } = picture;
  const { originX, originY, stepX, stepY, limitX, limitY, nearest, tapsX, tapsY } = project;
  const sampler = tapsX > 1 || tapsY > 1 ? mean : nearest ? exact : smooth;
  out.fill(0);
  const [left, right] = inside(originX, stepX, limitX, canvas.width);
  const [top, bottom] = inside(originY, stepY, limitY, canvas.height);
  for (let row = top; row < bottom; row++) {
    const y = originY + (row + 0.5) * stepY;
    const at = row * canvas.width;
    for (let column = left; column < right; column++) {
      const x = originX + (column + 0.5) * stepX;
      const here = texel(Math.floor(x), Math.floor(y));
      if (here >= white) {
        out[at + column] = mark;
        continue;
      }
      const value = sampler(x, y);
      const tone = Math.min(TONES - 1, Math.max(0, Math.round((value - look.min) * toTone)));
      // NaN is no brightness: the darkest colour.
      out[at + column] = tones[tone >= 0 ? tone : 0] as number;
    }
  }

  function texel(x: number, y: number): number {
    const column = x < 0 ? 0 : x >= width ? width - 1 : x;
    const line = y < 0 ? 0 : y >= height ? height - 1 : y;
    return pixels[line * width + column] as number;
  }
  function exact(x: number, y: number): number {
    return texel(Math.floor(x), Math.floor(y));
  }
  function smooth(x: number, y: number): number {
    const column = Math.floor(x - 0.5);
    const line = Math.floor(y - 0.5);
    const partX = x - 0.5 - column;
    const partY = y - 0.5 - line;
    const upper = texel(column, line) * (1 - partX) + texel(column + 1, line) * partX;
    const lower = texel(column, line + 1) * (1 - partX) + texel(column + 1, line + 1) * partX;
    return upper * (1 - partY) + lower * partY;
  }
  function mean(x: number, y: number): number {
    let sum = 0;
    for (let j = 0; j < tapsY; j++) {
      for (let i = 0; i < tapsX; i++) {
        sum += texel(
          Math.floor(x + ((i + 0.5) / tapsX - 0.5) * stepX),
          Math.floor(y + ((j + 0.5) / tapsY - 0.5) * stepY),
        );
      }
    }
    return sum / (tapsX * tapsY);
  }
}

/** The canvas px whose middles lie on the picture. */
function inside(origin: number, step: number, limit: number, length: number): [from: number, to: number] {
  const from = Math.max(0, Math.ceil(-origin / step - 0.5));
  const to = Math.min(length, Math.ceil((limit - origin) / step - 0.5));
  return [from, Math.max(from, to)];
}
