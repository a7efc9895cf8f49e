export type { RecorderClient } from "./recorder-client.ts";
export type { BridgeRequest, BrowserCheck, RecordingPlace } from "./recorder.ts";
export type { LostOnTheWay, Report } from "./recording.ts";
export { openRecorder } from "./recorder-client.ts";
