import { type ConnectedRuntime, isZarrcamError } from "@zarrcam/client/remote";
import type {
  AppliedChange,
  Configuration,
  ControlState,
  Hello,
  LogEntry,
  LogLevel,
  RunSummary,
  RuntimeEvents,
  RuntimeState,
  SpeedProgress,
  Stats,
  You,
} from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";
import { BarredError } from "./bridge-access.ts";
import { BridgeState } from "./bridge-state.svelte.ts";

/**
 * `absent`: there is no bridge to connect to. `barred`: something must be allowed first; see `reason`. `shut_out`: the bridge does not
 * let this browser in, or not any more.
 */
export type ConnectionState = "absent" | "barred" | "shut_out" | "connecting" | "connected" | "reconnecting";

export interface ConnectionPort {
  /** Makes the connection, which from then on reconnects by itself; rejects where nobody answers. */
  dial(url: string): Promise<ConnectedRuntime>;
  say(level: LogLevel, text: string): void;
  /** Puts into the statistics what this page stores itself. Reactive. */
  complete?(stats: Stats): Stats;
  /** Why there will be no connection, in a sentence, where it is in vain to try again. */
  isVain?(error: unknown): string;
}

/** What the rest of the page does when the camera computer speaks. `BridgeState` knows it already when these are called. */
export interface ConnectionListener {
  /** @param before what was known when the connection broke; null: this is the first one */
  hello(hello: Hello, before: { revision: number; runId: string | null } | null): void;
  configuration(change: RuntimeEvents["configuration"]): void;
  /** What this page may do has changed. */
  you(you: You, before: You | null): void;
  /** Who may come here has changed. */
  accessChanged(): void;
  /** Cameras came, went, or can do something else than before. */
  devices(): void;
  state(state: RuntimeState, before: RuntimeState): void;
  stats(stats: Stats): void;
  speed(progress: SpeedProgress): void;
  runEnded(summary: RunSummary): void;
  log(entry: LogEntry): void;
  /** Somebody has control now, asks for it, or has it no more. `before` null: it is the first that this page hears of it. */
  control(before: ControlState | null, after: ControlState): void;
}

const RETRY_MS = 1500;

const SHUT_OUT =
  "The camera computer does not let this browser in any more: it was sent away, or it left. What stands here is from before. “Access …”, above, has the way back.";

const DOES: Partial<Record<RuntimeState, string>> = {
  Running: "recording",
  Previewing: "live, not saved",
  Measuring: "measuring its speed",
};

/** The page's end of the connection to the camera computer. */
export class Connection {
  readonly bridge: BridgeState;
  state = $state<ConnectionState>("connecting");
  /** Why there is none, in a sentence; null: there is one, or nothing was tried yet. */
  reason = $state<string | null>(null);
  /** Lives from the first connection on, through all that follow; null: there was none yet. */
  runtime = $state.raw<ConnectedRuntime | null>(null);

  readonly #url: string | null;
  readonly #port: ConnectionPort;
  readonly #listener: ConnectionListener;
  #lostAtMs = 0;

  /** @param url of the bridge's control socket; null: there is no bridge */
  constructor(url: string | null, port: ConnectionPort, listener: ConnectionListener) {
    this.#url = url;
    this.#port = port;
    this.#listener = listener;
    this.bridge = new BridgeState((stats) => port.complete?.(stats) ?? stats);
    if (url !== null) return;
    this.state = "absent";
    this.reason = "No camera computer is connected to this page. “Camera computer …”, above, says how to connect one.";
  }

  get isConnected(): boolean {
    return this.state === "connected";
  }

  /** The runtime, for a call that makes no sense without one. */
  get required(): ConnectedRuntime {
    if (!this.runtime) throw new Error("The camera computer is not connected.");
    return this.runtime;
  }

  /** The network may be another, or back. */
  wake(): void {
    this.runtime?.wake?.();
  }

  async connect(): Promise<void> {
    if (this.#url === null) return;
    for (;;) {
      try {
        this.#attach(await this.#port.dial(this.#url));
        return;
      } catch (error) {
        if (error instanceof BarredError) {
          this.state = "barred";
          this.reason = error.message;
          await error.again;
          continue;
        }
        if (isZarrcamError(error, "not_paired")) return this.#shutOut();
        if (this.#port.isVain) {
          this.state = "absent";
          this.reason = this.#port.isVain(error);
          return;
        }
        this.state = "connecting";
        this.reason = `The camera computer does not answer at ${this.#url.split("/")[2]}. Is \`npm start\` running there? This page tries again by itself. (${errorText(error)})`;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Applies a document as a whole, or nothing of it: one call, whose answer has all that the page shows of it. */
  async setConfiguration(configuration: Configuration, revision: number): Promise<AppliedChange> {
    const change = await this.required.setConfiguration(configuration, { revision });
    this.bridge.takeApplied(change);
    if (this.bridge.applied?.revision === change.revision) this.bridge.capabilities = change.capabilities;
    return change;
  }

  /** Asks what the devices can do: after a change that this page did not make. */
  async refreshCapabilities(): Promise<void> {
    const { runtime, bridge } = this;
    if (!runtime) return;
    const revision = bridge.applied?.revision;
    const capabilities = await runtime.getCapabilities();
    // Asked again meanwhile, for a newer configuration.
    if (bridge.applied?.revision === revision) bridge.capabilities = capabilities;
  }

  #attach(runtime: ConnectedRuntime): void {
    this.runtime = runtime;
    this.state = "connected";
    this.reason = null;
    this.#hello(runtime.hello, true);
    runtime.onHello((hello) => {
      const away = Math.max(1, Math.round((performance.now() - this.#lostAtMs) / 1000));
      const does = DOES[hello.state] ?? "no camera runs";
      this.#port.say("info", `Connected again after ${away} s. The camera computer says: ${does}.`);
      this.#hello(hello, false);
    });
    runtime.onConnection(({ state, reason }) => {
      if (state === "connected") {
        this.state = "connected";
        this.reason = null;
        return;
      }
      if (state === "closed") {
        if (!reason) return;
        if (reason.code === "not_paired") return this.#shutOut();
        this.state = "absent";
        this.reason = reason.message;
        this.#port.say("error", reason.message);
        return;
      }
      if (this.state === "connected") {
        this.#lostAtMs = performance.now();
        const running = this.bridge.isRecording ? " A recording goes on without this page." : "";
        this.#port.say("warning", `Lost the connection to the camera computer.${running} Trying again.`);
      }
      this.state = "reconnecting";
      this.reason = `${reason?.message ?? "The connection broke."} This page tries again by itself; a recording does not need it.`;
    });
    runtime.on("state", ({ state }) => this.#takeState(state));
    runtime.on("configuration", (change) => {
      this.bridge.takeApplied(change);
      this.#listener.configuration(change);
      // The answer to a write of this page has them.
      if (change.changed_by !== this.bridge.client) void this.refreshCapabilities().catch(() => undefined);
    });
    runtime.bridge?.on("you", (you) => {
      const before = this.bridge.you;
      this.bridge.takeYou(you);
      this.#listener.you(you, before);
    });
    runtime.bridge?.on("access", () => this.#listener.accessChanged());
    runtime.on("devices", ({ devices }) => {
      this.bridge.takeDevices(devices);
      void this.refreshCapabilities().catch(() => undefined);
      this.#listener.devices();
    });
    runtime.on("stats", (stats) => this.#takeStats(stats));
    runtime.on("speed", (progress) => this.#listener.speed(progress));
    runtime.on("run_ended", (summary) => this.#listener.runEnded(summary));
    runtime.on("log", (entry) => this.#listener.log(entry));
    runtime.bridge?.on("control", (state) => this.#takeControl(this.bridge.control, state));
  }

  #shutOut(): void {
    this.state = "shut_out";
    this.reason = SHUT_OUT;
    this.#port.say("warning", SHUT_OUT);
  }

  #hello(hello: Hello, first: boolean): void {
    const { applied, stats } = this.bridge;
    const before = first ? null : { revision: applied?.revision ?? -1, runId: stats?.run_id ?? null };
    const controlBefore = this.bridge.control;
    this.bridge.takeHello(hello);
    if (hello.control) this.#takeControl(controlBefore, hello.control);
    this.#listener.hello(hello, before);
    this.#takeState(hello.state);
    this.#takeStats(hello.stats);
    void this.refreshCapabilities().catch(() => undefined);
  }

  #takeControl(before: ControlState | null, after: ControlState): void {
    this.bridge.control = after;
    this.#listener.control(before, after);
  }

  #takeState(state: RuntimeState): void {
    const before = this.bridge.takeState(state, performance.now());
    if (before !== null) this.#listener.state(state, before);
  }

  #takeStats(stats: Stats): void {
    this.bridge.takeStats(stats, performance.now());
    this.#takeState(stats.state);
    this.#listener.stats(stats);
  }
}
