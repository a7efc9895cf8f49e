import type { FrameStamp } from "../cameras/browser-camera.ts";

/**
 * How many frames a loop has fallen behind a camera, by what each frame took it: where frames came in a burst, after a pause of the
 * whole browser say, and are dealt with faster than the camera gives them, it is not behind.
 */
export class Backlog {
  readonly capacity: number;
  #frames = 0;
  /** When the last frame was begun, and which; null: there was nothing to do since. */
  #last: { atMs: number; stamp: FrameStamp } | null = null;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get frames(): number {
    return this.#frames;
  }

  /** The next frame is there, and was waited for or not. */
  begin(atMs: number, stamp: FrameStamp): void {
    const last = this.#last;
    this.#last = { atMs, stamp };
    if (!last) return;
    const ids = Number(stamp.hardwareId - last.stamp.hardwareId);
    const clockMs = Number(stamp.hardwareClockNs - last.stamp.hardwareClockNs) / 1e6;
    // Another time point counts anew.
    if (ids <= 0 || clockMs <= 0) return;
    const isSlower = atMs - last.atMs > clockMs / ids;
    this.#frames = isSlower ? Math.min(this.#frames + 1, this.capacity) : Math.max(this.#frames - 1, 0);
  }

  /** No frame waits. */
  rest(): void {
    this.#frames = 0;
    this.#last = null;
  }

  /** A camera without a pace always has the next frame. */
  fill(): void {
    this.#frames = this.capacity;
  }
}
