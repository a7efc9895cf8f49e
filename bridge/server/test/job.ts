/** For tests: work that goes on until it is ended by hand. */
export function job<T>(value: T): { promise: Promise<T>; end: () => void; fail: () => void } {
  let end = () => undefined as void;
  let fail = () => undefined as void;
  const promise = new Promise<T>((resolve, reject) => {
    end = () => resolve(value);
    fail = () => reject(new Error("it failed"));
  });
  return { promise, end, fail };
}

export const tick = () => new Promise((resolve) => setImmediate(resolve));
