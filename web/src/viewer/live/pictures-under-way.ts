// In the view worker.
import type { DisplaySettings } from "../core/display-settings.ts";
import type { ChannelPicture } from "../core/picture.ts";

/** Pictures for one pane on their way to its canvas. */
export interface Incoming {
  /** The first is the one that is told of; with others it is added up. */
  pictures: [ChannelPicture, ...ChannelPicture[]];
  /** They are on the screen, or never will be: the credit goes back. */
  taken: () => void;
  /** Nobody looks at their pixels any more; null: nobody wants to know. */
  over: (() => void) | null;
  /** How often the canvas had been emptied when they came. */
  emptied: number;
}

export interface Drawing {
  /** Null: what stands there was drawn once more. */
  incoming: Incoming | null;
  /** Of the first picture, as it was drawn. */
  display: DisplaySettings;
}

/**
 * A graphics device tells late that it has drawn: to wait for it each time would miss refreshes of the screen. More than
 * two would only make what is seen older.
 */
const MOST_DRAWN = 2;

/**
 * What waits to be drawn, of which the latest wins, and what is being drawn. Each picture is taken once, whatever becomes of
 * it, or no other would ever come.
 */
export class PicturesUnderWay {
  #waiting: Incoming | null = null;
  /** Oldest first. */
  #drawing: Drawing[] = [];
  /** How many live or stored pictures a later one took the place of before they were drawn. */
  overtaken = 0;

  get waiting(): Incoming | null {
    return this.#waiting;
  }
  get full(): boolean {
    return this.#drawing.length >= MOST_DRAWN;
  }

  offer(incoming: Incoming): void {
    if (this.#waiting) {
      this.overtaken++;
      this.drop();
    }
    this.#waiting = incoming;
  }
  /** What waits is not wanted any more. */
  drop(): void {
    this.#waiting?.taken();
    this.#waiting?.over?.();
    this.#waiting = null;
  }
  next(): Incoming | null {
    const next = this.#waiting;
    this.#waiting = null;
    return next;
  }
  /** It was drawn in vain, and is to be drawn once more. */
  again(incoming: Incoming | null): void {
    this.#waiting = incoming;
  }

  begin(drawing: Drawing): void {
    this.#drawing.push(drawing);
  }
  end(drawing: Drawing): void {
    this.#drawing = this.#drawing.filter((one) => one !== drawing);
  }

  isDrawing(pictures: Incoming["pictures"]): boolean {
    return this.#drawing.some(({ incoming }) => incoming?.pictures === pictures);
  }

  /** Nothing of what is drawn will come to the canvas. The newest, and `failed` before it, is kept for the next one. */
  stop(emptied: number, failed: Incoming | null = null): void {
    this.#keep(failed, emptied);
    for (const { incoming } of this.#drawing.reverse()) this.#keep(incoming, emptied);
    this.#drawing = [];
  }

  #keep(incoming: Incoming | null, emptied: number): void {
    incoming?.taken();
    // It is what the pane shows all the same: the pane says when it is over.
    if (incoming?.emptied === emptied) this.#waiting ??= { ...incoming, taken: () => undefined, over: null };
  }
}
