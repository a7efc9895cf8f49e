import { queueIterator } from "./queue-iterator.ts";

/** Listeners by event name. One that throws is reported and harms no other. */
export class EventHub<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(data: never) => void>>();
  readonly #closing = new Set<() => void>();
  #closed = false;

  on<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): () => void {
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<E extends keyof Events>(event: E, data: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (data: Events[E]) => void)(data);
      } catch (error) {
        // A listener's fault is its own: it surfaces, but not in the middle of the transport.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  iterate<E extends keyof Events>(event: E, signal?: AbortSignal): AsyncIterableIterator<Events[E]> {
    const queue = queueIterator<Events[E]>(() => {
      off();
      this.#closing.delete(queue.end);
      signal?.removeEventListener("abort", queue.end);
    });
    const off = this.on(event, queue.push);
    this.#closing.add(queue.end);
    signal?.addEventListener("abort", queue.end);
    if (this.#closed || signal?.aborted) queue.end();
    return queue.iterator;
  }

  /** Ends every iterator and forgets every listener. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#closing]) end();
    this.#listeners.clear();
  }
}
