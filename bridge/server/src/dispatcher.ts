import type { HostRuntime } from "@zarrcam/client/native";
import type { Configuration, MethodName, ParsedParams, Result } from "@zarrcam/protocol";

import type { PreviewSubscriptions } from "./preview-subscriptions.ts";
import { SharedAnswer } from "./turns.ts";

/** Who calls: what a method needs of its session. */
export interface Caller {
  readonly name: string;
  readonly previews: PreviewSubscriptions;
}

type Handlers = {
  [M in MethodName]: (params: ParsedParams<M>, caller: Caller) => Promise<Result<M>> | Result<M>;
};

/** Every method of the protocol, as calls of the runtime. Parameters have been checked for their types before. */
export function createHandlers(runtime: HostRuntime): Handlers {
  const datasets = new SharedAnswer(() => runtime.listDatasets());
  return {
    devices: ({ kind }) => runtime.devices(kind),
    select: ({ kind, name }) => runtime.select(kind, name),
    select_one_of: ({ kind, names }) => runtime.selectOneOf(kind, names),
    get_configuration: () => runtime.getRevision(),
    set_configuration: ({ configuration, revision }, { name }) =>
      runtime.setConfiguration(asConfiguration(configuration), {
        changedBy: name,
        ...(revision === undefined ? {} : { revision }),
      }),
    get_capabilities: () => runtime.getCapabilities(),
    validate: ({ configuration }) => runtime.validate(asConfiguration(configuration)),
    suggest: ({ stream, use }) => runtime.suggest(stream, use),
    next_name: async ({ uri, taken }) => ({ name: await runtime.nextName(uri, taken) }),
    start: async ({ record, next_names: nextNames, replace_foreign_files: replaceForeignFiles }) => {
      const { runId, runNumber } = await runtime.start({ record, nextNames, replaceForeignFiles });
      return { run_id: runId, run_number: runNumber };
    },
    stop: () => runtime.stop(),
    abort: () => runtime.abort(),
    give_up: () => runtime.giveUp(),
    measure_speed: () => runtime.measureSpeed(),
    get_speed: () => runtime.getSpeed(),
    snap: ({ stream }, { previews }) => previews.snap(stream),
    save_snapshot: ({ stream, name }) => runtime.saveSnapshot(stream, name),
    execute_trigger: async ({ stream }) => {
      await runtime.executeTrigger(stream);
      return {};
    },
    get_state: async () => ({ state: await runtime.getState() }),
    get_stats: () => runtime.getStats(),
    get_losses: ({ stream, from, count }) => runtime.getLosses(stream, { from, count }),
    "preview.subscribe": ({ stream, max_width, max_height, region, ended_run, subscription }, { previews }) => {
      const request = { stream, maxWidth: max_width, maxHeight: max_height, region, endedRun: ended_run };
      return { subscription: previews.subscribe(request, subscription) };
    },
    "preview.ack": ({ subscription, frame }, { previews }) => {
      previews.acknowledge(subscription, frame);
      return {};
    },
    "preview.unsubscribe": ({ subscription }, { previews }) => {
      previews.unsubscribe(subscription);
      return {};
    },
    "datasets.list": () => datasets.ask(),
    "datasets.left_out": () => runtime.getLeftOutDatasets(),
    "datasets.info": ({ name }) => runtime.getDatasetInfo(name),
    "datasets.losses": ({ name, from, count }) => runtime.getDatasetLosses(name, { from, count }),
    "datasets.settings": ({ name }) => runtime.getDatasetSettings(name),
    "datasets.recover": ({ name }) => runtime.recoverDataset(name),
  };
}

/** The core reads it, and refuses what is none with every problem at once. */
function asConfiguration(document: Record<string, unknown>): Configuration {
  return document as unknown as Configuration;
}
