import type {
  Configuration,
  ConfigurationChange,
  DeviceInfo,
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

/** The first message of a session: all that a page needs to draw itself. */
export interface Hello {
  version: string;
  /** This session's name; `changed_by` of a configuration says whose edit it was. */
  client: string;
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
  /** The last entries of the bridge's log, oldest first: what happened before this session. */
  log: LogEntry[];
}
/** A subscription that the bridge ended by itself. */
export interface PreviewEnded {
  subscription: number;
  reason: string;
}

/** What the bridge sends without being asked. */
export interface Notifications {
  hello: Hello;
  state: StateChange;
  configuration: ConfigurationChange;
  stats: Stats;
  published: Published;
  run_ended: RunSummary;
  speed: SpeedProgress;
  log: LogEntry;
  "preview.ended": PreviewEnded;
}
export const notificationNames = [
  "hello",
  "state",
  "configuration",
  "stats",
  "published",
  "run_ended",
  "speed",
  "log",
  "preview.ended",
] as const satisfies readonly (keyof Notifications)[];
export type NotificationName = keyof Notifications;

/** The core's events are notifications by their own name. */
export type RuntimeEvents = { [E in Event as E["event"]]: Omit<E, "event"> };
