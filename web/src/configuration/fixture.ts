import type { Configuration, Dimension, VideoStream } from "@zarrcam/protocol";
import { withDefaults } from "./with-defaults.ts";

/** For tests: one stream with the given settings over the defaults. */
export function configurationWith(change: {
  exposureUs?: number;
  shape?: [number, number];
  dimensions?: Dimension[];
  frames?: number;
  uri?: string;
}): Configuration {
  const bare = { video: [{}] } as unknown as Configuration;
  const [stream] = withDefaults(bare).video as [VideoStream];
  stream.camera.identifier = { id: [0, 1], kind: "Camera", name: "simulated: radial sin" };
  stream.camera.settings.exposure_time_us = change.exposureUs ?? 10_000;
  stream.camera.settings.shape = change.shape ?? [640, 480];
  stream.storage.identifier = { id: [0, 0], kind: "Storage", name: "ZarrV3" };
  stream.storage.settings.uri = change.uri ?? "out.zarr";
  stream.storage.settings.acquisition_dimensions = change.dimensions ?? [];
  stream.max_frame_count = change.frames ?? 100;
  return { video: [stream] };
}
