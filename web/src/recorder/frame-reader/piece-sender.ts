/** What is read ahead at most: as much as comes while a layer is forced to the disk. */
const READ_AHEAD = { pieceBytes: 1 << 20, maxPieces: 48 };

/**
 * Gathers bytes into few large pieces, and lends them to somebody who gives the memory back. What is there goes as soon as nothing else
 * is on its way; while the other side is busy, pieces fill up first.
 */
export class PieceSender {
  readonly #send: (memory: ArrayBuffer, bytes: number) => void;
  readonly #pieceBytes: number;
  readonly #maxPieces: number;
  readonly #free: ArrayBuffer[] = [];
  #made = 0;
  #lent = 0;
  #piece: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;
  #wake: (() => void) | null = null;

  constructor(send: (memory: ArrayBuffer, bytes: number) => void, { pieceBytes, maxPieces } = READ_AHEAD) {
    this.#send = send;
    this.#pieceBytes = pieceBytes;
    this.#maxPieces = maxPieces;
  }

  /** Takes the bytes as they are now. Waits where all memory is lent. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const piece = (this.#piece ??= await this.#memory());
      const part = bytes.subarray(at, at + piece.length - this.#filled);
      piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === piece.length || this.#lent === 0) this.flush();
    }
  }

  /** The other side has read it. */
  giveBack(memory: ArrayBuffer): void {
    this.#lent -= 1;
    this.#free.push(memory);
    this.#wake?.();
    if (this.#lent === 0) this.flush();
  }

  /** Sends what is there. */
  flush(): void {
    if (!this.#piece || this.#filled === 0) return;
    this.#lent += 1;
    this.#send(this.#piece.buffer, this.#filled);
    this.#piece = null;
    this.#filled = 0;
  }

  async #memory(): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const free = this.#free.pop();
      if (free) return new Uint8Array(free);
      if (this.#made < this.#maxPieces) {
        this.#made += 1;
        return new Uint8Array(this.#pieceBytes);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
