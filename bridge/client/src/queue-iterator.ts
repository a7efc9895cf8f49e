export interface QueueIterator<T> {
  iterator: AsyncIterableIterator<T>;
  push(this: void, item: T): void;
  /** What is queued is still given, then the iterator is done. */
  end(this: void): void;
  /** The iterator throws, after what is queued. */
  fail(this: void, error: Error): void;
}

/** An async iterator that is fed from outside. `onEnd` runs once: the source ended, failed, or the reader broke off. */
export function queueIterator<T>(onEnd: () => void): QueueIterator<T> {
  const items: T[] = [];
  const waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: Error) => void }[] = [];
  let ended = false;
  let failure: { error: Error } | undefined;

  const finish = () => {
    if (ended) return;
    ended = true;
    onEnd();
    for (const reader of waiting.splice(0)) {
      if (failure) reader.reject(failure.error);
      else reader.resolve({ done: true, value: undefined });
    }
  };
  const iterator: AsyncIterableIterator<T> = {
    next: () => {
      const item = items.shift();
      if (item !== undefined) return Promise.resolve({ done: false, value: item });
      if (failure) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: () => {
      items.length = 0;
      finish();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return {
    iterator,
    push: (item) => {
      if (ended) return;
      const reader = waiting.shift();
      if (reader) reader.resolve({ done: false, value: item });
      else items.push(item);
    },
    end: finish,
    fail: (error) => {
      if (ended) return;
      const reader = waiting.shift();
      if (reader) reader.reject(error);
      else failure = { error };
      finish();
    },
  };
}
