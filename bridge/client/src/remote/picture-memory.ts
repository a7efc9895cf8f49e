/** Buffers that are kept for pictures to come: one that is drawn, two on their way, one to read into. */
const MOST_KEPT = 4;
/** A buffer is used for a picture that fills at least this share of it: small ones do not hold the memory of large ones. */
const LEAST_SHARE = 0.5;

/** Memory of pictures that are over, for those to come: a new buffer of some MB is filled with zeros first. */
export class PictureMemory {
  #kept: ArrayBuffer[] = [];

  /** @returns a buffer of at least so many bytes; what lies in it is anything. */
  take(bytes: number): ArrayBuffer {
    const at = this.#kept.findIndex(({ byteLength }) => byteLength >= bytes && bytes >= LEAST_SHARE * byteLength);
    const [found] = at < 0 ? [] : this.#kept.splice(at, 1);
    return found ?? new ArrayBuffer(bytes);
  }

  /** Nobody looks at it any more. */
  giveBack(buffer: ArrayBuffer): void {
    // Once detached it belongs to somebody else.
    if (buffer.byteLength === 0 || this.#kept.includes(buffer)) return;
    this.#kept.unshift(buffer);
    this.#kept.length = Math.min(this.#kept.length, MOST_KEPT);
  }

  clear(): void {
    this.#kept = [];
  }
}
