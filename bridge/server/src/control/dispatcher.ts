import type { HostRuntime } from "@zarrcam/client/native";
import type { Configuration, MethodName, Params, Result, RuntimeMethodName } from "@zarrcam/protocol";

import type { PreviewSubscriptions } from "../previews/preview-subscriptions.ts";
import { SharedAnswer } from "../shared-answer.ts";

/** Who calls: what a method needs of its session. */
export interface Caller {
  readonly name: string;
  readonly previews: PreviewSubscriptions;
}

/** Carries out a call whose parameters have been checked for their types. */
export type Dispatch = <M extends MethodName>(method: M, params: Params<M>, caller: Caller) => Promise<Result<M>>;

type Handlers<M extends MethodName> = {
  [N in M]: (params: Params<N>, caller: Caller) => Promise<Result<N>> | Result<N>;
};
/** What a session itself does: everything else is the runtime's. */
type SessionMethod = Exclude<MethodName, RuntimeMethodName>;

export function createDispatch(runtime: HostRuntime): Dispatch {
  const datasets = new SharedAnswer(() => runtime.listDatasets());
  const handlers: Handlers<SessionMethod | "set_configuration" | "datasets.list"> = {
    // The core reads the document, and refuses what is none with every problem at once.
    set_configuration: ({ configuration, ...revision }, { name }) =>
      runtime.setConfiguration(configuration as unknown as Configuration, { changedBy: name, ...revision }),
    // Many pages ask at once: one reading of the folder serves them all.
    "datasets.list": () => datasets.ask(),
    snap: ({ stream }, { previews }) => previews.snap(stream),
    "preview.subscribe": ({ max_width, max_height, ended_run, subscription, ...request }, { previews }) => {
      const wanted = { ...request, maxWidth: max_width, maxHeight: max_height, endedRun: ended_run };
      return { subscription: previews.subscribe(wanted, subscription) };
    },
    "preview.ack": ({ subscription, frame }, { previews }) => {
      previews.acknowledge(subscription, frame);
      return {};
    },
    "preview.unsubscribe": ({ subscription }, { previews }) => {
      previews.unsubscribe(subscription);
      return {};
    },
    "preview.road": ({ road }, { previews }) => previews.roads.choose(road),
  };
  return async <M extends MethodName>(method: M, params: Params<M>, caller: Caller) => {
    const own = (handlers as Partial<Handlers<MethodName>>)[method];
    return own ? own(params, caller) : runtime.call(method as RuntimeMethodName, params);
  };
}
