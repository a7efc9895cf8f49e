import type { Configuration, Hello, RunSummary, Stats } from "@zarrcam/protocol";
import { beforeEach, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import type { ConnectionListener } from "../connection/connection.svelte.ts";
import { listenersOf, type Listeners } from "./bridge-events.ts";

const hello = {
  version: "1",
  data_dir: "/data",
  configuration: { video: [] },
  revision: 1,
  state: "Armed",
  stats: { unix_ms: 0, run_id: null },
  speed: null,
  last_run: null,
  log: [{ message: "earlier" }],
} as unknown as Hello;
const applied = configurationWith({});

let calls: string[];
let recorded: { configuration: Configuration | null };
let listeners: ConnectionListener;

beforeEach(() => {
  calls = [];
  recorded = { configuration: null };
  const note =
    (name: string, show: (given: never) => unknown = () => "") =>
    (given?: unknown) =>
      void calls.push(`${name} ${String(show(given as never))}`.trim());
  const parts: Listeners = {
    camerasOf: "Camera computer",
    keepOpen: { set: () => undefined },
    access: { changed: note("access") },
    connection: { bridge: { client: "page-1", dataDir: "/data" } as never },
    draft: {
      applied,
      adopt: note("adopt", ({ revision }: { revision: number }) => revision),
      remoteChange: (_, by) => void calls.push(`changed by ${by}`),
      revalidate: note("revalidate"),
    },
    camera: { follow: note("follow") },
    actions: { stateChanged: note("actions"), runEnded: note("run ended") },
    results: { show: note("show"), tell: note("tell"), stateChanged: note("results") },
    recorded,
    restartRecovery: { takeStats: note("recovery"), runEnded: note("recovery ended"), restarted: note("restarted") },
    store: { over: <T>(stats: T) => stats, takeStats: () => undefined, runEnded: () => false },
    speed: { measuring: null, adopt: note("speed"), take: note("speed"), watch: note("watch") },
    rates: { clear: note("clear rates"), take: note("rates") },
    datasets: { refresh: () => Promise.resolve(void calls.push("datasets")) },
    control: { otherName: null, told: note("control") },
    log: { fromBridge: note("log", ({ message }: { message: string }) => message) },
    viewer: null,
    signalEnd: note("signal"),
    say: (text) => void calls.push(`say ${text}`),
    announce: (text) => void calls.push(`announce ${text}`),
  };
  listeners = listenersOf(parts);
});

test("the first greeting tells what happened before the page came", () => {
  listeners.hello(hello, null);
  expect(calls).toEqual([
    "adopt 1",
    "speed",
    "log earlier",
    "say Connected to the camera computer, zarrcam 1. Data folder: /data",
    "datasets",
  ]);
});

test("after a mere break nothing is told twice; of another process all is", () => {
  listeners.hello(hello, { revision: 1, runId: null });
  expect(calls).toEqual(["adopt 1", "speed", "datasets"]);
  calls = [];
  listeners.hello(hello, { revision: 7, runId: null });
  expect(calls).toEqual(["adopt 1", "speed", "log earlier", "restarted", "datasets"]);
});

test("another role is told, another name is not", () => {
  const you = { id: "1", name: "tablet", role: "observe", kind: "device" } as const;
  listeners.you({ ...you, role: "control" }, you);
  listeners.you({ ...you, name: "desk" }, you);
  listeners.accessChanged();
  expect(calls).toEqual(["say This browser may control from now on.", "access"]);
});

test("a change is somebody else's, unless this page made it", async () => {
  const change = { configuration: applied, revision: 2 };
  listeners.configuration({ ...change, changed_by: "page-1" });
  listeners.configuration({ ...change, changed_by: "page-2" });
  listeners.configuration({ ...change, changed_by: "cli" });
  listeners.configuration({ ...change, changed_by: "runtime" });
  const writers = calls.filter((call) => call.startsWith("changed"));
  expect(writers).toEqual(["another page", "the command line", "the camera computer"].map((by) => `changed by ${by}`));
  await Promise.resolve();
  expect(calls.filter((call) => call === "follow")).toHaveLength(4);
});

test("a recording is known with its settings from its first moment", () => {
  listeners.state("Running", "Armed");
  expect(recorded.configuration).toBe(applied);
  expect(calls).toEqual([
    "clear rates",
    "datasets",
    "actions",
    "results",
    "say Status: Recording",
    "announce Recording",
  ]);
});

test("at rest the set-up is looked at again", () => {
  listeners.state("Armed", "Running");
  expect(calls).toContain("datasets");
  expect(calls.at(-1)).toBe("revalidate");
});

test("what a run left is told, and the list is read again", () => {
  const summary = { run_id: "a", elapsed_s: 1, streams: [] } as unknown as RunSummary;
  listeners.runEnded(summary);
  expect(calls).toEqual(["recovery ended", "run ended", "signal", "tell", "datasets"]);
  calls = [];
  listeners.stats({ state: "Armed", streams: [] } as unknown as Stats);
  expect(calls).toEqual(["recovery", "rates"]);
});
