/** Who wants to hear of something. */
export class Listeners<T> {
  readonly #all = new Set<(told: T) => void>();

  /** @returns a function that ends it. */
  add(listener: (told: T) => void): () => void {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }
  tell(what: T): void {
    for (const listener of [...this.#all]) listener(what);
  }
}
