import type {
  AppliedConfiguration,
  Capabilities,
  ControlState,
  DeviceInfo,
  Hello,
  RuntimeState,
  Stats,
  StreamStats,
  You,
} from "@zarrcam/protocol";

/** What the camera computer said last, held once for the whole page: everything else derives from it and keeps no copy. */
export class BridgeState {
  /** Its greeting of the newest connection; null: it has not answered yet. */
  hello = $state.raw<Hello | null>(null);
  /** The configuration in force, with its revision; null: not told yet. */
  applied = $state.raw<AppliedConfiguration | null>(null);
  /** What the devices can do as they are configured now. */
  capabilities = $state.raw<Capabilities>({ video: [] });
  /** Who has control; null: nobody said, or there is none to have. */
  control = $state.raw<ControlState | null>(null);
  runtimeState = $state<RuntimeState>("Closed");
  /** Of the run, with what this page knows better. */
  readonly stats = $derived.by(() => this.#told && this.#complete(this.#told));
  #told = $state.raw<Stats | null>(null);
  readonly #complete: (stats: Stats) => Stats;
  /** When the statistics came, ms of this page's `performance.now()`: their age is what the page knows of it. */
  statsAtMs = $state(0);

  /** @param complete puts in what this page stores itself; reactive */
  constructor(complete: (stats: Stats) => Stats = (stats) => stats) {
    this.#complete = complete;
  }

  get version(): string {
    return this.hello?.version ?? "";
  }
  /** Where it writes and lists, a path on the camera computer. */
  get dataDir(): string {
    return this.hello?.data_dir ?? "";
  }
  /** What it calls this page in `changed_by`. */
  get client(): string {
    return this.hello?.client ?? "";
  }
  /** Who this page is to it; null: it has not said so, or knows no roles. */
  get you(): You | null {
    return this.hello?.you ?? null;
  }
  get devices(): readonly DeviceInfo[] {
    return this.hello?.devices ?? [];
  }
  get streamStats(): readonly StreamStats[] {
    return this.stats?.streams ?? [];
  }
  get isRecording(): boolean {
    return this.runtimeState === "Running";
  }

  takeHello(hello: Hello): void {
    this.hello = hello;
    this.applied = { configuration: hello.configuration, revision: hello.revision };
    this.control = hello.control ?? null;
  }

  /** What this page may do has changed. */
  takeYou(you: You): void {
    if (this.hello) this.hello = { ...this.hello, you };
  }

  takeDevices(devices: DeviceInfo[]): void {
    if (this.hello) this.hello = { ...this.hello, devices };
  }

  /** @returns the state before; null: it is no other */
  takeState(state: RuntimeState, nowMs: number): RuntimeState | null {
    const before = this.runtimeState;
    if (state === before) return null;
    this.runtimeState = state;
    this.statsAtMs = nowMs;
    return before;
  }

  takeStats(stats: Stats, nowMs: number): void {
    this.#told = stats;
    this.statsAtMs = nowMs;
  }

  /** An older revision than the one that is known was overtaken on its way. */
  takeApplied(applied: AppliedConfiguration): void {
    if (!this.applied || applied.revision > this.applied.revision) this.applied = applied;
  }
}
