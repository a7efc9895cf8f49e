import type { Configuration } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";
import { removeChannel, setChannelColor, setChannelName } from "./channels.ts";
import { configurationWith } from "./fixture.ts";
import { applyChanges } from "./path.ts";
import type { Edit } from "./edit.ts";
import { dimension, dimensionsOf, lastCount, setCount } from "./sequence.ts";
import { fasterOf, planesFor, rangeUm, setFaster, setStack, stepUm } from "./stack.ts";

const base = "video[0]";
const plain = configurationWith({ frames: 5 });
const stacks = configurationWith({
  dimensions: [
    dimension("x", "Space", 640, 640),
    dimension("y", "Space", 480, 480),
    { ...dimension("z", "Space", 10, 5), scale: 500, unit: "nanometer" },
    { ...dimension("c", "Channel", 3, 1), labels: ["DAPI", "GFP", "RFP"], colors: ["", "FFA500", ""] },
    dimension("t", "Time", 0, 1),
  ],
  frames: 150,
});

function stream({ video }: Configuration) {
  if (!video[0]) throw new Error("no stream");
  return video[0];
}
function after(before: Configuration, edit: (of: ReturnType<typeof stream>) => Edit[]): Configuration {
  return applyChanges(
    before,
    edit(stream(before)).map(({ path, value }) => ({ path, to: value })),
  );
}
const inner = (of: Configuration, name: string) => dimensionsOf(stream(of)).find((entry) => entry.name === name);

describe("a z stack by range and step", () => {
  test.each([
    [6, 0.3, 21],
    [6, 0.7, 10],
    [0.3, 0.1, 4],
    [1, 1, 2],
  ])("%d µm by %d µm are %d planes, both ends included", (range, step, planes) => {
    expect(planesFor(range, step)).toBe(planes);
  });

  test("planes and step are one edit, and the time points stay", () => {
    const made = after(plain, (of) => setStack(of, base, 21, 0.3));
    expect(inner(made, "z")).toMatchObject({ array_size_px: 21, scale: 0.3, unit: "micrometer" });
    expect([lastCount(stream(made)), stream(made).max_frame_count]).toEqual([5, 105]);
    expect(rangeUm(inner(made, "z"))).toBe(6);
  });

  test("another unit is read in µm, and another step keeps the chunks that fit", () => {
    expect(stepUm(inner(stacks, "z"))).toBe(0.5);
    const made = after(stacks, (of) => setStack(of, base, 8, 0.25));
    expect(inner(made, "z")).toMatchObject({ array_size_px: 8, chunk_size_px: 5, scale: 0.25, unit: "micrometer" });
  });
});

describe("the names of channels", () => {
  test("follow the count, with their colours", () => {
    const fewer = after(stacks, (of) => setCount(of, base, 3, 2));
    expect(inner(fewer, "c")).toMatchObject({ labels: ["DAPI", "GFP"], colors: ["", "FFA500"] });
    const more = after(stacks, (of) => setCount(of, base, 3, 4));
    expect(inner(more, "c")?.labels).toEqual(["DAPI", "GFP", "RFP", "Channel 4"]);
    expect(stream(more).max_frame_count).toBe(200);
  });

  test("the first name of a single channel makes its dimension, and the last one to go takes the list along", () => {
    const named = after(plain, (of) => setChannelName(of, base, 0, "GFP"));
    expect(inner(named, "c")).toMatchObject({ array_size_px: 1, labels: ["GFP"] });
    expect(stream(named).max_frame_count).toBe(5);
    const bare = after(named, (of) => setChannelName(of, base, 0, ""));
    expect(inner(bare, "c")?.labels).toBeUndefined();
  });

  test("a channel is taken out with its name and colour", () => {
    const made = after(stacks, (of) => removeChannel(of, base, 0));
    expect(inner(made, "c")).toMatchObject({ array_size_px: 2, labels: ["GFP", "RFP"], colors: ["FFA500", ""] });
    expect([lastCount(stream(made)), stream(made).max_frame_count]).toEqual([5, 100]);
  });

  test("a colour of one's own is kept as OME writes it", () => {
    const made = after(stacks, (of) => setChannelColor(of, base, 0, "#00c0ff"));
    expect(inner(made, "c")?.colors).toEqual(["00C0FF", "FFA500", ""]);
  });
});

describe("the order of planes and channels", () => {
  test("channels that change fastest are stored in the order that OME-Zarr asks for all the same", () => {
    expect(fasterOf(dimensionsOf(stream(stacks)))).toBe("planes");
    const made = after(stacks, (of) => setFaster(of, base, "channels"));
    expect(dimensionsOf(stream(made)).map(({ name }) => name)).toEqual(["x", "y", "c", "z", "t"]);
    expect(stream(made).storage.settings.storage_order).toEqual(["t", "c", "z", "y", "x"]);
    const back = after(made, (of) => setFaster(of, base, "planes"));
    expect(dimensionsOf(stream(back)).map(({ name }) => name)).toEqual(["x", "y", "z", "c", "t"]);
    expect(stream(back).storage.settings.storage_order ?? []).toEqual([]);
  });

  test("there is nothing to choose without both", () => {
    expect(fasterOf(dimensionsOf(stream(plain)))).toBeNull();
  });
});
