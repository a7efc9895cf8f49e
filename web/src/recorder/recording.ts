import type { DatasetEnd, Ledger } from "@zarrcam/protocol";

import type { FrameStamp } from "./camera.ts";
import type { Buffer, Core } from "./core.ts";
import type { Store } from "./store.ts";

/** What is true of a recording when all that was written has left. */
export interface Report {
  ledger: Ledger;
  /** What other programs can read; `null`: nothing yet. */
  published: { frames_published: number; shape: number[] } | null;
  /** Why nothing more is stored. */
  failure: string | null;
  /** Since the last report. */
  warnings: string[];
}

export interface RecordingRequest {
  /** Of the dataset, in the store. */
  path: string;
  configuration: object;
  /** Which of the configuration's. */
  stream: number;
  runId: string;
}

/** One stream of a configuration, recorded into a store. What it says is stored has left. */
export class Recording {
  readonly frameBytes: number;
  readonly #store: Store;
  readonly #core: Core;
  readonly #recording: number;

  /** Makes the dataset. `drain` the store, and it is there. */
  constructor(store: Store, { path, configuration, stream, runId }: RecordingRequest) {
    this.#store = store;
    this.#core = store.core;
    const params = { path, configuration, stream, run_id: runId };
    const opened = this.#core.ask<{ recording: number; frame_bytes: number }>(params, (...text) =>
      this.#core.exports.recording_open(store.number, ...text),
    );
    this.#recording = opened.recording;
    this.frameBytes = opened.frame_bytes;
  }

  /**
   * Takes a frame, in order of hardware ids; what they leave out is lost.
   * @returns whether the run has all its frames.
   */
  async take({ hardwareId, hardwareClockNs }: FrameStamp, pixels: Buffer): Promise<boolean> {
    const hostClockNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;
    const said = this.#core.read<{ full: boolean }>(
      this.#core.exports.recording_take(
        this.#recording,
        hardwareId,
        hardwareClockNs,
        hostClockNs,
        pixels.start,
        pixels.bytes,
      ),
    );
    await this.#store.drain();
    return said.full;
  }

  /** Seals and publishes all that was taken, part by part, so that memory stays flat. `giveUp`: what is not stored yet is lost. */
  async finish(end: DatasetEnd, giveUp = false): Promise<void> {
    const { exports } = this.#core;
    this.#core.ask({ end, give_up: giveUp }, (...text) => exports.recording_end(this.#recording, ...text));
    do await this.#store.drain();
    while (this.#core.read<boolean>(exports.recording_seal_part(this.#recording)));
    await this.#store.againWhenOpen(() => this.#core.read(exports.recording_close_dataset(this.#recording)));
  }

  report(): Report {
    return this.#core.read<Report>(this.#core.exports.recording_settle(this.#recording));
  }

  close(): void {
    this.#core.exports.recording_close(this.#recording);
  }
}
