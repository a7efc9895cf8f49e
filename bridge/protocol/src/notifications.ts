import type { ControlState } from "./control-calls.ts";
import type { Role, You } from "./roles.ts";
import type {
  Configuration,
  ConfigurationChange,
  DeviceInfo,
  DevicesChange,
  Event,
  LogEntry,
  Published,
  RunSummary,
  RuntimeState,
  SpeedProgress,
  SpeedReport,
  StateChange,
  Stats,
} from "./generated/index.ts";
import type { PreviewEncoding } from "./preview-header.ts";

/**
 * The first message of a session: all that a page needs to draw itself. A session that wants only some notifications gets
 * of it what `helloFields` says.
 */
export interface Hello {
  /** Of zarrcam. */
  version: string;
  /** What people call the camera computer. A bridge of before has none. */
  rig_name?: string;
  /** This session's name; `changed_by` of a configuration says whose edit it was. */
  client: string;
  /** Who knows it may open the stream of this session's pictures; nobody else is told it. A bridge of before has none. */
  session?: string;
  /** Who this session is to the bridge, and what it may do. A bridge of before has no such thing: whoever reached it might do all. */
  you?: You;
  /** How pictures may be made smaller for a slow network, for clients that take it so. A bridge of before has no such list, and takes no `held_ms`. */
  encodings?: Exclude<PreviewEncoding, "raw">[];
  /** Whether no other computer reaches it, however it is asked: nobody can be let in. A bridge of before does not say. */
  alone?: boolean;
  /** Absolute path of the data folder on the camera computer. */
  data_dir: string;
  configuration: Configuration;
  revision: number;
  state: RuntimeState;
  stats: Stats;
  /** How the last run ended; null: none did since the bridge was started. */
  last_run: RunSummary | null;
  /** What was measured last; null: nothing yet. */
  speed: SpeedReport | null;
  devices: DeviceInfo[];
  /** Who has control of cameras, configuration and run. A bridge of before, and cameras of a page, have no such thing. */
  control?: ControlState;
  /** The last entries of the bridge's log, oldest first: what happened before this session. */
  log: LogEntry[];
}
/** Tells that who may do what has changed: devices, their roles, invitations. For who may ask for them. */
export type AccessChanged = Record<string, never>;

/** Tells that the bridge ended a preview subscription by itself, and why. */
export interface PreviewEnded {
  subscription: number;
  reason: string;
}

/** What the bridge sends without being asked. */
export interface Notifications {
  hello: Hello;
  state: StateChange;
  configuration: ConfigurationChange;
  devices: DevicesChange;
  stats: Stats;
  published: Published;
  run_ended: RunSummary;
  speed: SpeedProgress;
  log: LogEntry;
  /** What this session may do has changed. */
  you: You;
  access: AccessChanged;
  control: ControlState;
  "preview.ended": PreviewEnded;
}
export type NotificationName = keyof Notifications;

/** Notifications that a session may do without. */
export type OptionalNotification = Exclude<NotificationName, "hello" | "you" | "preview.ended">;

/** Which fields of `hello` each notification keeps up to date: who does not want it gets neither. */
export const helloFields = {
  state: ["state"],
  configuration: ["configuration", "revision", "devices"],
  devices: ["devices"],
  stats: ["stats"],
  published: [],
  run_ended: ["last_run"],
  speed: ["speed"],
  log: ["log"],
  access: [],
  control: ["control"],
} as const satisfies Record<OptionalNotification, readonly (keyof Hello)[]>;
export const optionalNotifications = Object.keys(helloFields) as OptionalNotification[];
export const notificationNames: readonly NotificationName[] = [
  "hello",
  ...optionalNotifications,
  "you",
  "preview.ended",
];

/** Who is told what: a notification without a role does not compile. */
export const notificationRoles: Readonly<Record<NotificationName, Role>> = {
  hello: "observe",
  state: "observe",
  configuration: "observe",
  devices: "observe",
  stats: "observe",
  published: "observe",
  run_ended: "observe",
  speed: "observe",
  log: "observe",
  you: "observe",
  access: "admin",
  control: "observe",
  "preview.ended": "observe",
};

/** Optional ones that are the bridge's own; all others are events of the core. */
export const bridgeNotifications = ["access", "control"] as const satisfies readonly OptionalNotification[];
export type BridgeNotification = (typeof bridgeNotifications)[number];

/** Fields of `hello` that every session gets. */
export type HelloCore = Pick<
  Hello,
  "version" | "rig_name" | "client" | "session" | "encodings" | "alone" | "data_dir" | "you"
>;

/**
 * What a session wants of the query of its address, `?notifications=state,log`: everything where it says nothing, nothing
 * but pictures where the list is empty. A name that is none is given back as text.
 */
export function wantedNotifications(query: URLSearchParams): ReadonlySet<OptionalNotification> | string {
  const list = query.get("notifications");
  if (list === null) return new Set(optionalNotifications);
  const names = list.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !Object.hasOwn(helloFields, name));
  return unknown ?? new Set(names as OptionalNotification[]);
}

/** What a bridge tells of itself: of who may do what, and of who has control. */
export type BridgeEvents = Omit<Notifications, keyof RuntimeEvents | "hello" | "preview.ended">;
/** The core's events are notifications by their own name. */
export type RuntimeEvents = { [E in Event as E["event"]]: Omit<E, "event"> };
