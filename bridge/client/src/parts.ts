// For a runtime that lives elsewhere, in a page: what `RemoteRuntime` is made of, too. No addon, nothing of Node.
export { EventHub } from "./event-hub.ts";
export { availableFrame, iteratePreviews } from "./preview-iterator.ts";
