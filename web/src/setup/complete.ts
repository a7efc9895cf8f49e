import type { Configuration, Trigger, VideoStream } from "@zarrcam/protocol";
import { MAX_U64 } from "./sequence.ts";

const TRIGGER: Trigger = { enable: false, line: 0, kind: "Input", edge: "Rising" };

/** What a document may leave out. The values are the core's; the page needs them only to draw fields before it answers. */
const STREAM: VideoStream = {
  camera: {
    identifier: null,
    settings: {
      exposure_time_us: 0,
      line_interval_us: 0,
      readout_direction: "Forward",
      binning: 1,
      pixel_type: "U8",
      offset: [0, 0],
      shape: [0, 0],
      input_triggers: { acquisition_start: TRIGGER, frame_start: TRIGGER, exposure: TRIGGER },
      output_triggers: { exposure: TRIGGER, frame_start: TRIGGER, trigger_wait: TRIGGER },
    },
  },
  storage: {
    identifier: null,
    settings: {
      uri: null,
      external_metadata_json: null,
      first_frame_id: 0,
      pixel_scale_um: [0, 0],
      acquisition_dimensions: [],
      enable_multiscale: false,
    },
    write_delay_ms: 0,
  },
  max_frame_count: MAX_U64,
  frame_average_count: 0,
};

/** A document as files have it, with every field that the page draws. Acquire 0.3's `filename` is `uri`. */
export function complete(document: Configuration): Configuration {
  return {
    video: document.video.map((entry) => {
      const stream = merge(STREAM, entry) as VideoStream;
      const settings: VideoStream["storage"]["settings"] & { filename?: string | null } = stream.storage.settings;
      if ("filename" in settings) {
        settings.uri ??= settings.filename ?? null;
        delete settings.filename;
      }
      return stream;
    }),
  };
}

function merge(template: unknown, value: unknown): unknown {
  if (value === undefined) return structuredClone(template);
  if (!isObject(template) || !isObject(value)) return structuredClone(value);
  const keys = new Set([...Object.keys(template), ...Object.keys(value)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(template[key], value[key])]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
