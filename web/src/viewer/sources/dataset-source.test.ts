import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { DatasetInfo } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { StoreReader } from "../data/store-reader.ts";
import type { ShownPicture } from "../core/plane-source.ts";
import { DatasetSource } from "./dataset-source.svelte.ts";

beforeEach(() => void vi.stubGlobal("location", { href: "http://127.0.0.1:8421/" }));
afterEach(() => void vi.unstubAllGlobals());

/** A dataset of two planes and so many time points, as its files tell of it. */
async function scene(times: number, info: Partial<DatasetInfo>) {
  const axis = (name: string, kind: string, size: number) => ({ name, kind, size, unit: "", scale: 1 });
  const reader = {
    open: () =>
      Promise.resolve({
        store: 1,
        axes: [axis("t", "Time", times), axis("z", "Space", 2)],
        x: { ...axis("x", "Space", 8), unit: "micrometer", scale: 0.5 },
        y: { ...axis("y", "Space", 8), unit: "micrometer", scale: 0.25 },
        channels: [],
      }),
    close: () => undefined,
  } as unknown as StoreReader;
  const whole = {
    name: "a.zarr",
    kind: "zarr3",
    run_id: "run",
    losses: null,
    levels: [],
    axes: [],
    captured_end: null,
  };
  const runtime = {
    getDatasetInfo: () => Promise.resolve({ ...whole, acquisition_order: ["z", "t"], ...info }),
  } as unknown as RemoteRuntime;
  /** What its files tell from now on. */
  const become = (change: Partial<DatasetInfo>) => (info = { ...info, ...change });
  const source = await DatasetSource.find(runtime, "bridge", reader, "a.zarr", new AbortController().signal);
  const changes: string[] = [];
  source.subscribe((change) => changes.push(change));
  return { source, changes, become };
}

it("has what its axes have room for, up to where its run ended", async () => {
  const { source } = await scene(5, { state: "closed", captured_end: 7 });
  expect(source.axes.map(({ name, size, stride }) => [name, size, stride])).toEqual([
    ["z", 2, 1],
    ["t", 5, 2],
  ]);
  expect([source.extent.readable, source.availability(6).kind, source.availability(7).kind]).toEqual([
    10,
    "readable",
    "not captured",
  ]);
  expect(source.pixelSize).toEqual({ x: 0.5, y: 0.25, unit: "micrometer" });
  source.grow(100);
  expect(source.extent.readable).toBe(10);
});

it("grows while it is recorded, and tells of it", async () => {
  const { source, changes } = await scene(1, { state: "open", captured_end: 1 });
  source.grow(5);
  source.grow(5);
  source.grow(3);
  expect([source.axes.at(-1)?.size, source.extent.readable, changes]).toEqual([3, 5, ["more"]]);
  expect([4, 5].map((frameIndex) => source.availability(frameIndex).kind)).toEqual(["readable", "pending"]);
});

it("is looked at again when the run ends that records it, and not when another does", async () => {
  const { source, changes, become } = await scene(1, { state: "open" });
  source.grow(5);
  become({
    state: "closed",
    captured_end: 7,
    end: { kind: "stopped", reason: null },
    shape: [4, 2, 8, 8],
    axes: ["t", "z", "y", "x"].map((name) => ({ name, kind: "Other", unit: "", scale: 1, labels: [] })),
  });
  await source.takeRunEnd("another run");
  expect([source.info.state, source.extent.readable, changes.length]).toEqual(["open", 5, 1]);
  await source.takeRunEnd("run");
  expect([source.info.end?.kind, source.axes.at(-1)?.size, source.extent.readable]).toEqual(["stopped", 4, 8]);
  expect([5, 6, 7].map((frameIndex) => source.availability(frameIndex).kind)).toEqual([
    "readable",
    "readable",
    "not captured",
  ]);
  expect(changes.length).toBe(2);

  // The name may be another run's by then.
  become({ run_id: "next", end: null });
  await source.takeRunEnd("run");
  expect(source.info.end?.kind).toBe("stopped");
});

it("remembers a damaged chunk once, with the frame that it was met in", async () => {
  const { source } = await scene(5, { state: "closed" });
  const region = { x: 0, y: 0, width: 8, height: 8 };
  const shown = (position: number[], chunk: string) =>
    ({
      caption: { position },
      picture: { reduction: "none", scale: [1, 1] },
      gaps: [
        { kind: "damaged", chunk, why: "too short", region },
        { kind: "fill", chunk: "", why: "", region },
      ],
    }) as unknown as ShownPicture;
  for (const times of [1, 2]) source.takeShown(shown([1, times], "1/0/0"));
  source.takeShown(shown([0, 4], "4/0/0"));
  expect(source.gaps.damages).toEqual([
    { chunk: "1/0/0", why: "too short", level: 0, frameIndex: 3 },
    { chunk: "4/0/0", why: "too short", level: 0, frameIndex: 8 },
  ]);
});
