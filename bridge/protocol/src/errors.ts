import type { CoreErrorCode, Problem } from "./generated/index.ts";

/** Codes that only a bridge or a client gives. */
type BridgeErrorCode =
  | "invalid_message"
  | "unknown_method"
  | "unknown_subscription"
  | "too_many_requests"
  | "disconnected"
  | "not_paired"
  | "forbidden"
  | "not_in_control"
  | "access_store";
/** What went wrong in the core or the bridge: stable, for programs. `message` beside it is for people. */
export type ErrorCode = CoreErrorCode | BridgeErrorCode;

interface ErrorNumbers {
  /** JSON-RPC's own where one fits; the application's are -32000 and below, one a code, and never change. */
  rpc: number;
  /** The status of an HTTP answer that fails for this reason. */
  http: number;
}

/** Every code with its numbers; one of the core that is missing here does not compile. */
export const errorNumbers: Readonly<Record<ErrorCode, ErrorNumbers>> = {
  invalid_message: { rpc: -32600, http: 400 },
  unknown_method: { rpc: -32601, http: 404 },
  invalid_params: { rpc: -32602, http: 400 },
  internal: { rpc: -32603, http: 500 },
  invalid_configuration: { rpc: -32000, http: 422 },
  stale_revision: { rpc: -32001, http: 409 },
  already_running: { rpc: -32002, http: 409 },
  not_running: { rpc: -32003, http: 409 },
  not_configured: { rpc: -32004, http: 409 },
  unknown_stream: { rpc: -32005, http: 404 },
  exists: { rpc: -32006, http: 409 },
  trigger_refused: { rpc: -32007, http: 409 },
  storage: { rpc: -32008, http: 500 },
  camera: { rpc: -32009, http: 500 },
  locked: { rpc: -32010, http: 423 },
  not_found: { rpc: -32011, http: 404 },
  unknown_subscription: { rpc: -32012, http: 404 },
  too_many_requests: { rpc: -32013, http: 429 },
  disconnected: { rpc: -32014, http: 503 },
  cancelled: { rpc: -32015, http: 503 },
  closed: { rpc: -32016, http: 503 },
  foreign_files: { rpc: -32017, http: 409 },
  not_paired: { rpc: -32018, http: 401 },
  forbidden: { rpc: -32019, http: 403 },
  not_in_control: { rpc: -32020, http: 423 },
  access_store: { rpc: -32021, http: 500 },
};
/** JSON-RPC's number for a message that is no JSON. */
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
  return typeof value === "string" && Object.hasOwn(errorNumbers, value);
}
