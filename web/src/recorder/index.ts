export type { Report } from "./recording.ts";
export { openRecorder } from "./recorder-client.ts";
