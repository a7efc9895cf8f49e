import type { PreviewSubscription, RemoteRuntime } from "@zarrcam/client/remote";
import type { Configuration, Hello, RunSummary, RuntimeState, Stats } from "@zarrcam/protocol";
import { BarredError } from "../connection/bridge-access.ts";
import { isActive, streamName } from "../configuration/streams.ts";
import { errorText } from "../ui/error-text.ts";
import { formatTime } from "../ui/format.ts";
import { type OutOfReach, barred } from "./out-of-reach.ts";
import { Pace, type SmallPicture, THUMBNAIL, Thumbnail } from "./thumbnail.ts";

/** What is used of the connection to a rig. */
export type RigRuntime = Pick<
  RemoteRuntime,
  "hello" | "on" | "onConnection" | "call" | "validate" | "subscribePreview" | "close"
>;

export interface RigPort {
  /** Resolves when the page may connect. @throws BarredError */
  pass(origin: string, how: { byUser: boolean; asking: () => void }): Promise<void>;
  dial(origin: string): Promise<RigRuntime>;
  wait(ms: number): Promise<void>;
  /** A clock that does not jump, ms. */
  now(): number;
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15_000;
/** A rig is asked so often whether it is there, ms, and may take so long to say so. */
const BEAT_MS = 2000;
const BEAT_PATIENCE_MS = 4000;
/** Statistics come four times a second while cameras run: without them nothing is known of now, ms. */
const FRESH_MS = 2000;
/** Every so many beats the free space is asked for. */
const BEATS_PER_DISK = 15;

/** Pictures that are asked for. */
interface Looking {
  readonly stream: number;
  /** What comes is of no interest any more. */
  closed: boolean;
  readonly subscription: Promise<PreviewSubscription>;
}

/** One rig as the overview shows it: connected as long as the page lives, and truthful about what it does not know. */
export class RigWatch {
  readonly origin: string;
  /** `asking`: nothing is known yet. */
  condition = $state.raw<"asking" | "connected" | OutOfReach>("asking");
  /** The browser asks its user now. */
  browserAsks = $state(false);
  hello = $state.raw<Hello | null>(null);
  state = $state<RuntimeState>("Closed");
  stats = $state.raw<Stats | null>(null);
  lastRun = $state.raw<RunSummary | null>(null);
  diskFreeBytes = $state<number | null>(null);
  /** Which camera the picture is of, where there are several; empty: there is one. */
  camera = $state("");
  picture = $state.raw<SmallPicture | null>(null);
  /** Whether the picture shows what the camera sees now. */
  isLive = $state(false);

  readonly #port: RigPort;
  readonly #pace: Pace;
  readonly #thumbnail = new Thumbnail();
  #configuration: Configuration | null = null;
  #runtime: RigRuntime | null = null;
  #looking: Looking | null = null;
  #statsAtMs = 0;
  #inSight = true;
  #ended = false;
  #byUser: boolean;
  #wake: () => void = () => undefined;

  /** @param byUser somebody has just asked for it, so the browser may ask, too */
  constructor(origin: string, port: RigPort, byUser: boolean) {
    this.origin = origin;
    this.#port = port;
    this.#pace = new Pace((ms) => port.wait(ms));
    this.#byUser = byUser;
    void this.#run();
  }

  /** Tries again now; by a click, so the browser may ask its user. */
  retry(): void {
    this.#byUser = true;
    this.#wake();
  }

  /** Out of sight no pictures are asked for. */
  setInSight(inSight: boolean): void {
    this.#inSight = inSight;
    this.#look();
  }

  /** Something that looks live is looked at again. To be called a few times a second. */
  tick(): void {
    const runs = this.state === "Running" || this.state === "Previewing";
    const now = this.#port.now();
    const isFresh = now - this.#statsAtMs < FRESH_MS;
    this.isLive = this.condition === "connected" && runs && isFresh && this.#thumbnail.isLive(now);
  }

  /** Asks this rig which others it finds; null: it cannot be asked now. */
  get runtime(): RigRuntime | null {
    return this.condition === "connected" ? this.#runtime : null;
  }

  end(): void {
    this.#ended = true;
    void this.#runtime?.close();
    this.#wake();
  }

  async #run(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    while (!this.#ended) {
      let again: Promise<void> | null = null;
      try {
        await this.#connect();
        delayMs = FIRST_RETRY_MS;
        this.#outOfReach({
          reason: "lost",
          text: `No answer since ${formatTime(Date.now())}. What it records, it records without this page. Trying again …`,
        });
      } catch (error) {
        if (error instanceof BarredError) again = error.again;
        this.#outOfReach(
          error instanceof BarredError ? barred(error, this.origin) : { reason: "unreachable", text: errorText(error) },
        );
      }
      if (this.#ended) return;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([this.#port.wait(delayMs), woken, ...(again ? [again] : [])]);
      delayMs = Math.min(2 * delayMs, LAST_RETRY_MS);
    }
  }

  /** Resolves when the connection has ended. */
  async #connect(): Promise<void> {
    const byUser = this.#byUser;
    this.#byUser = false;
    try {
      await this.#port.pass(this.origin, { byUser, asking: () => (this.browserAsks = true) });
    } finally {
      this.browserAsks = false;
    }
    const runtime = await this.#port.dial(this.origin);
    if (this.#ended) return void runtime.close();
    const closed = new Promise<void>((resolve) =>
      runtime.onConnection(({ state }) => {
        if (state === "closed") resolve();
      }),
    );
    this.#runtime = runtime;
    this.#takeHello(runtime.hello);
    runtime.on("state", ({ state }) => this.#takeState(state));
    runtime.on("stats", (stats) => this.#takeStats(stats));
    runtime.on("run_ended", (summary) => {
      this.lastRun = summary;
      void this.#askDisk();
    });
    runtime.on("configuration", ({ configuration }) => {
      this.#takeConfiguration(configuration);
      void this.#askDisk();
    });
    void this.#beat(runtime);
    await closed;
  }

  #outOfReach(why: OutOfReach): void {
    this.#runtime = null;
    this.#looking = null;
    this.condition = why;
    this.#thumbnail.rest();
    this.isLive = false;
  }

  #takeHello(hello: Hello): void {
    this.hello = hello;
    this.lastRun = hello.last_run;
    this.condition = "connected";
    this.#takeConfiguration(hello.configuration);
    this.#takeState(hello.state);
    this.#takeStats(hello.stats);
    void this.#askDisk();
  }
  #takeState(state: RuntimeState): void {
    const begins = state !== this.state && (state === "Running" || state === "Previewing");
    this.state = state;
    if (begins) this.#thumbnail.begin(this.#port.now());
    // What was refused before may be granted now.
    this.#look();
    this.tick();
  }
  #takeStats(stats: Stats): void {
    this.stats = stats;
    this.#statsAtMs = this.#port.now();
    if (stats.state !== this.state) this.#takeState(stats.state);
    const shown = stats.streams.find(({ stream }) => stream === this.#looking?.stream);
    if (shown) this.#thumbnail.captured(shown.ledger.captured, this.#port.now());
    const free = stats.streams.flatMap(({ disk_free_bytes }) => disk_free_bytes ?? []);
    if (free.length > 0) this.diskFreeBytes = Math.min(...free);
  }
  #takeConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#look();
  }

  /** Asks for pictures of the first camera, where somebody looks. */
  #look(): void {
    const runtime = this.#runtime;
    const video = this.#configuration?.video ?? [];
    const stream = video.findIndex(isActive);
    const shown = video[stream];
    this.camera = shown && video.filter(isActive).length > 1 ? streamName(shown, stream) : "";
    const wanted = this.#inSight && runtime && stream >= 0 ? stream : null;
    if (this.#looking?.stream === wanted || (!this.#looking && wanted === null)) return;
    const before = this.#looking;
    this.#looking = null;
    this.#thumbnail.rest();
    if (before) {
      before.closed = true;
      void before.subscription.then((open) => open.close()).catch(() => undefined);
    }
    this.tick();
    if (wanted === null || !runtime) return;
    this.#thumbnail.begin(this.#port.now());
    const request = { stream: wanted, maxWidth: THUMBNAIL.width, maxHeight: THUMBNAIL.height, endedRun: true };
    const forget = (): void => {
      if (this.#looking === looking) this.#looking = null;
    };
    const looking: Looking = {
      stream: wanted,
      closed: false,
      subscription: runtime.subscribePreview(
        request,
        (frame) => {
          if (looking.closed) return;
          this.#thumbnail.take(frame, this.#port.now());
          this.picture = this.#thumbnail.picture;
          this.tick();
          return this.#pace.next();
        },
        forget,
      ),
    };
    this.#looking = looking;
    looking.subscription.catch(forget);
  }

  async #askDisk(): Promise<void> {
    const [runtime, configuration] = [this.#runtime, this.#configuration];
    if (!runtime || !configuration || this.state === "Running") return;
    const { disk_free_bytes } = await runtime.validate(configuration).catch(() => ({ disk_free_bytes: [] }));
    const free = disk_free_bytes.flatMap((bytes) => bytes ?? []);
    if (this.#runtime === runtime) this.diskFreeBytes = free.length === 0 ? null : Math.min(...free);
  }

  /** A connection can end without a word: whoever is there answers. */
  async #beat(runtime: RigRuntime): Promise<void> {
    for (let beat = 1; this.#runtime === runtime; beat++) {
      await this.#port.wait(BEAT_MS);
      if (this.#runtime !== runtime) return;
      const answered = runtime.call("get_state", {}).then(
        ({ state }) => (this.#takeState(state), true),
        () => false,
      );
      const isThere = await Promise.race([answered, this.#port.wait(BEAT_PATIENCE_MS).then(() => false)]);
      if (!isThere) return void runtime.close();
      if (beat % BEATS_PER_DISK === 0) void this.#askDisk();
    }
  }
}
