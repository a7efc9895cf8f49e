import {
  type HostRuntime,
  type LiveAnswer,
  type LiveRange,
  type PreviewPicture,
  type PreviewRequest,
  ZarrcamError,
} from "@zarrcam/client/native";
import { type RuntimeEvents, type RuntimeMethodName, type Stats, encodePreviewFrame } from "@zarrcam/protocol";

/**
 * A camera without a core: frames come by the clock, or one by one at `capture` where `fps` is 0, and whoever waits gets
 * the newest. For tests of the bridge's own mechanics, where the rate must be known exactly; everything else is tested
 * with the real core.
 */
export class ScriptedRuntime {
  dataDir: string;
  /** Null: frames do not come by the clock. */
  readonly #periodMs: number | null;
  #captured = 0;
  readonly #side: number;
  readonly #startedMs = performance.now();
  readonly #listeners = new Map<string, Set<(data: never) => void>>();
  waiting = 0;
  revision = 1;

  constructor(dataDir: string, { fps = 30, side = 64 }: { fps?: number; side?: number } = {}) {
    this.dataDir = dataDir;
    this.#periodMs = fps > 0 ? 1000 / fps : null;
    this.#side = side;
  }

  /** As the runtime that a bridge takes. */
  asHost(): HostRuntime {
    return this as unknown as HostRuntime;
  }

  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }
  emit<E extends keyof RuntimeEvents>(event: E, data: RuntimeEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (data: RuntimeEvents[E]) => void)(data);
  }
  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Calls that are not scripted fail as `internal`. */
  call(method: RuntimeMethodName): Promise<unknown> {
    if (method === "get_state") return this.getState().then((state) => ({ state }));
    if (method === "start") return Promise.reject(new ZarrcamError("already_running", "The run goes on."));
    if (method === "stop") return new Promise(() => undefined);
    throw new Error("a fault that nobody foresaw");
  }
  devices() {
    return Promise.resolve([]);
  }
  getRevision() {
    return Promise.resolve({ configuration: { video: [] }, revision: this.revision });
  }
  setConfiguration(_document: unknown, { changedBy = "" }: { changedBy?: string } = {}) {
    this.revision += 1;
    const applied = { configuration: { video: [] }, revision: this.revision };
    this.emit("configuration", { ...applied, changed_by: changedBy });
    return Promise.resolve(applied);
  }
  getStats(): Promise<Stats> {
    return Promise.resolve({ state: "Armed", unix_ms: 0, run_id: null, run_number: null, streams: [] });
  }
  getSpeed() {
    return Promise.resolve(null);
  }
  getState() {
    return Promise.resolve("Armed" as const);
  }
  snapMessage(stream: number) {
    return Promise.resolve(this.#picture(stream, 7));
  }

  /** One dataset, `live.zarr`, whose run is `run1`, with a document that may grow and one frame. */
  liveDocument = '{"shape": [1]}';
  readonly liveFrame = Uint8Array.from({ length: 300 }, (_, at) => at % 256);
  readLive(dataset: string, key: string, range: LiveRange): Promise<LiveAnswer> {
    if (dataset !== "live.zarr") return Promise.reject(new ZarrcamError("not_found", "none of ours"));
    const own = key.startsWith("run1/");
    const at = own ? key.slice("run1/".length) : key;
    const whole = at === "zarr.json" ? Buffer.from(this.liveDocument) : at === "0/c/0/0/0" ? this.liveFrame : null;
    if (!whole) return Promise.resolve({ kind: "not_found" });
    const common = {
      total_bytes: whole.length,
      etag: `"run1-${at}-${whole.length}"`,
      immutable: own && at !== "zarr.json",
    };
    const [start, end] =
      range.kind === "nothing"
        ? [0, 0]
        : range.kind === "last"
          ? [Math.max(0, whole.length - range.count), whole.length]
          : range.kind === "from"
            ? [range.start, Math.min(range.end, whole.length)]
            : [0, whole.length];
    if (range.kind !== "nothing" && start >= end) return Promise.resolve({ kind: "out_of_range", ...common });
    return Promise.resolve({ kind: "found", ...common, body: whole.subarray(start, end) });
  }

  get framesSoFar(): number {
    if (this.#periodMs === null) return this.#captured;
    return Math.floor((performance.now() - this.#startedMs) / this.#periodMs);
  }
  /** Takes the next frame, where none comes by the clock; its number. */
  capture(): number {
    return ++this.#captured;
  }

  nextPreview({ stream }: PreviewRequest, after: number | null, signal: AbortSignal): Promise<PreviewPicture | null> {
    this.waiting += 1;
    return new Promise((resolve) => {
      const look = () => {
        const sequence = this.framesSoFar;
        const ready = sequence > 0 && (after === null || sequence > after);
        if (!signal.aborted && !ready) return;
        clearInterval(clock);
        signal.removeEventListener("abort", look);
        this.waiting -= 1;
        resolve(signal.aborted ? null : { message: this.#picture(stream, sequence), sequence });
      };
      const clock = setInterval(look, 2);
      signal.addEventListener("abort", look);
      look();
    });
  }

  #picture(stream: number, frame: number): Uint8Array {
    const side = this.#side;
    return encodePreviewFrame({
      header: {
        subscription: 0,
        stream,
        pixelType: "U8",
        reduction: "none",
        scale: 1,
        run: 1,
        width: side,
        height: side,
        frameWidth: side,
        frameHeight: side,
        region: { x: 0, y: 0, width: side, height: side },
        hardwareFrameId: frame,
        frameIndex: null,
        hardwareClockNs: 0n,
        unixMs: this.#startedMs + frame * (this.#periodMs ?? 0),
        histogramOrigin: 0,
        histogramBinWidth: 1,
        histogramBins: 1,
        saturatedPixels: 0,
        skipped: 0,
        minimum: 0,
        maximum: 0,
        adaptation: null,
      },
      histogram: Uint32Array.of(side * side),
      pixels: new Uint8Array(side * side).fill(frame),
    });
  }
}
