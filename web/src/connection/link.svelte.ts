import { RemoteRuntime, isZarrcamError } from "@zarrcam/client/remote";
import type {
  Capabilities,
  DatasetInfo,
  DeviceInfo,
  Hello,
  LeftOut,
  Published,
  RunSummary,
  RuntimeState,
  SpeedProgress,
  Stats,
} from "@zarrcam/protocol";
import type { MessageLog } from "../log/message-log.svelte.ts";
import { RateHistory } from "../rates/rate-history.ts";

export type LinkState = "connecting" | "connected" | "reconnecting";

/** What the rest of the page does when the bridge speaks. */
export interface LinkListener {
  hello(hello: Hello, first: boolean): void;
  configuration(change: { configuration: Hello["configuration"]; revision: number; changed_by: string }): void;
  state(state: RuntimeState, before: RuntimeState): void;
  stats(stats: Stats): void;
  speed(progress: SpeedProgress): void;
  runEnded(summary: RunSummary): void;
}

const RETRY_MS = 1500;
/** Statistics come four times a second: after this they are old, and look it. */
export const STALE_STATS_MS = 2000;

/** The page's end of the connection: everything the bridge says, as state. */
export class Link {
  state = $state<LinkState>("connecting");
  /** Why there is no connection, in a sentence. */
  reason = $state<string | null>(null);
  runtime = $state.raw<RemoteRuntime | null>(null);
  version = $state("");
  dataDir = $state("");
  client = $state("");
  devices = $state.raw<DeviceInfo[]>([]);
  capabilities = $state.raw<Capabilities>({ video: [] });
  runtimeState = $state<RuntimeState>("Closed");
  stats = $state.raw<Stats | null>(null);
  /** `performance.now()` of the statistics: their age is what this page knows of it. */
  statsAt = $state(0);
  datasets = $state.raw<DatasetInfo[]>([]);
  datasetsError = $state<string | null>(null);
  /** What lies in the data folder and is not in `datasets`, by reason. */
  leftOut = $state.raw<LeftOut[]>([]);
  published = $state.raw<Published | null>(null);
  lastRun = $state.raw<RunSummary | null>(null);
  readonly history = new RateHistory();
  historyVersion = $state(0);

  readonly #log: MessageLog;
  readonly #listener: LinkListener;
  readonly #url: string;
  #lostAt = 0;
  #capabilitiesAsked = 0;

  constructor(url: string, log: MessageLog, listener: LinkListener) {
    this.#url = url;
    this.#log = log;
    this.#listener = listener;
  }

  get connected(): boolean {
    return this.state === "connected";
  }

  async connect(): Promise<void> {
    for (;;) {
      try {
        const runtime = await RemoteRuntime.connect(this.#url, { reconnect: true });
        this.#attach(runtime);
        return;
      } catch (error) {
        this.reason = `The camera computer does not answer at ${this.#url.split("/")[2]}. Is \`npm start\` running there? This page tries again by itself. (${message(error)})`;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** What the devices can do as they are configured now. */
  async refreshCapabilities(): Promise<void> {
    const asked = ++this.#capabilitiesAsked;
    const capabilities = await this.runtime?.getCapabilities();
    if (capabilities && asked === this.#capabilitiesAsked) this.capabilities = capabilities;
  }

  async refreshDatasets(): Promise<void> {
    try {
      this.datasets = (await this.runtime?.listDatasets()) ?? [];
      // Of the same look at the folder.
      this.leftOut = (await this.runtime?.getLeftOutDatasets()) ?? [];
      this.datasetsError = null;
    } catch (error) {
      this.datasetsError = message(error);
    }
  }

  #attach(runtime: RemoteRuntime): void {
    this.runtime = runtime;
    this.state = "connected";
    this.reason = null;
    this.#hello(runtime.hello, true);
    runtime.onHello((hello) => {
      const away = Math.max(1, Math.round((performance.now() - this.#lostAt) / 1000));
      this.#log.add(
        "info",
        `Connected again after ${away} s. The camera computer says: ${hello.state === "Running" ? "recording" : hello.state === "Previewing" ? "live, not saved" : hello.state === "Measuring" ? "measuring its speed" : "no camera runs"}.`,
        { polite: true },
      );
      this.#hello(hello, false);
    });
    runtime.onConnection(({ state, reason }) => {
      if (state === "connected") {
        this.state = "connected";
        this.reason = null;
        return;
      }
      if (this.state === "connected") {
        this.#lostAt = performance.now();
        const running = this.runtimeState === "Running" ? " A recording goes on without this page." : "";
        this.#log.add("warning", `Lost the connection to the camera computer.${running} Trying again.`, {
          polite: true,
        });
      }
      this.state = "reconnecting";
      this.reason = `${reason?.message ?? "The connection broke."} This page tries again by itself; a recording does not need it.`;
    });
    runtime.on("state", ({ state }) => this.#setState(state));
    runtime.on("configuration", (change) => {
      this.#listener.configuration(change);
      void this.refreshCapabilities().catch(() => undefined);
    });
    runtime.on("stats", (stats) => this.#takeStats(stats));
    runtime.on("speed", (progress) => this.#listener.speed(progress));
    runtime.on("published", (published) => (this.published = published));
    runtime.on("run_ended", (summary) => {
      this.lastRun = summary;
      this.#listener.runEnded(summary);
      void this.refreshDatasets();
    });
    runtime.on("log", (entry) => this.#log.fromBridge(entry));
  }

  #hello(hello: Hello, first: boolean): void {
    this.version = hello.version;
    this.dataDir = hello.data_dir;
    this.client = hello.client;
    this.devices = hello.devices;
    this.#listener.hello(hello, first);
    this.#setState(hello.state);
    this.#takeStats(hello.stats);
    void this.refreshCapabilities().catch(() => undefined);
    void this.refreshDatasets();
  }

  #setState(state: RuntimeState): void {
    const before = this.runtimeState;
    if (state === before) return;
    this.runtimeState = state;
    this.statsAt = performance.now();
    if (state === "Running") {
      this.lastRun = null;
      this.published = null;
      this.history.clear();
    }
    if (before === "Running" || state === "Running") void this.refreshDatasets();
    this.#listener.state(state, before);
  }

  #takeStats(stats: Stats): void {
    this.stats = stats;
    this.statsAt = performance.now();
    if (stats.state !== this.runtimeState) this.#setState(stats.state);
    this.#listener.stats(stats);
  }
}

export function message(error: unknown): string {
  if (isZarrcamError(error)) return error.message;
  return error instanceof Error ? error.message : String(error);
}
