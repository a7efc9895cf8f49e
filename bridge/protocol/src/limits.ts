/** The subprotocol that client and bridge must name; another version is another name. */
export const SUBPROTOCOL = "zarrcam.v1";
export const WEBSOCKET_PATH = "/ws";
export const DEFAULT_PORT = 8421;

/** Largest text message that the bridge takes, bytes. A configuration is some kB; ten thousand labels still fit. */
export const MAX_MESSAGE_BYTES = 1 << 20;
/** How many bad messages (no JSON, no JSON-RPC, unknown method or parameters) a session may send in ten seconds before it is closed. */
export const MAX_BAD_MESSAGES = 50;
/** How many requests of one session may wait for an answer. */
export const MAX_PENDING_REQUESTS = 64;
/**
 * Calls that take threads, a disk or a processor, by what they share. Those of a group wait for one another in each session;
 * so many of all sessions together are carried out at the same time.
 */
export const MAX_CALLS_AT_ONCE = { datasets: 4, checks: 2, changes: 4, pictures: 4 } as const;
export type CallGroup = keyof typeof MAX_CALLS_AT_ONCE;
/** How many sessions a bridge has at most. */
export const MAX_SESSIONS = 64;
/** Of them, how many all other computers together may have: the rest is the camera computer's. */
export const MAX_SESSIONS_OF_OTHERS = 56;
/** Of them, how many one paired device or script may have. */
export const MAX_SESSIONS_OF_ONE = 16;
/** How many preview subscriptions one session has at most: two for each of the 64 streams that a configuration may have. */
export const MAX_SUBSCRIPTIONS = 128;
/** How many pictures may be on their way to one subscription: more would be older, not more often. */
export const MAX_CREDITS = 4;
/** Clients that take every frame of a recording at the same time: each has memory of its own. */
export const MAX_FRAME_CLIENTS = 6;
/** Of them, how many one paired device or script may have: one desk leaves room for another. */
export const MAX_FRAME_CLIENTS_OF_ONE = 4;
/** Largest side of a picture that may be asked for, px. */
export const MAX_PREVIEW_SIDE_PX = 8192;
/** How many ranges of lost frames one `get_losses` or `datasets.losses` returns at most. */
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
  /** Who is connected was revoked, or has left: it is not paired any more. */
  revoked: 4401,
} as const;
