import type { HostRuntime } from "@zarrcam/client/native";
import {
  type ControlState,
  type Hello,
  type HelloCore,
  type LogEntry,
  type OptionalNotification,
  type RunSummary,
  type BridgeNotification,
  type Notifications,
  allows,
  bridgeNotifications,
  notificationMessage,
  notificationRoles,
  optionalNotifications,
} from "@zarrcam/protocol";

import { youOf } from "../access/principal.ts";
import type { Session } from "./session.ts";

/** Entries that a new session is told. */
const LOG_KEPT = 100;

/** What all sessions are told that want it: what the runtime reports, the log, and to a new one how things stand. */
export class Broadcasts {
  readonly #runtime: HostRuntime;
  readonly #version: string;
  readonly #rigName: string;
  readonly #isAlone: boolean;
  readonly #sessions: ReadonlySet<Session>;
  readonly #control: () => ControlState;
  readonly #recentLog: LogEntry[] = [];
  readonly #ends: (() => void)[];
  #lastRun: RunSummary | null = null;

  /** @param control how control stands now */
  constructor(
    runtime: HostRuntime,
    { version, rigName, isAlone }: { version: string; rigName: string; isAlone: boolean },
    sessions: ReadonlySet<Session>,
    control: () => ControlState,
  ) {
    this.#runtime = runtime;
    this.#version = version;
    this.#rigName = rigName;
    this.#isAlone = isAlone;
    this.#sessions = sessions;
    this.#control = control;
    this.#ends = [
      ...optionalNotifications
        .filter(isOfRuntime)
        .map((event) =>
          event === "log"
            ? runtime.on(event, (entry) => this.log(entry))
            : runtime.on(event, (data) => this.#send(event, data)),
        ),
      runtime.on("run_ended", (summary) => (this.#lastRun = summary)),
    ];
  }

  log(entry: LogEntry): void {
    if (this.#recentLog.push(entry) > LOG_KEPT) this.#recentLog.shift();
    this.#send("log", entry);
  }

  /** A notification that is the bridge's own. */
  tell<N extends BridgeNotification>(name: N, params: Notifications[N]): void {
    this.#send(name, params);
  }

  /** The first message of a session: what it is called, and of the bridge's state all that it wants to be told of. */
  async helloFor(session: Session): Promise<HelloCore & Partial<Hello>> {
    const ask = <T>(name: OptionalNotification, question: () => Promise<T>) =>
      session.wants(name) ? question() : Promise.resolve(null);
    const [applied, devices, stats, state, speed] = await Promise.all([
      ask("configuration", () => this.#runtime.getRevision()),
      ask(session.wants("devices") ? "devices" : "configuration", () => this.#runtime.devices()),
      ask("stats", () => this.#runtime.getStats()),
      ask("state", () => this.#runtime.getState()),
      ask("speed", () => this.#runtime.getSpeed()),
    ]);
    return {
      version: this.#version,
      rig_name: this.#rigName,
      client: session.name,
      session: session.key,
      you: youOf(session.principal),
      encodings: ["blosc", "jpeg"],
      alone: this.#isAlone,
      data_dir: this.#runtime.dataDir,
      ...(applied && { configuration: applied.configuration, revision: applied.revision }),
      ...(state && { state }),
      ...(stats && { stats }),
      ...(session.wants("run_ended") && { last_run: this.#lastRun }),
      ...(session.wants("speed") && { speed }),
      ...(devices && { devices }),
      ...(session.wants("control") && { control: this.#control() }),
      ...(session.wants("log") && { log: this.#recentLog }),
    };
  }

  end(): void {
    for (const end of this.#ends) end();
  }

  #send(name: OptionalNotification, params: object): void {
    let text: string | undefined;
    for (const session of this.#sessions) {
      if (session.wants(name) && allows(session.principal.role, notificationRoles[name]))
        session.sendShared((text ??= notificationMessage(name, params)), name === "stats");
    }
  }
}

function isOfRuntime(name: OptionalNotification): name is Exclude<OptionalNotification, BridgeNotification> {
  return !(bridgeNotifications as readonly string[]).includes(name);
}
