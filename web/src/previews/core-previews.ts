// The core's previews (`native/wasm/src/previews.rs`): who gets a picture of which frame, when, and the picture itself.
import type { PreviewRequest } from "@zarrcam/client/remote";
import type { PixelType } from "@zarrcam/protocol";

import type { Buffer, Core } from "../recorder/core.ts";

/** A frame that lies in the core's memory. */
export interface OfferedFrame {
  /** Index in the configuration's `video`. */
  stream: number;
  /** The number of its run, from 1; 0: a snap. */
  run: number;
  /** Of the dataset; `null`: it is not saved. */
  frameIndex: bigint | null;
  /** The camera's own count. */
  hardwareId: bigint;
  hardwareClockNs: bigint;
  /** Of this computer, ns since 1970-01-01 UTC. */
  unixNs: bigint;
  /** Pixels of a row. */
  width: number;
  /** Rows. */
  height: number;
  pixelType: PixelType;
  /** Rows tight, little endian. */
  pixels: Buffer;
}

/** How storage fares: nothing is stored, so many of so many frames wait, or this frame is lost to it. */
export type Load = "free" | { frames: number; capacity: number } | "losing";

export interface MadePicture {
  /** The number that it was asked for under. */
  subscription: number;
  /** Of its frame among those that were offered, from 1. */
  sequence: number;
  message: Uint8Array<ArrayBuffer>;
}

export class CorePreviews {
  readonly #core: Core;
  readonly #previews: number;

  constructor(core: Core) {
    this.#core = core;
    this.#previews = core.exports.previews_open();
  }

  /** A run begins: the frames that are there belong to one before. */
  begin(): void {
    this.#core.exports.previews_begin(this.#previews);
  }

  observe(load: Load): void {
    const { frames, capacity } = typeof load === "object" ? load : { frames: 0, capacity: 0 };
    this.#core.exports.previews_observe(this.#previews, frames, capacity, load === "losing" ? 1 : 0);
  }

  offer(frame: OfferedFrame): void {
    const params = {
      stream: frame.stream,
      run: frame.run,
      width: frame.width,
      height: frame.height,
      pixel_type: frame.pixelType,
      frame_index: frame.frameIndex?.toString() ?? null,
      hardware_id: frame.hardwareId.toString(),
      hardware_clock_ns: frame.hardwareClockNs.toString(),
      unix_ns: frame.unixNs.toString(),
    };
    const { start, bytes } = frame.pixels;
    this.#core.ask(params, (...text) => this.#core.exports.previews_offer(this.#previews, ...text, start, bytes));
  }

  withdraw(stream: number): void {
    this.#core.exports.previews_withdraw(this.#previews, stream);
  }

  keep(stream: number): void {
    this.#core.exports.previews_keep(this.#previews, stream);
  }

  /** @param after the sequence number of the frame that it had last; `null`: none, or the same in another size */
  ask(subscription: number, request: PreviewRequest, after: number | null, full = false): void {
    const { stream, maxWidth, maxHeight, region = null, endedRun = false } = request;
    const size = { stream, subscription, max_width: maxWidth, max_height: maxHeight };
    const wire = { ...size, region, full, ended_run: endedRun };
    this.#core.ask({ request: wire, after }, (...text) => this.#core.exports.previews_ask(this.#previews, ...text));
  }

  cancel(subscription: number): void {
    this.#core.exports.previews_cancel(this.#previews, subscription);
  }

  /** All pictures whose turn it is; `waitMs`: others have theirs then. */
  next(): { pictures: MadePicture[]; waitMs: number | null } {
    const made = this.#core.read<{
      pictures: { subscription: number; sequence: number; start: number; bytes: number }[];
      wait_ms: number | null;
    }>(this.#core.exports.previews_next(this.#previews));
    const pictures = made.pictures.map(({ subscription, sequence, start, bytes }) => ({
      subscription,
      sequence,
      message: this.#core.view({ start, bytes }).slice(),
    }));
    return { pictures, waitMs: made.wait_ms };
  }

  sequence(stream: number): number {
    return Number(this.#core.exports.previews_sequence(this.#previews, stream));
  }

  /** Pictures a second that are made at most while storage needs the computer; `null`: as many as a screen shows. */
  get limitPerS(): number | null {
    return this.#core.exports.previews_limit_per_s(this.#previews) || null;
  }

  close(): void {
    this.#core.exports.previews_close(this.#previews);
  }
}
