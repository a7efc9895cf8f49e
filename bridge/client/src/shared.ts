// What both entries give; loads nothing of Node.
export { DeviceManager } from "./device-manager.ts";
export {
  DeviceError,
  DisconnectedError,
  InvalidConfigurationError,
  NotPairedError,
  RunStateError,
  StaleRevisionError,
  ZarrcamError,
  type ZarrcamErrorDetails,
  errorData,
  errorFromData,
  isZarrcamError,
} from "./errors.ts";
export type {
  AvailableFrame,
  PreviewListener,
  PreviewRequest,
  PreviewSource,
  PreviewSubscription,
} from "./previews.ts";
export { type LossRange, Runtime, type StartOptions, type StartedRun } from "./runtime.ts";
