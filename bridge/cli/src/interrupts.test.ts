import type { RunSummary } from "@zarrcam/protocol";
import { afterEach, expect, test, vi } from "vitest";

import { withInterrupts } from "./interrupts.ts";

const summary = { complete: true, streams: [] } as unknown as RunSummary;
const heard = () => process.listenerCount("SIGINT") + process.listenerCount("SIGTERM");
const before = heard();

vi.spyOn(process.stderr, "write").mockReturnValue(true);
afterEach(() => expect(heard()).toBe(before));

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

/** A run whose start is answered when the test says so. */
function begin(unlimited = false) {
  const calls: string[] = [];
  let runEnded: (summary: RunSummary) => void = () => undefined;
  const started = deferred<void>();
  const stopped = deferred<RunSummary>();
  const call = (name: string, answer = Promise.resolve(summary)) => {
    calls.push(name);
    return answer;
  };
  const runtime = {
    stop: () => call("stop", stopped.promise),
    abort: () => call("abort"),
    giveUp: () => call("giveUp"),
    getState: () => Promise.resolve("Running" as const),
    on: (_: string, listener: never) => {
      runEnded = listener;
      return () => undefined;
    },
  };
  const end = withInterrupts(runtime, {
    start: () => started.promise,
    unlimited,
    onStarted: () => void calls.push("started"),
    onGiveUp: () => void calls.push("gave up"),
  });
  return { calls, end, started, stopped, fail: () => runEnded(summary) };
}

test("a run that nobody interrupts is awaited", async () => {
  const { calls, end, started, stopped } = begin();
  started.resolve();
  stopped.resolve(summary);
  expect(await end).toBe(summary);
  expect(calls).toEqual(["stop", "started"]);
});

test("Ctrl-C while the run begins ends it as soon as it runs, and stores what was captured", async () => {
  const { calls, end, started } = begin(true);
  process.emit("SIGINT");
  expect(calls).toEqual([]);
  started.resolve();
  expect(await end).toBe(summary);
  expect(calls).toEqual(["abort"]);
});

test("twice while it begins gives up what is not stored", async () => {
  const { calls, end, started } = begin();
  process.emit("SIGINT");
  process.emit("SIGTERM");
  started.resolve();
  await end;
  expect(calls).toEqual(["gave up", "giveUp"]);
});

test("a run that fails before its start is answered has ended", async () => {
  const { end, started, fail } = begin(true);
  fail();
  started.resolve();
  expect(await end).toBe(summary);
});

test("a start that is refused is the answer", async () => {
  const { end, started } = begin();
  process.emit("SIGINT");
  started.reject(new Error("exists"));
  await expect(end).rejects.toThrow("exists");
});
