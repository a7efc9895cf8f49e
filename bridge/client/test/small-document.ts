import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Configuration } from "@zarrcam/protocol";

export interface SmallOptions {
  camera?: string;
  storage?: string;
  uri?: string;
  frames?: number;
  exposure_time_us?: number;
  shape?: [number, number];
  camera_settings?: object;
  write_delay_ms?: number;
}

/** One stream of small frames; the core fills in what is left out. */
export function smallDocument({
  camera = "simulated: uniform random",
  storage = "ZarrV3",
  uri = "out.zarr",
  frames = 30,
  exposure_time_us = 2000,
  shape = [64, 48],
  camera_settings = {},
  write_delay_ms = 0,
}: SmallOptions = {}): Configuration {
  const [width, height] = shape;
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: camera },
          settings: { shape, pixel_type: "U8", exposure_time_us, ...camera_settings },
        },
        storage: {
          identifier: { kind: "Storage", name: storage },
          settings: {
            uri,
            acquisition_dimensions: [
              { name: "x", kind: "Space", array_size_px: width, chunk_size_px: Math.ceil(width / 2) },
              { name: "y", kind: "Space", array_size_px: height, chunk_size_px: height },
              { name: "t", kind: "Time", array_size_px: 0, chunk_size_px: 10 },
            ],
          },
          write_delay_ms,
        },
        max_frame_count: frames,
      },
    ],
  } as unknown as Configuration;
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "zarrcam-client-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
