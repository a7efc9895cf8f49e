import { expect, it } from "vitest";

import type { PlaneRequest } from "./data/messages.ts";
import type { StoredSource } from "./data/stored-source.ts";
import type { StoreReader } from "./data/store-reader.ts";
import type { ToView } from "./live/messages.ts";
import type { ViewClient } from "./live/view-client.ts";
import { PaneState } from "./pane.svelte.ts";
import { runAxes } from "./time/axes.ts";
import type { DatasetLosses } from "./time/dataset-losses.svelte.ts";
import type { RunFollower } from "./time/run-follower.svelte.ts";
import { Timeline } from "./timeline.svelte.ts";

/** A dataset of `times` time points of three channels, and what is asked of its reader and of the view worker. */
function scene(times: number) {
  const asked: number[][] = [];
  const sent: ToView[] = [];
  const reader = {
    plane: (_: string, { index }: PlaneRequest) => {
      asked.push(index);
      return new Promise(() => undefined);
    },
  } as unknown as StoreReader;
  const client = { send: (message: ToView) => void sent.push(message) } as unknown as ViewClient;
  const run = { stream: 0, losses: [], axes: runAxes([]), available: 0 } as unknown as RunFollower;
  const pane: PaneState = new PaneState(0, client, () => timeline.viewChanged());
  const timeline = new Timeline(pane, run, client, reader, () => undefined);
  const axis = { unit: "", scale: 1, labels: [] };
  const source: StoredSource = {
    name: "a.zarr",
    url: "/a.zarr/",
    capturedEnd: null,
    axes: [
      { ...axis, name: "c", kind: "Channel", size: 3, stride: 1 },
      { ...axis, name: "t", kind: "Time", size: times, stride: 3 },
    ],
    description: {
      levels: [{ path: "0", width: 64, height: 48, scale: [1, 1] }],
      axes: [
        { name: "t", size: times },
        { name: "c", size: 3 },
      ],
    } as unknown as StoredSource["description"],
  };
  pane.resize({ width: 100, height: 100 });
  pane.setChannels(3, { stride: 1, size: 3 });
  return { timeline, pane, run, source, asked, sent };
}

it("asks for the planes of the place that is opened, and for no other, with an overlay from the start", () => {
  const { timeline, pane, source, asked, sent } = scene(9);
  pane.overlay.setOn(true);
  timeline.openDataset(source, null, { t: 4 });
  expect(asked).toEqual([
    [4, 0],
    [4, 1],
    [4, 2],
  ]);
  expect(sent).toContainEqual({ kind: "pictures", pane: 0, layers: [] });
});

it("has no place in a dataset without frames, and asks for nothing", () => {
  const { timeline, source, asked } = scene(0);
  timeline.openDataset(source, null, { t: 4 });
  timeline.goToPlace(7);
  timeline.goTo([1, 1]);
  timeline.step(0, 1);
  expect([timeline.hasNoFrames, timeline.current, asked]).toEqual([true, null, []]);
  expect(timeline.index.every((at) => at >= 0)).toBe(true);
});

it("reads the channels that are there, and names the lost one; with all lost there is no picture", () => {
  const { timeline, pane, source, asked } = scene(9);
  const lost = (first_place: number, places: number) =>
    ({ first_place, places, count: places, first_hardware_id: first_place, cause: "queue" }) as const;
  const losses = { runs: [lost(12, 1), lost(15, 3)], dispose: () => undefined } as unknown as DatasetLosses;
  pane.overlay.setOn(true);
  timeline.openDataset(source, losses, { t: 4 });
  expect(asked).toEqual([
    [4, 1],
    [4, 2],
  ]);
  expect(timeline.lostChannels).toEqual([{ name: "c 0", why: "frame 12 lost: queue full" }]);
  expect(pane.missing).toBeNull();
  timeline.goTo([0, 5]);
  expect([asked.length, pane.missing]).toEqual([2, "frame 15 lost: queue full"]);
  pane.overlay.setOn(false);
  timeline.goTo([0, 4]);
  expect(pane.missing).toBe("frame 12 lost: queue full");
});

it("goes to a frame of the run that is counted as saved as soon as it can be read, unless another was chosen", () => {
  const { timeline, run } = scene(9);
  const recording = { source: () => new Promise(() => undefined), stats: { ledger: { places: 9 } } };
  Object.assign(run, recording, { available: 5 });
  const grow = (available: number) => {
    run.available = available;
    timeline.runGrew();
    return timeline.index;
  };
  timeline.goToPlace(7);
  expect(timeline.index).toEqual([4]);
  expect([grow(7), grow(8), grow(9)]).toEqual([[4], [7], [7]]);
  // What is not captured yet is not waited for.
  timeline.goToPlace(20);
  expect(grow(30)).toEqual([8]);
  Object.assign(run, { stats: { ledger: { places: 40 } } });
  timeline.goToPlace(35);
  timeline.goToPlace(3);
  expect(grow(40)).toEqual([3]);
});
