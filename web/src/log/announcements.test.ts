import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MessageLog } from "./message-log.svelte.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what is announced at once is all told, each long enough to be found", () => {
  const log = new MessageLog();
  log.announce("Recording");
  log.say("The queue is half full.", { level: "warning", polite: true });
  log.announce("Ready");
  expect(log.announcement).toBe("Recording.");
  vi.advanceTimersByTime(900);
  expect(log.announcement).toBe("Recording.");
  vi.advanceTimersByTime(200);
  expect(log.announcement).toBe("The queue is half full. Ready.");
  vi.advanceTimersByTime(5000);
  log.announce("Nothing runs");
  expect(log.announcement).toBe("Nothing runs.");
});

test("the same words again are news, many at once are counted", () => {
  const log = new MessageLog();
  log.announce("Nothing runs");
  log.announce("Nothing runs");
  const first = log.announcement;
  vi.advanceTimersByTime(1000);
  expect(log.announcement.trim()).toBe("Nothing runs.");
  expect(log.announcement).not.toBe(first);
  for (let frame = 0; frame < 40; frame++) log.announce(`Frame ${frame} lost`);
  vi.advanceTimersByTime(1000);
  expect(log.announcement).toBe("Frame 0 lost. Frame 1 lost. Frame 2 lost. Frame 3 lost. 36 more in the log.");
});
