import type { Plan, Problem } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { applyChanges } from "../configuration/path.ts";
import { dimension } from "../configuration/sequence.ts";
import { remediesOf, type RemedyContext } from "./disk-full.ts";

const full: Problem = {
  path: "video[0].storage.settings.uri",
  code: "disk_full",
  severity: "warning",
  message: "Disk full after 14 min of 20 min",
};

/** 1,000 time points of 4 planes, 1 MB each: 4 GB. */
function around(change: Partial<RemedyContext> = {}): RemedyContext {
  const dimensions = [
    dimension("x", "Space", 1000, 500),
    dimension("y", "Space", 1000, 500),
    dimension("z", "Space", 4, 1),
    dimension("t", "Time", 0, 10),
  ];
  const [stream] = configurationWith({ shape: [1000, 1000], frames: 4000, dimensions }).video;
  if (!stream) throw new Error("no stream");
  const plan = { total_bytes: 4e9, temporary_disk_bytes: 1e8 } as Plan;
  const camera = { binning: [1, 2, 4, 8] } as RemedyContext["camera"];
  return { stream, base: "video[0]", plan, freeBytes: 2.9e9, camera, devices: [], ...change };
}

test("a disk that will be full has three remedies, and each is what it says", () => {
  const scene = around();
  const remedies = remediesOf(full, scene);
  expect(remedies.map(({ label }) => label)).toEqual(["Stop after 700 time points", "Compress with zstd", "Bin 2 × 2"]);
  const [fewer, compressed, binned] = remedies.map(({ edits }) => {
    const changes = edits.map(({ path, value }) => ({ path, to: value }));
    return applyChanges({ video: [scene.stream] }, changes).video[0];
  });
  expect(fewer?.max_frame_count).toBe(2800);
  expect(compressed?.storage.identifier?.name).toBe("ZarrV3Blosc1ZstdByteShuffle");
  expect(binned?.camera.settings).toMatchObject({ binning: 2, shape: [500, 500] });
});

test("only what helps is offered", () => {
  const labels = (change: Partial<RemedyContext>) => remediesOf(full, around(change)).map(({ label }) => label);
  expect(labels({ freeBytes: 5e8 })).toEqual(["Stop after 100 time points", "Compress with zstd", "Bin 4 × 4"]);
  expect(labels({ freeBytes: 1.9e8 })).toEqual(["Stop after 22 time points", "Compress with zstd", "Bin 8 × 8"]);
  expect(labels({ freeBytes: 1.5e8 })).toEqual(["Stop after 12 time points", "Compress with zstd"]);
  expect(labels({ freeBytes: 1e8 })).toEqual(["Compress with zstd"]);
  // The others on its disk are what is too much.
  expect(labels({ freeBytes: 5e9 })).toEqual(["Compress with zstd"]);
  expect(labels({ camera: null })).not.toContain("Bin 2 × 2");
  const { stream } = around();
  const tiff = structuredClone(stream);
  tiff.storage.identifier = { id: [0, 0], kind: "Storage", name: "tiff" };
  expect(labels({ stream: tiff })).not.toContain("Compress with zstd");
  expect(remediesOf({ ...full, code: "exists" }, around())).toEqual([]);
});
