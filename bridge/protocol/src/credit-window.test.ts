import { describe, expect, test } from "vitest";

import { CreditWindow } from "./credit-window.ts";

interface Path {
  framePeriodMs: number;
  /** There and back for an empty pipe. */
  latencyMs: number;
  /** How long the transport is busy with one picture. */
  serviceMs: number;
}

/** A camera, a sender and a client that acknowledges at once, by simulated time. */
function simulate({ framePeriodMs, latencyMs, serviceMs }: Path, lengthMs = 20_000) {
  const window = new CreditWindow();
  const acks: { frame: number; atMs: number }[] = [];
  let busyUntilMs = 0;
  let shown = 0;
  let ageMs = 0;
  let maxInFlight = 0;
  let sentFrame = -1;
  for (let nowMs = 0; nowMs < lengthMs; nowMs += 0.5) {
    while (acks[0] && acks[0].atMs <= nowMs) window.onAck(acks.shift()!.frame, nowMs);
    const frame = Math.floor(nowMs / framePeriodMs);
    if (frame === sentFrame || !window.maySend(nowMs)) continue;
    sentFrame = frame;
    window.onSent(frame, frame * framePeriodMs, nowMs);
    maxInFlight = Math.max(maxInFlight, window.inFlight);
    busyUntilMs = Math.max(busyUntilMs, nowMs) + serviceMs;
    const shownMs = busyUntilMs + latencyMs / 2;
    acks.push({ frame, atMs: shownMs + latencyMs / 2 });
    shown += 1;
    ageMs += shownMs - frame * framePeriodMs;
  }
  return { perSecond: (shown / lengthMs) * 1000, ageMs: ageMs / shown, maxInFlight };
}

describe("CreditWindow", () => {
  test("a fast path shows every frame with one picture on its way", () => {
    const { perSecond, maxInFlight } = simulate({ framePeriodMs: 1000 / 60, latencyMs: 4, serviceMs: 4 });
    expect(perSecond).toBeGreaterThan(58);
    expect(maxInFlight).toBeLessThanOrEqual(2);
  });

  test("a long path is filled: several on their way", () => {
    const { perSecond } = simulate({ framePeriodMs: 1000 / 60, latencyMs: 45, serviceMs: 2 });
    expect(perSecond).toBeGreaterThan(54);
  });

  test("a narrow path is not: pictures would only grow old in it", () => {
    const { perSecond, ageMs } = simulate({ framePeriodMs: 1000 / 60, latencyMs: 4, serviceMs: 40 });
    expect(perSecond).toBeGreaterThan(0.85 * (1000 / 40));
    expect(ageMs).toBeLessThan(2 * (1000 / 60) + 50 + 20);
  });

  test("never more than four", () => {
    const { maxInFlight } = simulate({ framePeriodMs: 2, latencyMs: 500, serviceMs: 1 });
    expect(maxInFlight).toBeLessThanOrEqual(4);
  });

  test("without acknowledgement nothing follows", () => {
    const window = new CreditWindow();
    let sent = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
      if (!window.maySend(nowMs)) continue;
      window.onSent(sent++, nowMs, nowMs);
    }
    expect(sent).toBeLessThanOrEqual(4);
  });

  test("an acknowledgement of what was not sent, or twice, counts nothing", () => {
    const window = new CreditWindow();
    window.onSent(1, 0, 0);
    expect(window.onAck(2, 1)).toBe(false);
    expect(window.onAck(1, 1)).toBe(true);
    expect(window.onAck(1, 2)).toBe(false);
    expect(window.inFlight).toBe(0);
  });
});
