// Acquire's tutorial "Configuring Zarr storage with chunking", line by line.
// npx tsx examples/chunked.ts [--overwrite]
import { readdir } from "node:fs/promises";

import { NativeRuntime, ZarrcamError } from "@zarrcam/client/native";
import type { Dimension } from "@zarrcam/protocol";
import FileSystemStore from "@zarrita/storage/fs";
import * as zarr from "zarrita";

async function main(): Promise<void> {
  // acquire.Runtime()
  await using runtime = new NativeRuntime();
  const deviceManager = runtime.deviceManager();
  const configuration = await runtime.getConfiguration();
  const video = configuration.video[0]!;

  video.camera.identifier = await deviceManager.select("Camera", "simulated: radial sin");
  video.camera.settings.shape = [1920, 1080];
  video.camera.settings.exposure_time_us = 7e4; // 70 ms
  video.camera.settings.pixel_type = "U8";

  video.storage.identifier = await deviceManager.select("Storage", "Zarr");
  video.storage.settings.uri = "out.zarr";
  video.storage.settings.overwrite = process.argv.includes("--overwrite");

  // Fastest first: the reverse of the array's axes.
  const x: Dimension = { name: "x", kind: "Space", array_size_px: 1920, chunk_size_px: 960, shard_size_chunks: 0 };
  const y: Dimension = { name: "y", kind: "Space", array_size_px: 1080, chunk_size_px: 540, shard_size_chunks: 0 };
  const z: Dimension = { name: "z", kind: "Space", array_size_px: 10, chunk_size_px: 5, shard_size_chunks: 0 };
  const c: Dimension = { name: "c", kind: "Channel", array_size_px: 3, chunk_size_px: 1, shard_size_chunks: 0 };
  const t: Dimension = { name: "t", kind: "Time", array_size_px: 0, chunk_size_px: 10, shard_size_chunks: 0 };
  video.storage.settings.acquisition_dimensions = [x, y, z, c, t];
  // Enough to fill ten time points.
  video.max_frame_count = z.array_size_px * c.array_size_px * t.chunk_size_px;

  await runtime.setConfiguration(configuration);

  await runtime.start();
  await runtime.stop();

  // zarr.open("out.zarr")
  const group = await zarr.open(new FileSystemStore("out.zarr"), { kind: "group" });
  for (const name of await members("out.zarr")) {
    const array = await zarr.open(group.resolve(name), { kind: "array" });
    console.log(`${name}: shape (${array.shape.join(", ")}), chunks (${array.chunks.join(", ")}), ${array.dtype}`);
  }
}

async function members(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
}

main().catch((error: unknown) => {
  if (!(error instanceof ZarrcamError)) throw error;
  console.error(error.message);
  const exists = error.code === "exists" || error.problems.some(({ code }) => code === "exists");
  if (exists) console.error("Run it with --overwrite to replace the store.");
  process.exitCode = 1;
});
