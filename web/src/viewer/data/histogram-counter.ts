// In the data worker.
import type { Histogram, Picture, PixelArray } from "../core/picture.ts";
import { countHistogram } from "../core/histogram.ts";
import { GpuHistogram } from "./gpu-histogram.ts";

/** Counts by the graphics card where there is one for it; by the processor while it counts another plane, or is lost. */
export class HistogramCounter {
  #opening: Promise<GpuHistogram | null> | null = null;
  #counting = false;

  async count(pixels: PixelArray, pixelType: Picture["pixelType"], of: Histogram["of"]): Promise<Histogram> {
    const gpu = await (this.#opening ??= GpuHistogram.open());
    if (gpu?.lost) this.#opening = null;
    else if (gpu && !this.#counting) {
      this.#counting = true;
      try {
        const counted = await gpu.count(pixels, pixelType, of);
        if (counted) return counted;
      } catch {
        // The device went while it counted.
      } finally {
        this.#counting = false;
      }
    }
    return countHistogram(pixels, pixelType, of);
  }
}
