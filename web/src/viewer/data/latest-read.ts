/** A read that takes longer than this gives way to a newer wish at once, ms. */
const PATIENCE_MS = 250;

/**
 * Reads while the user drags: one at a time, and after it the latest wish. What is under way may finish, so that the
 * picture follows the hand; what takes too long, or belongs to another source, is aborted.
 */
export class LatestRead<Wish, Result> {
  readonly #read: (wish: Wish, signal: AbortSignal) => Promise<Result>;
  readonly #done: (wish: Wish, result: Result) => void;
  readonly #failed: (wish: Wish, error: Error) => void;
  #running: { controller: AbortController; sinceMs: number } | null = null;
  #next: { wish: Wish } | null = null;

  constructor(
    read: (wish: Wish, signal: AbortSignal) => Promise<Result>,
    done: (wish: Wish, result: Result) => void,
    failed: (wish: Wish, error: Error) => void,
  ) {
    this.#read = read;
    this.#done = done;
    this.#failed = failed;
  }

  want(wish: Wish): void {
    this.#next = { wish };
    if (!this.#running) return this.#start();
    if (performance.now() - this.#running.sinceMs > PATIENCE_MS) this.#running.controller.abort();
  }

  /** Nothing is wanted any more; what is under way is aborted and not reported. */
  cancel(): void {
    this.#next = null;
    this.#running?.controller.abort();
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  #start(): void {
    if (!this.#next) return;
    const { wish } = this.#next;
    this.#next = null;
    const controller = new AbortController();
    this.#running = { controller, sinceMs: performance.now() };
    this.#read(wish, controller.signal)
      .then(
        (result) => controller.signal.aborted || this.#done(wish, result),
        (error: unknown) => {
          if (controller.signal.aborted) return;
          this.#failed(wish, error instanceof Error ? error : new Error(String(error)));
        },
      )
      .finally(() => {
        this.#running = null;
        this.#start();
      });
  }
}
