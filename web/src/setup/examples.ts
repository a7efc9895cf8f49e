import type { Configuration, Dimension, VideoStream } from "@zarrcam/protocol";
import { dimension, MAX_U64 } from "./sequence.ts";

/** A set-up with a name: the product's examples, and what users keep in this browser as presets. */
export interface Example {
  name: string;
  explained: string;
  /** Takes over the stream's own device and everything that the example does not speak of. */
  apply(stream: VideoStream): VideoStream;
}

interface Recipe {
  camera: string;
  exposureMs: number;
  pixelType: VideoStream["camera"]["settings"]["pixel_type"];
  shape: [number, number];
  storage: string;
  uri: string | null;
  dimensions: Dimension[];
  frames: number;
}

function recipe(name: string, explained: string, given: Recipe): Example {
  return {
    name,
    explained,
    apply: (stream) => ({
      ...stream,
      camera: {
        identifier: { id: [0, 0], kind: "Camera", name: given.camera },
        settings: {
          ...stream.camera.settings,
          exposure_time_us: given.exposureMs * 1000,
          pixel_type: given.pixelType,
          binning: 1,
          offset: [0, 0],
          shape: given.shape,
        },
      },
      storage: {
        ...stream.storage,
        identifier: { id: [0, 0], kind: "Storage", name: given.storage },
        settings: {
          ...plainStorage(stream),
          uri: given.uri,
          acquisition_dimensions: given.dimensions,
        },
      },
      max_frame_count: given.frames,
      frame_average_count: 0,
      frame_period_us: 0,
      time_point_interval_us: 0,
    }),
  };
}

function plainStorage(stream: VideoStream): VideoStream["storage"]["settings"] {
  const { notes, external_metadata_json, first_frame_id } = stream.storage.settings;
  return {
    uri: null,
    external_metadata_json,
    first_frame_id,
    pixel_scale_um: [1, 1],
    acquisition_dimensions: [],
    enable_multiscale: false,
    ...(notes ? { notes } : {}),
  };
}

export const EXAMPLES: readonly Example[] = [
  recipe("Chunked tutorial", "Acquire's tutorial: 10 planes, 3 channels, 10 time points, OME-Zarr 0.4", {
    camera: "simulated: radial sin",
    exposureMs: 70,
    pixelType: "U8",
    shape: [1920, 1080],
    storage: "Zarr",
    uri: "out.zarr",
    dimensions: [
      dimension("x", "Space", 1920, 960),
      dimension("y", "Space", 1080, 540),
      dimension("z", "Space", 10, 5),
      dimension("c", "Channel", 3, 1),
      dimension("t", "Time", 0, 10),
    ],
    frames: 300,
  }),
  recipe("Sharded, compressed", "The same picture in OME-Zarr 0.5: few files, lz4", {
    camera: "simulated: radial sin",
    exposureMs: 70,
    pixelType: "U8",
    shape: [1920, 1080],
    storage: "ZarrV3Blosc1Lz4ByteShuffle",
    uri: "sharded.zarr",
    dimensions: [
      dimension("x", "Space", 1920, 960, 2),
      dimension("y", "Space", 1080, 540, 2),
      dimension("z", "Space", 10, 5, 2),
      dimension("c", "Channel", 3, 1, 3),
      dimension("t", "Time", 0, 10, 1),
    ],
    frames: 300,
  }),
  recipe("Fast time series", "One plane, 16 bit, 100 frames a second, until stopped", {
    camera: "simulated: uniform random",
    exposureMs: 10,
    pixelType: "U16",
    shape: [512, 512],
    storage: "ZarrV3Blosc1ZstdByteShuffle",
    uri: "series.zarr",
    dimensions: [dimension("x", "Space", 512, 512), dimension("y", "Space", 512, 512), dimension("t", "Time", 0, 100)],
    frames: MAX_U64,
  }),
  recipe("Try without saving", "The moving picture, counted and thrown away", {
    camera: "simulated: radial sin",
    exposureMs: 33,
    pixelType: "U8",
    shape: [1280, 720],
    storage: "trash",
    uri: null,
    dimensions: [],
    frames: 300,
  }),
];

const PRESETS = "zarrcam.presets";

export interface Preset {
  name: string;
  configuration: Configuration;
}

/** Presets live in this browser: they are a person's, not the camera computer's. */
export function readPresets(storage: Storage): Preset[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(PRESETS) ?? "[]");
    return Array.isArray(value)
      ? (value as Preset[]).filter(
          (entry) => typeof entry.name === "string" && Array.isArray(entry.configuration.video),
        )
      : [];
  } catch {
    return [];
  }
}

export function writePresets(storage: Storage, presets: readonly Preset[]): void {
  storage.setItem(PRESETS, JSON.stringify(presets));
}
