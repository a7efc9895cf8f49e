// Small pictures of planes, made in the data worker.
import { colourIndex } from "../core/display-settings.ts";
import { percentileLimits } from "../core/percentile.ts";
import type { Histogram, Picture } from "../core/picture.ts";

/** Left out at either end of the contrast, as a part of all pixels. */
const IGNORED = 0.002;

/** Fitted into a box of so many px; each pixel is the mean of at most 4 x 4 samples of what it covers, in grey. Null: there is nothing to show. */
export function shrinkPicture(picture: Picture, histogram: Histogram, width: number, height: number): ImageData | null {
  // Of nothing there is no picture.
  if (picture.nothing !== undefined) return null;
  const zoom = Math.min(width / picture.width, height / picture.height);
  const [columns, rows] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * zoom))) as [
    number,
    number,
  ];
  const { min, max } = percentileLimits(histogram, IGNORED);
  const { origin, gain } = picture.wide ?? { origin: 0, gain: 1 };
  const [low, high] = [min, max].map((limit) => (limit - Number(origin)) * gain) as [number, number];
  const display = { min: low, max: high, gamma: 1 };
  const image = new ImageData(columns, rows);
  const samples = Math.min(4, Math.max(1, Math.floor(1 / zoom)));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let j = 0; j < samples; j++) {
        const row = Math.min(picture.height - 1, Math.floor(((y + (j + 0.5) / samples) * picture.height) / rows));
        for (let i = 0; i < samples; i++) {
          const column = Math.min(picture.width - 1, Math.floor(((x + (i + 0.5) / samples) * picture.width) / columns));
          sum += picture.pixels[row * picture.width + column] ?? 0;
        }
      }
      const grey = colourIndex(display, sum / (samples * samples));
      image.data.set([grey, grey, grey, 255], 4 * (y * columns + x));
    }
  }
  return image;
}
