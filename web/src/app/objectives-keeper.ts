import type { ConnectedRuntime } from "@zarrcam/client/remote";
import type { Objective } from "@zarrcam/protocol";
import type { CamerasOf } from "../connection/cameras-of.ts";
import type { ObjectivesKeeper } from "../setup/objectives.svelte.ts";

const KEY = "zarrcam.objectives";

/** The camera computer keeps its table; this browser that of its own cameras. Null: not connected. */
export function objectivesKeeper(camerasOf: CamerasOf, runtime: ConnectedRuntime | null): ObjectivesKeeper | null {
  if (camerasOf === "This browser") return ofBrowser;
  return runtime && { get: () => runtime.getObjectives(), set: (objectives) => runtime.setObjectives(objectives) };
}

const ofBrowser: ObjectivesKeeper = {
  get: () => {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Promise.resolve(Array.isArray(list) ? (list as Objective[]) : []);
  },
  set: (objectives) => {
    localStorage.setItem(KEY, JSON.stringify(objectives));
    return Promise.resolve(objectives);
  },
};
