import type { Configuration, MethodName, Params, Result } from "@zarrcam/protocol";

import { changedFields } from "./changed-fields.ts";

/** What a line about a call may say of it: names and fields, never a whole document, and nothing secret. */
type Describe<M extends MethodName> = (
  params: Params<M>,
  answer: Result<M> | null,
  before: Configuration | null,
) => string;

const DESCRIBE: { readonly [M in MethodName]?: Describe<M> } = {
  start: ({ record, store_here }, _answer, configuration) => {
    if (!record) return "live, not saved";
    const names = (configuration?.video ?? []).flatMap(({ storage }) => storage.settings.uri || []);
    return names.join(", ") + (store_here === false ? " (stored by its clients)" : "");
  },
  set_configuration: (_params, answer, before) => (answer && before ? changedFields(before, answer.configuration) : ""),
  snap: ({ stream }) => `stream ${stream}`,
  save_snapshot: ({ stream, name }, answer) => answer?.name ?? name ?? `stream ${stream}`,
  execute_trigger: ({ stream }) => `stream ${stream}`,
  "datasets.recover": ({ name }) => name,
  "datasets.rename": ({ name, to }) => `${name} -> ${to}`,
  "datasets.delete": ({ name }) => name,
  "control.hand_over": ({ to }, answer) => (answer?.holder?.id === to ? answer.holder.name : to),
  "control.refuse": ({ id }) => id,
};

/** What the line about a call says; `answer` null: it was refused. */
export function describeCall<M extends MethodName>(
  method: M,
  params: Params<M>,
  answer: Result<M> | null,
  before: Configuration | null,
): string {
  const describe = DESCRIBE[method];
  return describe?.(params, answer, before) ?? "";
}
