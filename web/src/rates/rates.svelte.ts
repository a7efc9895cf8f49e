import type { Stats } from "@zarrcam/protocol";
import { RateHistory, type RateSample } from "./rate-history.ts";

/** The rates of the run that goes on, or went on last, as they came with the statistics. */
export class Rates {
  readonly #history = new RateHistory();
  #version = $state(0);

  /** Another run begins: its time starts at zero. */
  clear(): void {
    this.#history.clear();
    this.#version += 1;
  }

  /** @param shownFps frames a second that the canvas shows; null: none yet */
  take(stats: Stats, shownFps: number | null): void {
    const isRecording = stats.state === "Running";
    if (!isRecording && stats.state !== "Previewing") return;
    for (const { stream, rates, queue, ledger } of stats.streams) {
      this.#history.add(stream, stats.unix_ms, {
        camera_fps: rates.camera_fps,
        stored_fps: isRecording ? rates.stored_fps : null,
        shown_fps: shownFps,
        queue_percent: queue.capacity > 0 ? (100 * queue.frames) / queue.capacity : null,
        lost: ledger.dropped,
      });
    }
    this.#version += 1;
  }

  /** As uPlot takes them. */
  columns(stream: number): ReturnType<RateHistory["columns"]> {
    void this.#version;
    return this.#history.columns(stream);
  }

  latest(stream: number): RateSample | undefined {
    void this.#version;
    return this.#history.of(stream).at(-1);
  }
}
