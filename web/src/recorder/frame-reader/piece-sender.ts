/** What is read ahead at most: as much as comes while a layer is forced to the disk. A read gives half a megabyte at most. */
const READ_AHEAD = { pieceBytes: 512 << 10, maxPieces: 96, smallBytes: 128 << 10 };

/**
 * Lends memory that bytes were read into to somebody who gives it back. What is there goes as soon as nothing else is on its way; while the
 * other side is busy, small pieces gather in one. Large ones are not copied.
 */
export class PieceSender {
  readonly #send: (memory: ArrayBuffer, bytes: number) => void;
  readonly #pieceBytes: number;
  readonly #maxPieces: number;
  readonly #smallBytes: number;
  readonly #free: ArrayBuffer[] = [];
  #made = 0;
  #lent = 0;
  #piece: ArrayBuffer | null = null;
  #filled = 0;
  #wake: (() => void) | null = null;

  constructor(send: (memory: ArrayBuffer, bytes: number) => void, { pieceBytes, maxPieces, smallBytes } = READ_AHEAD) {
    this.#send = send;
    this.#pieceBytes = pieceBytes;
    this.#maxPieces = maxPieces;
    this.#smallBytes = smallBytes;
  }

  /** To read into. Waits where all is lent. */
  async memory(): Promise<ArrayBuffer> {
    for (;;) {
      const free = this.#free.pop();
      if (free) return free;
      if (this.#made < this.#maxPieces) {
        this.#made += 1;
        return new ArrayBuffer(this.#pieceBytes);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Takes memory back with what was read into it, from its start on. */
  add(bytes: Uint8Array<ArrayBuffer>): void {
    const joins = bytes.length <= this.#smallBytes && this.#filled + bytes.length <= this.#pieceBytes;
    if (this.#piece && joins) {
      new Uint8Array(this.#piece).set(bytes, this.#filled);
      this.#filled += bytes.length;
      this.#free.push(bytes.buffer);
    } else {
      this.flush();
      this.#piece = bytes.buffer;
      this.#filled = bytes.length;
    }
    if (this.#lent === 0) this.flush();
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
    if (!this.#piece) return;
    this.#lent += 1;
    this.#send(this.#piece, this.#filled);
    this.#piece = null;
    this.#filled = 0;
  }
}
