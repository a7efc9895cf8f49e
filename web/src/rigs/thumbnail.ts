import type { PreviewFrame } from "@zarrcam/protocol";
import { Standstill } from "../viewer/core/standstill.ts";
import { shrinkPicture } from "../viewer/data/thumbnail-picture.ts";
import { previewPicture } from "../viewer/live/preview-picture.ts";

/** Box of a small picture, px. */
export const THUMBNAIL = { width: 288, height: 180 } as const;
/** A picture is taken at most so often, ms: the credit for the next one goes back then. */
export const EVERY_MS = 400;

/** A small picture as it is drawn. */
export interface SmallPicture {
  readonly image: ImageData;
  /** When it was captured, by the camera computer's clock, ms. */
  readonly unixMs: number;
}

/** One credit after the other, each so long after the one before: however many pictures could come, few do. */
export class Pace {
  #last: Promise<void> = Promise.resolve();
  readonly #wait: (ms: number) => Promise<void>;

  constructor(wait: (ms: number) => Promise<void>) {
    this.#wait = wait;
  }

  next(): Promise<void> {
    return (this.#last = this.#last.then(() => this.#wait(EVERY_MS)));
  }
}

/** The newest picture of one camera, and whether it may be taken for what happens now. */
export class Thumbnail {
  picture: SmallPicture | null = null;
  readonly #standstill = new Standstill();
  #isOfNow = false;

  take(frame: PreviewFrame, nowMs: number): void {
    const { picture, caption } = previewPicture(frame);
    const image = shrinkPicture(picture, caption.histogram, THUMBNAIL.width, THUMBNAIL.height);
    if (!image) return;
    this.picture = { image, unixMs: frame.header.unixMs };
    this.#standstill.shown(nowMs);
    this.#isOfNow = true;
  }

  /** Pictures are asked for from now on: what is shown is of before. */
  begin(nowMs: number): void {
    this.#isOfNow = false;
    this.#standstill.watch(nowMs);
  }
  /** No pictures are asked for, or none can come. */
  rest(): void {
    this.#isOfNow = false;
    this.#standstill.rest();
  }
  captured(frames: number, nowMs: number): void {
    this.#standstill.takeCount(frames, nowMs);
  }

  /** Whether the picture shows what the camera sees now. */
  isLive(nowMs: number): boolean {
    return this.#isOfNow && this.#standstill.forMs(nowMs) === null;
  }
}
