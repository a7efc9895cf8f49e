/** A request that takes longer than this gives way to a newer one at once, ms. */
const PATIENCE_MS = 250;

/**
 * What is asked for while the user drags: one at a time, and after it the latest. What is under way may finish, so that the
 * picture follows the hand; what takes too long, or belongs to another source, is aborted.
 */
export class LatestRequest<Request, Result> {
  readonly #read: (request: Request, signal: AbortSignal) => Promise<Result>;
  readonly #done: (request: Request, result: Result) => void;
  readonly #failed: (request: Request, error: Error) => void;
  #running: { controller: AbortController; sinceMs: number } | null = null;
  #next: { request: Request } | null = null;

  constructor(
    read: (request: Request, signal: AbortSignal) => Promise<Result>,
    done: (request: Request, result: Result) => void,
    failed: (request: Request, error: Error) => void,
  ) {
    this.#read = read;
    this.#done = done;
    this.#failed = failed;
  }

  ask(request: Request): void {
    this.#next = { request };
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
    const { request } = this.#next;
    this.#next = null;
    const controller = new AbortController();
    this.#running = { controller, sinceMs: performance.now() };
    this.#read(request, controller.signal)
      .then(
        (result) => controller.signal.aborted || this.#done(request, result),
        (error: unknown) => {
          if (controller.signal.aborted) return;
          this.#failed(request, error instanceof Error ? error : new Error(String(error)));
        },
      )
      .finally(() => {
        this.#running = null;
        this.#start();
      });
  }
}
