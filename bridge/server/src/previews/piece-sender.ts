import { ZarrcamError } from "@zarrcam/client/native";
import { picturePiece } from "@zarrcam/protocol";

import type { LinkMeter } from "./link-meter.ts";
import type { PictureRoad } from "./preview-roads.ts";

/** At 5 Mbit/s a piece takes 26 ms. */
export const PIECE_BYTES = 16 << 10;
/** So many are under way at first, and one more for each that is acknowledged: until something is known of the link. */
const FIRST_PIECES = 2;
/** Who acknowledges none for so long gets no more of the picture, ms: others wait for their turn. */
const SILENT_MS = 5000;

/** A picture that goes over a slow link piece by piece, no more at a time than lets commands between them. */
export class PieceSender {
  readonly #message: Uint8Array;
  readonly #subscription: number;
  readonly #road: PictureRoad;
  readonly #link: LinkMeter;
  readonly #signal: AbortSignal;
  #sent = 0;
  #acknowledged = 0;
  #wake: () => void = () => undefined;

  constructor(message: Uint8Array, subscription: number, road: PictureRoad, link: LinkMeter, signal: AbortSignal) {
    this.#message = message;
    this.#subscription = subscription;
    this.#road = road;
    this.#link = link;
    this.#signal = signal;
  }

  /** Resolves when the last piece has gone, or the session has ended. @throws where nobody acknowledges what has come. */
  async send(): Promise<void> {
    const wake = () => this.#wake();
    this.#signal.addEventListener("abort", wake);
    try {
      while (this.#sent < this.#message.length && !this.#signal.aborted) {
        if (this.#maySend()) this.#sendOne();
        else await this.#acknowledgedOne();
      }
    } finally {
      this.#signal.removeEventListener("abort", wake);
    }
  }

  /** The client has the piece that began there. */
  acknowledge(begin: number, heldMs: number): void {
    this.#link.came(this.#keyOf(begin), performance.now(), heldMs);
    this.#acknowledged += 1;
    this.#wake();
  }

  async #acknowledgedOne(): Promise<void> {
    let silent: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve;
      const why = "The pieces of the picture that have come are not acknowledged: it is given up.";
      silent = setTimeout(() => reject(new ZarrcamError("cancelled", why)), SILENT_MS);
    }).finally(() => clearTimeout(silent));
  }

  #maySend(): boolean {
    const most = (FIRST_PIECES + 2 * this.#acknowledged) * PIECE_BYTES;
    return this.#sent < most && this.#link.fits(PIECE_BYTES);
  }

  #sendOne(): void {
    const begin = this.#sent;
    const bytes = this.#message.subarray(begin, begin + PIECE_BYTES);
    const piece = picturePiece({
      subscription: this.#subscription,
      begin,
      pictureBytes: this.#message.length,
      bytes,
    });
    this.#sent += bytes.length;
    this.#link.sent(this.#keyOf(begin), piece.length, performance.now());
    this.#road.send(piece, () => undefined);
  }

  /** What is under way by now is not waited for. */
  forget(): void {
    for (let begin = 0; begin < this.#sent; begin += PIECE_BYTES) this.#link.forget(this.#keyOf(begin));
  }

  #keyOf(begin: number): string {
    return `piece ${this.#subscription} ${begin}`;
  }
}
