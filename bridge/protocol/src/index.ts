export type * from "./generated/index.ts";
export * from "./generated/core.ts";
export * from "./errors.ts";
export * from "./limits.ts";
export * from "./methods.ts";
export * from "./notifications.ts";
export * from "./envelope.ts";
export * from "./preview-frame.ts";
export * from "./preview-header.ts";
