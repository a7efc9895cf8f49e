import type { AppliedConfiguration, Stats } from "./methods.ts";
import type { DeviceInfo, RuntimeState } from "./model.ts";

/** The first message of a session: all that a page needs to draw itself. */
export interface Hello {
  version: string;
  /** This session's name; `configuration.by` says whose edit it was. */
  client: string;
  data_dir: string;
  configuration: AppliedConfiguration["configuration"];
  revision: number;
  state: RuntimeState;
  stats: Stats;
  devices: DeviceInfo[];
}
/** The one configuration changed. */
export interface ConfigurationChanged extends AppliedConfiguration {
  /** The `client` of the session that changed it; null: the bridge itself. */
  by: string | null;
}
/** More of an open dataset can be read. */
export interface Published {
  /** Relative to the data folder, as in `/data/{dataset}`. */
  dataset: string;
  run: string;
  frames_stored: number;
  shape: number[];
}
export const logLevels = ["info", "warning", "error"] as const;
export interface Log {
  level: (typeof logLevels)[number];
  message: string;
  unix_ms: number;
}
/** A subscription that the bridge ended by itself. */
export interface PreviewEnded {
  subscription: number;
  reason: string;
}

/** What the bridge sends without being asked. */
export interface Notifications {
  hello: Hello;
  state: { state: RuntimeState };
  configuration: ConfigurationChanged;
  stats: Stats;
  published: Published;
  log: Log;
  "preview.ended": PreviewEnded;
}
export const notificationNames = [
  "hello",
  "state",
  "configuration",
  "stats",
  "published",
  "log",
  "preview.ended",
] as const satisfies readonly (keyof Notifications)[];
export type NotificationName = keyof Notifications;
