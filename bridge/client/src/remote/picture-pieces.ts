import { type PicturePiece, parsePicturePiece } from "@zarrcam/protocol";

/** Pictures that come in pieces at the same time: of one session it is one. */
const MOST = 4;

interface Begun {
  whole: Uint8Array;
  bytes: number;
}

/** Puts pictures together that come in pieces. */
export class PicturePieces {
  readonly #begun = new Map<number, Begun>();

  /** @returns what the bridge is to be told of the piece, and the picture's message where it is whole now */
  take(message: Uint8Array): { piece: PicturePiece; whole: Uint8Array | null } {
    const piece = parsePicturePiece(message);
    const { subscription, begin, pictureBytes, bytes } = piece;
    let begun = this.#begun.get(subscription);
    // What was given up is followed by another.
    if (begun?.whole.length !== pictureBytes) begun = { whole: new Uint8Array(pictureBytes), bytes: 0 };
    this.#begun.set(subscription, begun);
    if (this.#begun.size > MOST) this.#begun.delete(this.#begun.keys().next().value!);
    begun.whole.set(bytes, begin);
    begun.bytes += bytes.length;
    if (begun.bytes < pictureBytes) return { piece, whole: null };
    this.#begun.delete(subscription);
    return { piece, whole: begun.whole };
  }

  /** The connection broke: nothing more comes of them. */
  clear(): void {
    this.#begun.clear();
  }
}
