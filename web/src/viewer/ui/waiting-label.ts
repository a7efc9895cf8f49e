import type { RuntimeState, StreamStats, VideoStream } from "@zarrcam/protocol";

import { ageLabel } from "./labels.ts";

/** So long an exposure explains an empty canvas, µs. */
const LONG_US = 1_000_000;

export interface Waiting {
  state: RuntimeState;
  /** Why the connection carries no pictures; null: it does. */
  linkProblem: string | null;
  /** Why the camera computer sends none of this camera; null: it does. */
  refusal: string | null;
  /** What it last said of this camera's run; null: nothing. */
  stats: Pick<StreamStats, "state_of_stream"> | null;
  settings: Pick<VideoStream, "camera" | "frame_average_count"> | null;
  /** Names of the camera's digital lines. */
  lines: string[];
}

/** What a canvas without a picture waits for: a whole sentence, and what brings it. */
export function waitingLabel({ state, linkProblem, refusal, stats, settings, lines }: Waiting): string {
  if (linkProblem !== null) return `No pictures: ${linkProblem}`;
  if (state === "AwaitingConfiguration") return "Choose a camera in Set-up.";
  if (refusal !== null) return `No pictures of this camera: ${refusal}`;
  if (state === "Measuring") return "No pictures while the speed is measured.";
  if (state !== "Running" && state !== "Previewing")
    return "No picture yet. Live shows the camera, Snap takes one frame.";
  if (stats === null) return "This camera does not run: it has no part in what was started.";
  if (stats.state_of_stream === "failed") return "This camera has stopped with an error. The Log says which.";
  if (stats.state_of_stream === "waiting_for_trigger") return triggerLabel(settings, lines);
  const averaged = settings?.frame_average_count ?? 1;
  const exposureUs = settings?.camera.settings.exposure_time_us ?? 0;
  const wholeUs = exposureUs * Math.max(1, averaged);
  if (wholeUs < LONG_US) return "Waiting for the first frame.";
  const long = ageLabel(wholeUs / 1000);
  return averaged > 1
    ? `Waiting for the first frame: the mean of ${averaged} frames takes ${long}.`
    : `Waiting for the first frame: it is exposed for ${long}.`;
}

function triggerLabel(settings: Waiting["settings"], lines: string[]): string {
  const inputs = settings?.camera.settings.input_triggers;
  const all = inputs ? [inputs.acquisition_start, inputs.frame_start, inputs.exposure] : [];
  const named = all.filter(({ enable }) => enable).map(({ line }) => lines[line] ?? `line ${line}`);
  if (named.includes("software")) return "Waiting for a trigger: each press of Trigger takes a frame.";
  const [first] = named;
  return first === undefined ? "Waiting for a trigger." : `Waiting for a trigger on ${first}.`;
}
