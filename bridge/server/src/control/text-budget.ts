/** Unread text of one client over which it is given up: it does not read at all. */
export const MOST_OF_ONE_BYTES = 32 << 20;
/** Unread text of all clients together. Beyond it whoever has left more than its share lying is given up. */
export const MOST_OF_ALL_BYTES = 128 << 20;
/** A client that reads has less than this on its way, whatever it asks: nobody is given up with less. */
export const SHARE_BYTES = 2 << 20;

/** The text that a bridge's clients have not read yet: answers and notifications on their way. */
export class TextBudget {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a client that has so much unread text may get more. */
  mayHaveMore(unreadBytes: number): boolean {
    if (unreadBytes > MOST_OF_ONE_BYTES) return false;
    return unreadBytes <= SHARE_BYTES || this.#bytes <= MOST_OF_ALL_BYTES;
  }

  /** Text is on its way: more of it, or less where `bytes` is negative. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }
}
