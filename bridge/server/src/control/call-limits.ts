import { type CallGroup, MAX_CALLS_AT_ONCE, type MethodName, methods } from "@zarrcam/protocol";

import { ConcurrencyLimit } from "../concurrency-limit.ts";

/** Expensive calls: of each group one at a time for a session, in its order, and few for all: the sessions one after the other. */
export class CallLimits {
  readonly #ofAll = new Map(
    Object.entries(MAX_CALLS_AT_ONCE).map(([group, most]) => [group as CallGroup, new ConcurrencyLimit(most)]),
  );

  /** Limits of one more session: a function that carries out a call when its turn comes. */
  ofSession(): <T>(method: MethodName, call: () => Promise<T> | T) => Promise<T> | T {
    const own = new Map<CallGroup, ConcurrencyLimit>();
    return (method, call) => {
      const { group } = methods[method];
      const ofAll = group && this.#ofAll.get(group);
      if (!ofAll) return call();
      const limit = own.get(group) ?? new ConcurrencyLimit(1);
      own.set(group, limit);
      return limit.run(() => ofAll.run(call));
    };
  }
}
