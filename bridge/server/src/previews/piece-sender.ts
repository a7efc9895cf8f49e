import { picturePiece } from "@zarrcam/protocol";

import type { LinkMeter } from "./link-meter.ts";
import type { PictureRoad } from "./preview-roads.ts";

/** At 5 Mbit/s a piece takes 26 ms. */
export const PIECE_BYTES = 16 << 10;
/** So many are under way at first, and one more for each that is acknowledged: until something is known of the link. */
const FIRST_PIECES = 2;

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

  /** Resolves when the last piece has gone, or nobody wants it any more. */
  async send(): Promise<void> {
    const wake = () => this.#wake();
    this.#signal.addEventListener("abort", wake);
    try {
      while (this.#sent < this.#message.length && !this.#signal.aborted) {
        if (this.#maySend()) this.#sendOne();
        else await new Promise<void>((resolve) => (this.#wake = resolve));
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

  #keyOf(begin: number): string {
    return `piece ${this.#subscription} ${begin}`;
  }
}
