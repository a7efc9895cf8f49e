import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LatestRequest } from "./latest-request.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function reads() {
  const started: {
    request: number;
    signal: AbortSignal;
    finish: (value: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const done: [number, string][] = [];
  const failed: string[] = [];
  const latest = new LatestRequest<number, string>(
    (request, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        started.push({ request, signal, finish: resolve, fail: reject });
      }),
    (request, result) => done.push([request, result]),
    (_, error) => failed.push(error.message),
  );
  return { latest, started, done, failed };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("reads while the hand drags", () => {
  it("finish one, then read the latest request alone", async () => {
    const { latest, started, done } = reads();
    for (const request of [1, 2, 3, 4]) latest.ask(request);
    expect(started.map(({ request }) => request)).toEqual([1]);
    started[0]?.finish("one");
    await settle();
    expect(started.map(({ request }) => request)).toEqual([1, 4]);
    started[1]?.finish("four");
    await settle();
    expect(done).toEqual([
      [1, "one"],
      [4, "four"],
    ]);
  });

  it("abort what takes too long, without a word", async () => {
    const { latest, started, done, failed } = reads();
    latest.ask(1);
    vi.advanceTimersByTime(300);
    latest.ask(2);
    expect(started[0]?.signal.aborted).toBe(true);
    await settle();
    started[1]?.finish("two");
    await settle();
    expect([done, failed]).toEqual([[[2, "two"]], []]);
  });

  it("report what fails, and go on", async () => {
    const { latest, started, failed, done } = reads();
    latest.ask(1);
    started[0]?.fail(new Error("gone"));
    await settle();
    latest.ask(2);
    started[1]?.finish("two");
    await settle();
    expect([failed, done]).toEqual([["gone"], [[2, "two"]]]);
  });

  it("are cancelled together", async () => {
    const { latest, started, done, failed } = reads();
    latest.ask(1);
    latest.ask(2);
    latest.cancel();
    await settle();
    expect([started.length, started[0]?.signal.aborted, done, failed]).toEqual([1, true, [], []]);
  });
});
