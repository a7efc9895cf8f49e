import type { Problem } from "./generated/index.ts";

/** What went wrong in the core or the bridge: stable, for programs. `message` beside it is for people. */
export const errorCodes = [
  "invalid_configuration",
  "stale_revision",
  "already_running",
  "not_running",
  "not_configured",
  "unknown_stream",
  "exists",
  "foreign_files",
  "trigger_refused",
  "storage",
  "camera",
  "locked",
  "not_found",
  /** Given up by the caller. */
  "cancelled",
  /** The runtime was closed. */
  "closed",
  // The bridge's own.
  "invalid_message",
  "unknown_method",
  "invalid_params",
  "unknown_subscription",
  "too_many_requests",
  "disconnected",
  "internal",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** JSON-RPC's own numbers where they fit; the application's are -32000 and below, one a code, and never change. */
export const rpcErrorNumbers: Record<ErrorCode, number> = {
  invalid_message: -32600,
  unknown_method: -32601,
  invalid_params: -32602,
  internal: -32603,
  invalid_configuration: -32000,
  stale_revision: -32001,
  already_running: -32002,
  not_running: -32003,
  not_configured: -32004,
  unknown_stream: -32005,
  exists: -32006,
  trigger_refused: -32007,
  storage: -32008,
  camera: -32009,
  locked: -32010,
  not_found: -32011,
  unknown_subscription: -32012,
  too_many_requests: -32013,
  disconnected: -32014,
  cancelled: -32015,
  closed: -32016,
  foreign_files: -32017,
};
export const PARSE_ERROR = -32700;

/** `error.data` of a JSON-RPC response. */
export interface RpcErrorData {
  code: ErrorCode;
  /** The field at fault, `video[0].storage.settings.uri`. */
  path?: string;
  /** Everything that is wrong with the configuration (`invalid_configuration`); what changed (`stale_revision`). */
  problems?: Problem[];
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return (errorCodes as readonly unknown[]).includes(value);
}
