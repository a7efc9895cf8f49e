import { type RemoteRuntime, connect } from "@zarrcam/client";
import type { Configuration, PixelType } from "@zarrcam/protocol";

import type { Bridge } from "./bridge.ts";
import type { Appearance } from "./browser.ts";

export interface Wanted {
  name: string;
  camera?: string;
  storage?: string;
  width?: number;
  height?: number;
  pixelType?: PixelType;
  exposureMs?: number;
  planes?: number;
  /** Time points; null: until stopped. */
  points?: number | null;
}

/** A page at Live, for journeys of how it is drawn. */
export interface LiveSetup extends Appearance {
  /** Of the address, behind the bridge's. */
  path?: string;
  camera?: string;
}

/** A script beside the page: another client of the same bridge. */
export function script(bridge: Pick<Bridge, "url">): Promise<RemoteRuntime> {
  return connect(`${bridge.url.replace("http", "ws")}/ws`);
}

/** What a script configures, so that a test of something else need not do it by hand. */
export async function configure(runtime: RemoteRuntime, wanted: Wanted): Promise<Configuration> {
  const configuration = structuredClone(await runtime.getConfiguration());
  const [stream] = configuration.video;
  if (!stream) throw new Error("the bridge has no stream");
  const { width = 320, height = 240, planes = 1, points = null } = wanted;
  const { settings } = stream.camera;
  stream.camera.identifier = await runtime.select("Camera", wanted.camera ?? "simulated: uniform random");
  settings.shape = [width, height];
  settings.offset = [0, 0];
  settings.pixel_type = wanted.pixelType ?? "U8";
  settings.exposure_time_us = (wanted.exposureMs ?? 20) * 1000;
  stream.storage.identifier = await runtime.select("Storage", wanted.storage ?? "ZarrV3");
  stream.storage.settings.uri = wanted.name;
  const dimension = (name: string, kind: "Space" | "Time", count: number, chunk: number) => ({
    name,
    kind,
    array_size_px: count,
    chunk_size_px: chunk,
    shard_size_chunks: 0,
  });
  stream.storage.settings.acquisition_dimensions = [
    dimension("x", "Space", width, width),
    dimension("y", "Space", height, height),
    ...(planes > 1 ? [dimension("z", "Space", planes, 1)] : []),
    dimension("t", "Time", 0, 5),
  ];
  stream.max_frame_count = points === null ? 2 ** 53 : points * planes;
  return (await runtime.setConfiguration(configuration)).configuration;
}
