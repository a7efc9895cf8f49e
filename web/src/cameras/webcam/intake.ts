import { FrameBeat, type Numbered } from "./frame-beat.ts";
import type { CaptureRequest, ToCamera } from "./messages.ts";
import { type VideoPixels, convert, planesOf } from "./pixels.ts";
import { otherSize, unplugged } from "./refusals.ts";

/** A picture of the video, from the browser. */
export interface Picture {
  /** By the browser's clock of captures. */
  readonly stampUs: number;
  readonly shape: readonly [number, number];
  pixels(): Promise<VideoPixels>;
  /** The webcam has few buffers: each is given back at once. */
  close(): void;
}

/** Memory for the pictures that wait to be read, of one webcam. */
const MEMORY_BYTES = 96 << 20;
const MOST_WAITING = 64;
const FEWEST_WAITING = 8;

/** So many pictures wait for whoever records; one that finds no room is lost, and its id with it. */
export function waitingPictures(pictureBytes: number): number {
  return Math.min(MOST_WAITING, Math.max(FEWEST_WAITING, Math.floor(MEMORY_BYTES / pictureBytes)));
}

/** Takes the pictures of a webcam as they come, in a worker of their own: neither the page nor whoever records holds them up. */
export class Intake {
  readonly #request: CaptureRequest;
  readonly #post: (message: ToCamera, transfer: Transferable[]) => void;
  readonly #beat: FrameBeat<ArrayBuffer | null>;
  readonly #pictureBytes: number;
  readonly #spare: ArrayBuffer[] = [];
  #unmade: number;
  #run: number | null = null;
  #beganUs = 0;
  #isReady = false;
  #isOver = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(request: CaptureRequest, post: (message: ToCamera, transfer: Transferable[]) => void) {
    const [width, height] = request.shape;
    this.#request = request;
    this.#post = post;
    this.#beat = new FrameBeat(request.nominalUs);
    this.#pictureBytes = width * height * planesOf(request.look);
    this.#unmade = waitingPictures(this.#pictureBytes);
  }

  start(run: number): void {
    clearTimeout(this.#patience);
    for (const planes of this.#beat.restart()) if (planes) this.#spare.push(planes);
    this.#run = run;
  }

  /** Memory that was read comes back. */
  giveBack(planes: ArrayBuffer): void {
    this.#spare.push(planes);
  }

  /** One at a time, in order. */
  async take(picture: Picture): Promise<void> {
    const { stampUs, shape } = picture;
    const [width, height] = this.#request.shape;
    const run = this.#run;
    let planes: ArrayBuffer | null = null;
    try {
      if (this.#isOver) return;
      if (shape[0] !== width || shape[1] !== height) {
        this.fail(otherSize(this.#request.label, shape, this.#request.shape));
        return;
      }
      if (run !== null) planes = this.#memory();
      if (planes) convert(await picture.pixels(), this.#request.look, new Uint8Array(planes));
    } finally {
      picture.close();
    }
    if (!this.#isReady) {
      this.#isReady = true;
      this.#post({ kind: "ready" }, []);
    }
    if (run !== this.#run) {
      // It was before the run.
      if (planes) this.#spare.push(planes);
      return;
    }
    this.#send(this.#beat.arrived(planes, stampUs));
  }

  /** No picture will come any more. */
  ended(): void {
    this.fail(unplugged(this.#request.label));
  }

  fail(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#patience);
    this.#send(this.#beat.decide());
    this.#post({ kind: "failed", reason }, []);
  }

  /** Nobody wants any more. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#patience);
  }

  #memory(): ArrayBuffer | null {
    const spare = this.#spare.pop();
    if (spare) return spare;
    if (this.#unmade === 0) return null;
    this.#unmade--;
    return new ArrayBuffer(this.#pictureBytes);
  }

  #send(numbered: Numbered<ArrayBuffer | null>[]): void {
    const run = this.#run;
    for (const { frame: planes, id, stampUs } of numbered) {
      if (id === 0) this.#beganUs = stampUs;
      if (planes && run !== null)
        this.#post({ kind: "picture", run, id, clockUs: stampUs - this.#beganUs, planes }, [planes]);
    }
    clearTimeout(this.#patience);
    const { patienceUs } = this.#beat;
    if (patienceUs > 0)
      this.#patience = setTimeout(() => {
        this.#send(this.#beat.decide());
      }, patienceUs / 1e3);
  }
}
