import type { Size, View } from "../core/geometry.ts";
import type { Picture, PixelArray } from "../core/picture.ts";
import { type Colouring, type Projection, LUT_SIZE, colouring, projection } from "./projection.ts";
import type { ImageLayer } from "./renderer.ts";

/** All layers, added up. `out` holds r g b a bytes; 0 where there is no picture. */
export function paintLayers(view: View, layers: ImageLayer[], canvas: Size, out: Uint32Array): void {
  const [first, ...others] = layers;
  const draw = ({ picture, display }: ImageLayer, to: Uint32Array) =>
    paint(picture, projection(view, canvas, picture), colouring(display, picture), canvas, to);
  if (!first) out.fill(0);
  else draw(first, out);
  if (others.length === 0) return;
  const layer = new Uint32Array(out.length);
  // Clamped: colours add up to white, as the GPU's blending does.
  const sum = new Uint8ClampedArray(out.buffer, out.byteOffset, out.byteLength);
  const parts = new Uint8Array(layer.buffer);
  for (const other of others) {
    draw(other, layer);
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (parts[at] as number);
  }
}

/**
 * The picture as `shader.wgsl` draws it, in plain loops. `out` holds r g b a bytes; 0 where there is no picture.
 * What depends on the column alone is worked out once: the inner loops only look up, weigh and add.
 */
export function paint(
  picture: Picture,
  project: Projection,
  { lut, minimum, toLut, mark, white }: Colouring,
  canvas: Size,
  out: Uint32Array,
): void {
  const { pixels, width, height } = picture;
  const { originX, originY, stepX, stepY, limitX, limitY, nearest, tapsX, tapsY } = project;
  out.fill(0);
  const [left, right] = inside(originX, stepX, limitX, canvas.width);
  const [top, bottom] = inside(originY, stepY, limitY, canvas.height);
  const x = samples(originX, stepX, width, tapsX, left, right);
  const y = samples(originY, stepY, height, tapsY, top, bottom);
  const columns = right - left;
  const kind = tapsX > 1 || tapsY > 1 ? "mean" : nearest ? "nearest" : "smooth";
  const perTap = 1 / (tapsX * tapsY);

  const values = kind === "smooth" ? smoothRows(pixels, width, x, y) : null;

  for (let line = 0; line < bottom - top; line++) {
    const to = (top + line) * canvas.width + left;
    const here = (y.near[line] as number) * width;
    const smooth = values?.(line);
    for (let column = 0; column < columns; column++) {
      let value = pixels[here + (x.near[column] as number)] as number;
      if (value >= white) {
        out[to + column] = mark;
        continue;
      }
      if (smooth) value = smooth[column] as number;
      else if (kind === "mean") {
        let sum = 0;
        for (let j = line * tapsY; j < (line + 1) * tapsY; j++) {
          const from = (y.taps[j] as number) * width;
          for (let i = column * tapsX; i < (column + 1) * tapsX; i++)
            sum += pixels[from + (x.taps[i] as number)] as number;
        }
        value = sum * perTap;
      }
      const entry = (value - minimum) * toLut;
      // NaN is no brightness: it fails both comparisons and becomes 0, the darkest colour.
      out[to + column] = lut[entry >= LUT_SIZE - 1 ? LUT_SIZE - 1 : entry > 0 ? (entry + 0.5) | 0 : 0] as number;
    }
  }
}

/** Bilinear values line by line. A row of the picture is stretched once, and serves all the lines that it borders. */
function smoothRows(pixels: PixelArray, width: number, x: Samples, y: Samples): (line: number) => Float32Array {
  const columns = x.low.length;
  const mixed = new Float32Array(columns);
  let upper = { row: -1, values: new Float32Array(columns) };
  let lower = { row: -1, values: new Float32Array(columns) };
  const stretch = (into: typeof upper, row: number) => {
    if (into.row === row) return;
    into.row = row;
    const from = row * width;
    for (let column = 0; column < columns; column++) {
      const first = pixels[from + (x.low[column] as number)] as number;
      const second = pixels[from + (x.high[column] as number)] as number;
      into.values[column] = first + (second - first) * (x.part[column] as number);
    }
  };
  return (line) => {
    const low = y.low[line] as number;
    if (lower.row === low) [upper, lower] = [lower, upper];
    stretch(upper, low);
    stretch(lower, y.high[line] as number);
    const part = y.part[line] as number;
    const [above, below] = [upper.values, lower.values];
    for (let column = 0; column < columns; column++) {
      const first = above[column] as number;
      mixed[column] = first + ((below[column] as number) - first) * part;
    }
    return mixed;
  };
}

/** Where along one direction of the picture the canvas px `from` to `to` look. */
interface Samples {
  near: Int32Array;
  /** The two px to weigh, and the part of the second. */
  low: Int32Array;
  high: Int32Array;
  part: Float64Array;
  /** The px to take the mean of, `taps` for each canvas px. */
  taps: Int32Array;
}

function samples(origin: number, step: number, length: number, taps: number, from: number, to: number): Samples {
  const count = Math.max(0, to - from);
  const clamp = (at: number) => Math.min(length - 1, Math.max(0, at));
  const found: Samples = {
    near: new Int32Array(count),
    low: new Int32Array(count),
    high: new Int32Array(count),
    part: new Float64Array(count),
    taps: new Int32Array(taps > 1 ? count * taps : count),
  };
  for (let at = 0; at < count; at++) {
    const position = origin + (from + at + 0.5) * step;
    const low = Math.floor(position - 0.5);
    found.near[at] = clamp(Math.floor(position));
    found.low[at] = clamp(low);
    found.high[at] = clamp(low + 1);
    found.part[at] = position - 0.5 - low;
    for (let tap = 0; tap < taps; tap++) {
      found.taps[at * taps + tap] = clamp(Math.floor(position + ((tap + 0.5) / taps - 0.5) * step));
    }
  }
  return found;
}

/** The canvas px whose middles lie on the picture. */
function inside(origin: number, step: number, limit: number, length: number): [from: number, to: number] {
  const from = Math.max(0, Math.ceil(-origin / step - 0.5));
  const to = Math.min(length, Math.ceil((limit - origin) / step - 0.5));
  return [from, Math.max(from, to)];
}
