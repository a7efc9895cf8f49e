import { beforeEach, describe, expect, it } from "vitest";

import { ScreenRefresh } from "./screen-refresh.ts";

let nowMs: number;
let lastTimer = 0;
let timers: { id: number; atMs: number; callback: () => void }[];
let frames: (() => void)[];
let drawn: number;
let refresh: ScreenRefresh;

beforeEach(() => {
  nowMs = 0;
  timers = [];
  frames = [];
  drawn = 0;
  refresh = new ScreenRefresh(() => drawn++, {
    requestAnimationFrame: (callback) => frames.push(callback),
    setTimeout: (callback, ms) => {
      timers.push({ id: ++lastTimer, atMs: nowMs + ms, callback });
      return lastTimer;
    },
    clearTimeout: (timer) => (timers = timers.filter(({ id }) => id !== timer)),
    now: () => nowMs,
  });
});

function pass(ms: number): void {
  const end = nowMs + ms;
  for (;;) {
    timers.sort((a, b) => a.atMs - b.atMs);
    if (!timers[0] || timers[0].atMs > end) break;
    const timer = timers.shift();
    nowMs = timer?.atMs ?? end;
    timer?.callback();
  }
  nowMs = end;
}
function screenRefreshes(): void {
  for (const callback of frames.splice(0)) callback();
}

describe("a screen that refreshes", () => {
  it("is drawn on once a refresh, however often it was asked for", () => {
    refresh.request();
    refresh.request();
    screenRefreshes();
    expect(drawn).toBe(1);
    screenRefreshes();
    pass(1000);
    expect(drawn).toBe(1);
  });

  it("is waited for: the timer of an answered request does not cut the next one short", () => {
    refresh.request();
    pass(400);
    screenRefreshes();
    refresh.request();
    pass(200);
    expect(drawn).toBe(1);
    screenRefreshes();
    expect(drawn).toBe(2);
  });
});

describe("a screen whose refresh never comes", () => {
  it("is drawn on by the clock, and asked again", () => {
    for (let request = 0; request < 60; request++) {
      refresh.request();
      pass(50);
    }
    expect(drawn).toBeGreaterThan(45);
    expect(frames.length).toBeGreaterThan(2);
  });

  it("leads again when it comes back", () => {
    refresh.request();
    pass(600);
    refresh.request();
    screenRefreshes();
    expect(drawn).toBe(2);
    refresh.request();
    pass(100);
    expect(drawn).toBe(2);
    screenRefreshes();
    expect(drawn).toBe(3);
  });

  it("is let rest while the page is hidden, and drawn on when it is seen again", () => {
    refresh.setVisible(false);
    refresh.request();
    pass(5000);
    expect(drawn).toBe(0);
    refresh.setVisible(true);
    pass(600);
    expect(drawn).toBe(1);
  });
});
