import type { Configuration } from "@zarrcam/protocol";
import chunked from "../../../native/config/examples/chunked.json" with { type: "json" };
import fast from "../../../native/config/examples/fast.json" with { type: "json" };
import first from "../../../native/config/examples/default.json" with { type: "json" };
import tiff from "../../../native/config/examples/tiff.json" with { type: "json" };
import timeLapse from "../../../native/config/examples/time_lapse.json" with { type: "json" };
import twoCameras from "../../../native/config/examples/two_cameras.json" with { type: "json" };
import { complete } from "./complete.ts";

/** A set-up with a name. The documents are the core's own, which tests each of them. */
export interface Example {
  name: string;
  explained: string;
  configuration: Configuration;
}

function example(name: string, explained: string, document: unknown): Example {
  return { name, explained, configuration: complete(document as Configuration) };
}

export const FIRST: Configuration = complete(first as unknown as Configuration);

export const EXAMPLES: readonly Example[] = [
  example("Chunked tutorial", "Acquire's tutorial: 10 planes, 3 channels, 10 time points, in chunks", chunked),
  example(
    "Time lapse in depth and colour",
    "Every 10 s two channels of 8 planes, compressed, with zoom levels",
    timeLapse,
  ),
  example("Fast, until stopped", "16 bit at 100 frames a second, many frames to a file", fast),
  example("Two cameras", "Side by side, each with its own dataset", twoCameras),
  example("TIFF stack", "100 frames for programs that know no Zarr", tiff),
  example("Start again", "One simulated camera, as a fresh bridge has it", first),
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
    if (!Array.isArray(value)) return [];
    return (value as Preset[]).filter(
      ({ name, configuration }) => typeof name === "string" && Array.isArray(configuration.video),
    );
  } catch {
    return [];
  }
}

export function writePresets(storage: Storage, presets: readonly Preset[]): void {
  storage.setItem(PRESETS, JSON.stringify(presets));
}
