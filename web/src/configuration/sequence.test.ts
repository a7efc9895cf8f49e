import type { CameraCapabilities, Configuration } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";
import { configurationWith } from "./fixture.ts";
import { applyChanges } from "./path.ts";
import type { Edit } from "./edit.ts";
import {
  dimension,
  dimensionsOf,
  storedOrder,
  insertDimension,
  lastCount,
  MAX_U64,
  moveDimension,
  removeDimension,
  setAverage,
  setBinning,
  setCount,
  setSide,
  snapRegion,
  storedFrames,
} from "./sequence.ts";

const tutorial = configurationWith({
  shape: [1920, 1080],
  dimensions: [
    dimension("x", "Space", 1920, 960),
    dimension("y", "Space", 1080, 540),
    dimension("z", "Space", 10, 5),
    dimension("c", "Channel", 3, 1),
    dimension("t", "Time", 0, 10),
  ],
  frames: 300,
});
const plain = configurationWith({ frames: 100 });

function stream(configuration: Configuration) {
  const [first] = configuration.video;
  if (!first) throw new Error("no stream");
  return first;
}
function edited(configuration: Configuration, edits: Edit[]) {
  return stream(
    applyChanges(
      configuration,
      edits.map(({ path, value }) => ({ path, to: value })),
    ),
  );
}
const names = (of: ReturnType<typeof stream>) => dimensionsOf(of).map(({ name }) => name);

describe("counts and total are one value", () => {
  test("time points follow from the total", () => {
    expect(lastCount(stream(tutorial))).toBe(10);
    expect(lastCount(stream(configurationWith({ frames: MAX_U64 })))).toBeNull();
  });

  test("more planes keep the time points and raise the total", () => {
    const after = edited(tutorial, setCount(stream(tutorial), "video[0]", 2, 20));
    expect(after.max_frame_count).toBe(600);
    expect(lastCount(after)).toBe(10);
  });

  test("a chunk that would be longer than its axis follows it", () => {
    const after = edited(tutorial, setCount(stream(tutorial), "video[0]", 2, 4));
    expect(after.storage.settings.acquisition_dimensions[2]).toMatchObject({ array_size_px: 4, chunk_size_px: 4 });
  });

  test("time points set the total, and until stopped is 2^64-1", () => {
    expect(edited(tutorial, setCount(stream(tutorial), "video[0]", 4, 7)).max_frame_count).toBe(210);
    expect(edited(tutorial, setCount(stream(tutorial), "video[0]", 4, null)).max_frame_count).toBe(MAX_U64);
  });

  test("planes where the document lists no dimensions make the list", () => {
    const after = edited(plain, insertDimension(stream(plain), "video[0]", dimension("z", "Space", 10, 1)));
    expect(names(after)).toEqual(["x", "y", "z", "t"]);
    expect(after.max_frame_count).toBe(1000);
  });

  test("channels come before the growing dimension", () => {
    const planes = {
      video: [edited(plain, insertDimension(stream(plain), "video[0]", dimension("z", "Space", 10, 1)))],
    };
    const after = edited(planes, insertDimension(stream(planes), "video[0]", dimension("c", "Channel", 3, 1)));
    expect(names(after)).toEqual(["x", "y", "z", "c", "t"]);
    expect(after.max_frame_count).toBe(3000);
  });
});

describe("ROI and x, y are one value", () => {
  test("width changes the dimension, and a whole chunk with it", () => {
    const whole = configurationWith({
      dimensions: [dimension("x", "Space", 640, 640), dimension("y", "Space", 480, 240), dimension("t", "Time", 0, 1)],
    });
    const after = edited(whole, setSide(stream(whole), "video[0]", 0, 512));
    expect(after.camera.settings.shape).toEqual([512, 480]);
    expect(after.storage.settings.acquisition_dimensions[0]).toMatchObject({ array_size_px: 512, chunk_size_px: 512 });
  });

  test("a chunk of its own size stays", () => {
    const after = edited(tutorial, setSide(stream(tutorial), "video[0]", 0, 1600));
    expect(after.storage.settings.acquisition_dimensions[0]).toMatchObject({ array_size_px: 1600, chunk_size_px: 960 });
  });

  test("binning keeps the field of view", () => {
    const after = edited(tutorial, setBinning(stream(tutorial), "video[0]", 2));
    expect(after.camera.settings).toMatchObject({ binning: 2, shape: [960, 540] });
    expect(after.storage.settings.acquisition_dimensions[0]?.array_size_px).toBe(960);
  });

  test("a drawn region snaps to the camera's steps and stays inside", () => {
    const range = (low: number, high: number, step: number) => ({ low, high, step, writable: true });
    const camera = {
      shape: [range(16, 1920, 16), range(2, 1080, 2)],
      offset: [range(0, 1904, 8), range(0, 1078, 2)],
    } as unknown as CameraCapabilities;
    expect(snapRegion({ x: 13, y: 7, width: 101, height: 5000 }, camera)).toEqual({
      x: 16,
      y: 8,
      width: 96,
      height: 1080,
    });
  });
});

describe("the list of dimensions", () => {
  test("only those between y and the growing one move", () => {
    expect(names(edited(tutorial, moveDimension(stream(tutorial), "video[0]", 3, -1)))).toEqual([
      "x",
      "y",
      "c",
      "z",
      "t",
    ]);
    expect(moveDimension(stream(tutorial), "video[0]", 2, -1)).toEqual([]);
    expect(moveDimension(stream(tutorial), "video[0]", 3, 1)).toEqual([]);
  });

  test("removing one keeps the time points", () => {
    const after = edited(tutorial, removeDimension(stream(tutorial), "video[0]", 3));
    expect(names(after)).toEqual(["x", "y", "z", "t"]);
    expect(after.max_frame_count).toBe(100);
  });

  test("with averaging the camera's frames are counted, and the time points stay", () => {
    const averaged = edited(tutorial, setAverage(stream(tutorial), "video[0]", 4));
    expect(averaged).toMatchObject({ max_frame_count: 1200, frame_average_count: 4 });
    expect([lastCount(averaged), storedFrames(averaged)]).toEqual([10, 300]);
    const configuration = { video: [averaged] };
    expect(edited(configuration, setCount(averaged, "video[0]", 4, 7)).max_frame_count).toBe(840);
    expect(edited(configuration, setCount(averaged, "video[0]", 2, 20)).max_frame_count).toBe(2400);
    const off = edited(configuration, setAverage(averaged, "video[0]", 1));
    expect(off).toMatchObject({ max_frame_count: 300, frame_average_count: 0 });
    // As Acquire saved it: 11 frames are 5 means of 2, in one time point.
    const eleven = { ...stream(plain), max_frame_count: 11, frame_average_count: 2 };
    expect([storedFrames(eleven), lastCount(eleven)]).toEqual([5, 5]);
    const endless = { ...stream(plain), max_frame_count: MAX_U64 };
    expect(setAverage(endless, "video[0]", 3)).toEqual([{ path: "video[0].frame_average_count", value: 3 }]);
  });

  test("the filing order is told by its turning points", () => {
    expect(storedOrder(dimensionsOf(stream(tutorial)))).toEqual([
      "0 = t0 c0 z0",
      "1 = t0 c0 z1",
      "10 = t0 c1 z0",
      "30 = t1 c0 z0",
    ]);
  });
});
