import { describe, expect, it } from "vitest";

import { chooseLevel } from "../core/level-choice.ts";
import { omeChannels, readMultiscale } from "./ome-metadata.ts";

describe("OME metadata", () => {
  const axes = [
    { name: "t", type: "time" },
    { name: "y", type: "space", unit: "micrometer" },
  ];
  const datasets = [{ path: "0", coordinateTransformations: [{ type: "scale", scale: [1, 0.5] }] }, { path: "1" }];
  const expected = {
    axes: [
      { name: "t", kind: "Time", unit: "" },
      { name: "y", kind: "Space", unit: "micrometer" },
    ],
    datasets: [
      { path: "0", scale: [1, 0.5], translation: null },
      { path: "1", scale: null, translation: null },
    ],
    reduction: "decimate",
  };

  it("is read from version 0.4 and 0.5", () => {
    const multiscales = [{ axes, datasets, type: "decimate" }];
    expect(readMultiscale({ multiscales })).toEqual(expected);
    expect(readMultiscale({ ome: { version: "0.5", multiscales } })).toEqual(expected);
  });

  it("names channels and their colours, in both versions", () => {
    const omero = { channels: [{ label: "DAPI", color: "0000FF", active: false }, { color: "#zz" }, null] };
    const expected = [
      { label: "DAPI", colour: "#0000ff", active: false },
      { label: "1", colour: null, active: true },
      { label: "2", colour: null, active: true },
    ];
    expect(omeChannels({ omero })).toEqual(expected);
    expect(omeChannels({ ome: { version: "0.5", omero } })).toEqual(expected);
    expect([{}, { omero: 3 }, { ome: { omero: { channels: "two" } } }].flatMap(omeChannels)).toEqual([]);
  });

  it("is no error where it lacks or is broken", () => {
    expect(readMultiscale({})).toBeNull();
    expect(readMultiscale({ multiscales: "no" })).toBeNull();
    expect(readMultiscale({ multiscales: [{ datasets: [{ path: 3 }, null] }] })).toBeNull();
    expect(readMultiscale({ multiscales: [{ axes: ["z", "c"], datasets: [{ path: "0" }] }] })?.axes).toEqual([
      { name: "z", kind: "Space", unit: "" },
      { name: "c", kind: "Channel", unit: "" },
    ]);
  });
});

describe("level choice", () => {
  const level = (scale: number) => ({
    path: "",
    scale: [scale, scale] as [number, number],
    factors: [scale, scale],
    width: 20_000 / scale,
    height: 10_000 / scale,
  });
  const levels = [1, 2, 4, 8].map(level);
  const frame = { width: 20_000, height: 10_000 };
  const canvas = { width: 1000, height: 500 };
  const at = (zoom: number) => chooseLevel(levels, { centre: { x: 10_000, y: 5000 }, zoom, fit: false }, frame, canvas);

  it("takes the coarsest that the screen does not see as coarse", () => {
    expect([0.05, 0.13, 0.3, 0.6, 1, 8].map((zoom) => at(zoom).level)).toEqual([3, 3, 2, 1, 0, 0]);
  });

  it("reads of a large plane what is in sight, and a small one whole", () => {
    expect(at(0.05).region).toBeNull();
    const { region } = at(1);
    expect(region).toEqual({ x: 9216, y: 4608, width: 1536, height: 1024 });
  });
});
