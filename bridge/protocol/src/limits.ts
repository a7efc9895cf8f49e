/** The subprotocol that client and bridge must name; another version is another name. */
export const SUBPROTOCOL = "zarrcam.v1";
export const WEBSOCKET_PATH = "/ws";
export const DEFAULT_PORT = 8421;

/** A text message to the bridge, bytes. A configuration is some kB; ten thousand labels still fit. */
export const MAX_MESSAGE_BYTES = 1 << 20;
/** Bad messages (no JSON, no JSON-RPC, unknown method or parameters) in ten seconds before a session is closed. */
export const MAX_BAD_MESSAGES = 50;
/** Requests of one session that wait for an answer. */
export const MAX_PENDING_REQUESTS = 64;
/**
 * Calls that take threads, a disk or a processor, by what they share. Those of a group wait for one another in each session;
 * so many of all sessions together are carried out at the same time.
 */
export const MAX_CALLS_AT_ONCE = { datasets: 4, checks: 2, changes: 4, pictures: 4 } as const;
export type CallGroup = keyof typeof MAX_CALLS_AT_ONCE;
/** Sessions of a bridge. */
export const MAX_SESSIONS = 64;
/** Preview subscriptions of one session: two for each of the 64 streams that a configuration may have. */
export const MAX_SUBSCRIPTIONS = 128;
/** Pictures on their way to one subscription, at most: more adds age, not rate. */
export const MAX_CREDITS = 4;
/** Largest side of a picture that may be asked for, px. */
export const MAX_PREVIEW_SIDE_PX = 8192;
/** Runs of losses that one `get_losses` or `datasets.losses` returns. */
export const MAX_LOSSES = 10_000;

/** WebSocket close codes that the bridge uses. */
export const closeCodes = {
  /** The bridge shuts down. */
  goingAway: 1001,
  /** A binary message where only text belongs. */
  unsupportedData: 1003,
  /** Too many bad messages. */
  policyViolation: 1008,
  /** A message over `MAX_MESSAGE_BYTES`. */
  messageTooBig: 1009,
  /** The client did not answer pings, or did not read. */
  notResponding: 4001,
} as const;
