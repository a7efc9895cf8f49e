import type { RuntimeState, Stats } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { Rates } from "./rates.svelte.ts";

function stats(state: RuntimeState, atMs: number): Stats {
  const stream = {
    stream: 0,
    rates: { camera_fps: 14, stored_fps: 13 },
    queue: { frames: 5, capacity: 20 },
    ledger: { dropped: 2 },
  };
  return { state, unix_ms: atMs, streams: [stream] } as unknown as Stats;
}

test("a recording has all rates, Live has none of storage, and rest has none at all", () => {
  const rates = new Rates();
  rates.take(stats("Armed", 0), null);
  expect(rates.latest(0)).toBeUndefined();
  rates.take(stats("Previewing", 1000), 12);
  expect(rates.latest(0)).toMatchObject({ time_s: 0, camera_fps: 14, stored_fps: null, shown_fps: 12 });
  rates.take(stats("Running", 1250), null);
  expect(rates.latest(0)).toMatchObject({ time_s: 0.25, stored_fps: 13, shown_fps: null, queue_percent: 25, lost: 2 });
  rates.clear();
  rates.take(stats("Running", 9000), null);
  expect(rates.columns(0)[0]).toEqual([0]);
});
