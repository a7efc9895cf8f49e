import type { Configuration, DatasetInfo, Hello, Stats } from "@zarrcam/protocol";
import { beforeEach, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { RestartRecovery, type RestartRecoveryPort } from "./restart-recovery.svelte.ts";
import type { Result } from "./result.ts";

const before = configurationWith({ exposureUs: 70_000 });
const hello = { configuration: configurationWith({}), revision: 1, stats: { run_id: null } } as unknown as Hello;
const running = { state: "Running", streams: [{ path: "/data/out.zarr" }] } as unknown as Stats;
const dataset = (state: DatasetInfo["state"]) =>
  ({
    path: "/data/out.zarr",
    state,
    frames_stored: 12,
    frame_limit: 100,
    end: { kind: "interrupted", reason: null },
    losses: null,
  }) as unknown as DatasetInfo;

let results: { notice: string | null; told: Result[]; tell(result: Result): void };
let looks: DatasetInfo[][];
let loaded: Configuration[];
let recovery: RestartRecovery;
let finished: Promise<void>;

beforeEach(() => {
  results = {
    notice: null,
    told: [],
    tell(result) {
      this.told.push(result);
    },
  };
  looks = [];
  loaded = [];
  let finish = () => undefined as void;
  finished = new Promise((resolve) => (finish = resolve));
  const port: RestartRecoveryPort = {
    results,
    editing: { load: (_, document) => loaded.push(document) },
    datasets: {
      all: [],
      refresh() {
        Object.assign(this, { all: looks.shift() ?? [] });
        if (looks.length === 0) queueMicrotask(finish);
        return Promise.resolve();
      },
    },
    say: () => undefined,
    wait: () => Promise.resolve(),
  };
  recovery = new RestartRecovery(port);
});

test("a process that counts its revisions anew, or knows of another run, is another one", () => {
  expect(RestartRecovery.isRestart(hello, { revision: 1, runId: null })).toBe(false);
  expect(RestartRecovery.isRestart(hello, { revision: 2, runId: null })).toBe(true);
  expect(RestartRecovery.isRestart(hello, { revision: 1, runId: "a" })).toBe(true);
});

test("settings that were lost are offered, and come back once", () => {
  recovery.restarted(hello, before);
  expect([results.notice, recovery.areOffered]).toEqual(["zarrcam was restarted.", true]);
  recovery.restore();
  recovery.restore();
  expect([loaded, recovery.areOffered]).toEqual([[before], false]);
});

test("the same settings need no offer, and without a recording nothing was cut off", () => {
  recovery.restarted(hello, hello.configuration);
  expect([recovery.areOffered, results.told]).toEqual([false, []]);
});

test("of a recording that was cut off is told at once, and again when it is whole", async () => {
  looks = [[], [dataset("needs_recovery")], [dataset("closed")]];
  recovery.takeStats(running);
  recovery.restarted(hello, before);
  expect(results.told.map(({ text }) => text)).toEqual(["Stopped: zarrcam ended while it recorded"]);
  await finished;
  await Promise.resolve();
  expect(results.told.at(-1)?.text).toContain("out.zarr: 12 of 100 saved");
});

test("a run that ended by itself was not cut off", () => {
  recovery.takeStats(running);
  recovery.runEnded();
  recovery.restarted(hello, before);
  expect(results.told).toEqual([]);
});
