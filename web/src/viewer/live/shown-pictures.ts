// In the view worker.
import type { Incoming } from "./pictures-under-way.ts";

/** What a pane shows. It is drawn again and read out until another takes its place: then its memory is free. */
export class ShownPictures {
  readonly #isDrawing: (pictures: Incoming["pictures"]) => boolean;
  #incoming: Pick<Incoming, "pictures" | "over"> | null = null;
  #held = 0;

  /** @param isDrawing whether they are on their way to the canvas: in vain perhaps, and they are drawn once more */
  constructor(isDrawing: (pictures: Incoming["pictures"]) => boolean) {
    this.#isDrawing = isDrawing;
  }

  get pictures(): Incoming["pictures"] | null {
    return this.#incoming?.pictures ?? null;
  }

  take(incoming: Incoming): void {
    if (incoming.pictures === this.pictures) return;
    this.leave();
    this.#incoming = incoming;
  }
  leave(): void {
    const left = this.#incoming;
    this.#incoming = null;
    if (left && this.#held === 0 && !this.#isDrawing(left.pictures)) left.over?.();
  }
  /** They came to the canvas; others may have been taken meanwhile. */
  drawn({ pictures, over }: Incoming): void {
    if (pictures !== this.pictures && this.#held === 0) over?.();
  }

  /** What is read meanwhile is not over before. */
  async hold<T>(read: () => Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await read();
    } finally {
      this.#held--;
    }
  }
}
