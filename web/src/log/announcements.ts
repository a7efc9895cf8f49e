/** A screen reader finds a change of text only where it stands for a while, ms. */
const STANDS_MS = 1000;
/** More at once nobody listens to; all of them are in the log. */
const MOST = 4;

/**
 * What a screen reader is told politely, one after another: a text that took another's place at once would never be read.
 * Those that come while one stands wait, and are then told together.
 */
export class Announcements {
  readonly #show: (text: string) => void;
  #shown = "";
  #waiting: string[] = [];
  #standing: ReturnType<typeof setTimeout> | undefined;

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  add(text: string): void {
    // Said twice in a row it is news all the same; said twice at once it is not.
    if (!this.#waiting.includes(text)) this.#waiting.push(text);
    if (this.#standing === undefined) this.#next();
  }

  #next(): void {
    this.#standing = undefined;
    if (this.#waiting.length === 0) return;
    const next = this.#waiting.slice(0, MOST);
    const more = this.#waiting.length - next.length;
    this.#waiting = [];
    const text = [...next.map(sentence), ...(more > 0 ? [`${more} more in the log.`] : [])].join(" ");
    // The same text again is no change, and would be passed over.
    this.#shown = text === this.#shown ? `${text}\u00a0` : text;
    this.#show(this.#shown);
    this.#standing = setTimeout(() => this.#next(), STANDS_MS);
  }
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
