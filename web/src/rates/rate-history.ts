/** One sample of a stream's rates; what is not measured is null, so that a plot shows a gap and no zero. */
export interface RateSample {
  /** Seconds since the history began. */
  time_s: number;
  camera_fps: number | null;
  stored_fps: number | null;
  shown_fps: number | null;
  queue_percent: number | null;
  lost: number;
}

/** Four samples a second for ten minutes. */
const LIMIT = 2400;

/** The last ten minutes of one run, for the plot. */
export class RateHistory {
  #samples: RateSample[][] = [];
  #origin: number | null = null;

  clear(): void {
    this.#samples = [];
    this.#origin = null;
  }

  add(stream: number, atMs: number, sample: Omit<RateSample, "time_s">): void {
    this.#origin ??= atMs;
    const samples = (this.#samples[stream] ??= []);
    samples.push({ time_s: (atMs - this.#origin) / 1000, ...sample });
    if (samples.length > LIMIT) samples.splice(0, samples.length - LIMIT);
  }

  of(stream: number): readonly RateSample[] {
    return this.#samples[stream] ?? [];
  }

  /** Columns as uPlot takes them: time, camera, saved, shown, queue. */
  columns(stream: number): [number[], ...(number | null)[][]] {
    const samples = this.of(stream);
    return [
      samples.map(({ time_s }) => time_s),
      samples.map(({ camera_fps }) => camera_fps),
      samples.map(({ stored_fps }) => stored_fps),
      samples.map(({ shown_fps }) => shown_fps),
      samples.map(({ queue_percent }) => queue_percent),
    ];
  }
}
