import type { MethodName } from "@zarrcam/protocol";

import { Turns } from "./turns.ts";

/** Calls that take threads, the disk or a processor; every other call is answered at once. */
const KINDS = {
  datasets: ["datasets.list", "datasets.info", "datasets.losses", "datasets.settings", "datasets.recover"],
  checks: ["validate", "suggest", "next_name"],
  changes: ["set_configuration", "start"],
  pictures: ["snap", "save_snapshot"],
} as const satisfies Record<string, readonly MethodName[]>;
type Kind = keyof typeof KINDS;

/** Calls of a kind that are carried out at the same time, of all sessions together. */
const AT_ONCE: Record<Kind, number> = { datasets: 4, checks: 2, changes: 4, pictures: 4 };

const kindOf = new Map<MethodName, Kind>(
  (Object.keys(KINDS) as Kind[]).flatMap((kind) => KINDS[kind].map((method): [MethodName, Kind] => [method, kind])),
);

/** Expensive calls: of each kind one at a time for a session, in its order, and few for all: each session in turn. */
export class CallTurns {
  readonly #ofAll = new Map(Object.entries(AT_ONCE).map(([kind, most]) => [kind, new Turns(most)]));

  /** The turns of one more session. */
  ofSession(): <T>(method: MethodName, call: () => Promise<T> | T) => Promise<T> | T {
    const own = new Map<Kind, Turns>();
    return (method, call) => {
      const kind = kindOf.get(method);
      const ofAll = kind && this.#ofAll.get(kind);
      if (!ofAll) return call();
      const turns = own.get(kind) ?? new Turns(1);
      own.set(kind, turns);
      return turns.run(() => ofAll.run(call));
    };
  }
}
