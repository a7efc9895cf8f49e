/** Frames that wait for the recorder, at most; fewer where they are large, but some always. */
const MOST_FRAMES = 256;
const MOST_BYTES = 128e6;
const FEWEST_FRAMES = 8;

/** Memory for the frames of one camera: it goes to the recorder with a frame and comes back. */
export class FrameMemory {
  readonly #bytes: number;
  readonly #most: number;
  readonly #spare: ArrayBuffer[] = [];
  #made = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#most = Math.max(FEWEST_FRAMES, Math.min(MOST_FRAMES, Math.floor(MOST_BYTES / Math.max(1, bytes))));
  }

  /** `null`: the recorder has all of it. */
  take(): ArrayBuffer | null {
    const spare = this.#spare.pop();
    if (spare) return spare;
    if (this.#made >= this.#most) return null;
    this.#made++;
    return new ArrayBuffer(this.#bytes);
  }

  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength === this.#bytes) this.#spare.push(memory);
  }
}
