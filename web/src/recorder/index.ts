export type { RecorderClient } from "./recorder-client.ts";
export type { RecordingPlace } from "./recorder.ts";
export type { Report } from "./recording.ts";
export { openRecorder } from "./recorder-client.ts";
