import type { Problem, RuntimeState, StreamCapabilities, Trigger, VideoStream } from "@zarrcam/protocol";

export type RunAction = "snap" | "live" | "record" | "stop" | "trigger" | "measure" | "again" | "tiff";

/** What decides whether an action is possible. */
export interface Situation {
  isConnected: boolean;
  /** Why this page may not do it, whatever the state; null: it may. */
  forbidden: string | null;
  state: RuntimeState;
  /** Problems of the set-up with which nothing can be recorded, worst first. */
  errors: readonly Problem[];
  /** What a problem says away from its field. */
  messageOf: (problem: Problem) => string;
  /** Why the last change of the set-up was not applied; null: it was. */
  failure: string | null;
  /** Whether edits wait to be applied. */
  hasPending: boolean;
  /** Whether a run was recorded since the page was opened. */
  hasRecorded: boolean;
  /** Whether the shown camera waits for a software trigger. */
  isTriggered: boolean;
}

/** Paths that say what a camera shows; names and layouts of datasets do not. */
const OF_CAMERA = /^video(\[\d+\](\.camera\b.*|\.frame_period_us|\.frame_average_count)?)?$/;

/** An error of a camera's settings: a picture taken now would be another camera's, or of other settings than these. */
export function cameraError(errors: readonly Problem[]): Problem | undefined {
  return errors.find(({ path }) => OF_CAMERA.test(path));
}

/** Whether a camera waits for the line "software": at the start of the run, of each frame, or of the exposure. */
export function isTriggered(stream: VideoStream | undefined, capabilities: StreamCapabilities | undefined): boolean {
  const inputs = stream?.camera.settings.input_triggers;
  const triggers: Trigger[] = inputs ? [inputs.acquisition_start, inputs.frame_start, inputs.exposure] : [];
  const lines = capabilities?.camera?.lines ?? [];
  return triggers.some(({ enable, line }) => enable && lines[line] === "software");
}

/** Why an action is not possible now, in a sentence; null: it is. */
export function refusalOf(action: RunAction, situation: Situation): string | null {
  const { isConnected, forbidden, state, errors, hasPending, hasRecorded } = situation;
  if (!isConnected) return "Not connected to the cameras";
  // Whoever may look on may look at what runs.
  const looksOn = action === "live" && (state === "Running" || state === "Previewing");
  if (forbidden !== null && !looksOn) return forbidden;
  switch (action) {
    case "record":
      return state === "Running" ? "Already recording" : recordRefusal(situation);
    case "live":
      if (state === "AwaitingConfiguration") return "Choose a camera first";
      // What runs already goes on as it was applied; the run bar says so.
      return state === "Running" || state === "Previewing" ? null : cameraRefusal(situation);
    case "snap":
      if (state === "AwaitingConfiguration") return "Choose a camera first";
      if (state === "Running") return "Recording: every frame is saved already";
      return cameraRefusal(situation);
    case "tiff":
      if (state === "AwaitingConfiguration") return "Choose a camera first";
      return state === "Running" ? null : cameraRefusal(situation);
    case "measure":
      if (state === "Running") return "Not while recording";
      if (state === "Measuring") return "Being measured now";
      if (state === "AwaitingConfiguration") return "Choose a camera first";
      return errors.length > 0 || hasPending ? "Solve the problems of the set-up first" : null;
    case "again":
      if (!hasRecorded) return "Nothing was recorded since this page was opened";
      return state === "Running" ? "Already recording" : null;
    case "stop":
      return state === "Armed" || state === "AwaitingConfiguration" ? "Nothing runs" : null;
    case "trigger":
      if (!situation.isTriggered) return "The software trigger is off: Camera, Advanced";
      return state === "Running" || state === "Previewing" ? null : "No camera waits: start Live or Record";
  }
}

function recordRefusal({ state, errors, messageOf, failure }: Situation): string | null {
  const [first, ...more] = errors;
  if (first) return more.length > 0 ? `${more.length + 1} problems: ${messageOf(first)}` : messageOf(first);
  if (state === "AwaitingConfiguration") return "Choose a camera first";
  return failure;
}

function cameraRefusal({ errors, messageOf }: Situation): string | null {
  const error = cameraError(errors);
  return error ? messageOf(error) : null;
}
