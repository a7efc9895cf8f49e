import { beforeEach, expect, test } from "vitest";
import type { Result } from "./result.ts";
import { RunResults } from "./run-results.svelte.ts";

let kept: Map<string, string>;
let told: string[];
const results = () =>
  new RunResults(
    { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    (text, options) => told.push(`${options?.level ?? "info"}: ${text}`),
  );
const failed: Result = { id: "a", level: "failed", text: "Stopped", rest: ": out.zarr", details: "disk full" };
const good: Result = { ...failed, id: "b", level: "good", details: "" };

beforeEach(() => {
  kept = new Map();
  told = [];
});

test("a bad result stays until it is dismissed, Live in between or not", () => {
  const page = results();
  page.tell(failed);
  page.stateChanged("Previewing");
  expect(page.unread).toBe(failed);
  expect(told).toEqual(["error: Stopped: out.zarr\ndisk full"]);
  page.dismiss();
  expect([page.result, page.unread]).toEqual([null, null]);
});

test("what was dismissed does not come back with the page", () => {
  const page = results();
  page.tell(failed);
  page.dismiss();
  const reloaded = results();
  reloaded.show(failed);
  expect(reloaded.result).toBeNull();
  reloaded.show(good);
  expect(reloaded.result).toBe(good);
});

test("a good result is no unread one, and the next recording takes it away", () => {
  const page = results();
  page.tell(good);
  expect([page.unread, page.result]).toEqual([null, good]);
  page.stateChanged("Running");
  expect(page.result).toBeNull();
});

test("notice and snapshot stand until something starts", () => {
  const page = results();
  page.notice = "zarrcam was restarted.";
  page.snapshot = "snapshot_001.tif";
  page.stateChanged("Armed");
  expect([page.notice, page.snapshot]).not.toContain(null);
  page.stateChanged("Previewing");
  expect([page.notice, page.snapshot]).toEqual([null, null]);
});
