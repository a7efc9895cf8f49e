import type { Ledger, StreamStats } from "@zarrcam/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Report } from "../recorder/index.ts";
import { type BrowserStream, ledgerOverBothEnds, lossesHere, statsHere } from "./both-ends.ts";

const ledger = (stored: number, dropped: number, in_flight = 0): Ledger => ({
  ...{ captured: stored + dropped + in_flight, stored, dropped, in_flight, array_frames: stored + dropped },
  ...{ dropped_camera: 0, dropped_queue: dropped, dropped_storage: 0 },
});
const report = (of: Ledger, more: Partial<Report> = {}): Report => ({
  ...{ ledger: of, published: null, failure: null, failure_reason: null, warnings: [], onTheWay: [], end: null },
  losses: { from: 0, total: 0, ranges: [], captured_end: null },
  ...more,
});
const stream = (more: Partial<BrowserStream>): BrowserStream => ({
  ...{ stream: 0, dataset: "out.zarr", framesAveraged: 1, frameBytes: 10, report: null, failure: null, ended: false },
  storedFps: 0,
  ...more,
});

test("while it goes on, what the camera computer captured and nobody decided here waits", () => {
  expect(ledgerOverBothEnds(ledger(50, 0, 10), stream({ report: report(ledger(40, 3, 1)) }))).toMatchObject({
    ...{ captured: 60, stored: 40, dropped: 3, in_flight: 17 },
  });
  expect(ledgerOverBothEnds(ledger(5, 0), stream({}))).toMatchObject({ captured: 5, stored: 0, in_flight: 5 });
});

test("when nothing more comes, what did not come is lost, and has its place", () => {
  const here = stream({
    report: report(ledger(40, 0)),
    ended: true,
    failure: { message: "It broke.", reason: "broke" },
  });
  const all = ledgerOverBothEnds(ledger(60, 0), here);
  expect(all).toMatchObject({ captured: 60, stored: 40, dropped: 20, in_flight: 0, array_frames: 60 });
  expect(lossesHere(here, all)).toEqual([
    {
      ...{ first_frame_index: 40, first_hardware_id: 40, count: 20, array_frames: 20 },
      cause: "queue",
      why: "network",
    },
  ]);
});

test("a loss on its way says why", () => {
  const range = { first_frame_index: 10, first_hardware_id: 10, count: 4, array_frames: 4, cause: "queue" } as const;
  const losses = { from: 0, total: 1, ranges: [range], captured_end: null };
  const onTheWay = [{ frameIndex: 10, count: 4, why: "this browser" as const }];
  const here = stream({ report: report(ledger(20, 4), { losses, onTheWay }) });
  const stats = { ledger: ledger(24, 0), losses: { ranges: [] }, rates: {}, error: null } as unknown as StreamStats;
  expect(statsHere(stats, here).losses.ranges).toEqual([{ ...range, why: "this browser" }]);
});

test("captured = stored + lost + waiting, whatever either end says", () => {
  const count = fc.nat(1000);
  fc.assert(
    fc.property(
      count,
      count,
      count,
      count,
      count,
      fc.boolean(),
      fc.integer({ min: 1, max: 5 }),
      (a, b, c, d, e, ended, framesAveraged) => {
        const here = stream({ report: report(ledger(a, b, c)), ended, framesAveraged });
        const { captured, stored, dropped, in_flight, dropped_camera, dropped_queue, dropped_storage } =
          ledgerOverBothEnds(ledger(d, e), here);
        expect(stored + dropped + in_flight).toBe(captured);
        expect(dropped_camera + dropped_queue + dropped_storage).toBe(dropped);
        expect(in_flight).toBeGreaterThanOrEqual(0);
        if (ended) expect(in_flight).toBe(0);
      },
    ),
  );
});
