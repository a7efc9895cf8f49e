// The core, compiled for wasm (`native/wasm`): what its functions take and give is specified here. Text is UTF-8 JSON; whoever gets text or memory gives it back by `release`.
import { FileTable } from "./files.ts";

/** Why the core refuses or fails. */
export class CoreError extends Error {
  override readonly name = "CoreError";
  readonly code: string;
  /** Of the field or the file at fault. */
  readonly path: string | null;
  readonly problems: readonly object[];

  constructor({ code, message, path, problems }: Refusal) {
    super(message);
    this.code = code;
    this.path = path;
    this.problems = problems;
  }
}

interface Refusal {
  code: string;
  message: string;
  path: string | null;
  problems: object[];
}

/** `start | bytes << 32` of `{"ok": …}` or `{"error": Refusal}`, which the caller releases; 0 and 1 are `false` and `true`, without text. */
type Answer = bigint;

interface Exports {
  memory: WebAssembly.Memory;
  initialize(): void;
  /** Zeroed; 0: there is no memory. */
  allocate(bytes: number): number;
  release(start: number, bytes: number): void;
  call(name: number, nameBytes: number, params: number, paramsBytes: number): Answer;

  camera_open(params: number, paramsBytes: number): Answer;
  camera_close(camera: number): void;
  camera_start(camera: number): void;
  camera_trigger(camera: number): void;
  camera_poll(camera: number): Answer;
  camera_read(camera: number, buffer: number, bytes: number): Answer;

  previews_open(): number;
  previews_close(previews: number): void;
  previews_begin(previews: number): void;
  /** `losing`: 0 or 1. */
  previews_observe(previews: number, frames: number, capacity: number, losing: number): void;
  previews_offer(previews: number, params: number, paramsBytes: number, pixels: number, bytes: number): Answer;
  previews_withdraw(previews: number, stream: number): void;
  previews_keep(previews: number, stream: number): void;
  previews_ask(previews: number, params: number, paramsBytes: number): Answer;
  previews_cancel(previews: number, subscription: number): void;
  previews_next(previews: number): Answer;
  previews_sequence(previews: number, stream: number): bigint;
  previews_limit_per_s(previews: number): number;

  store_open(listing: number, listingBytes: number): Answer;
  store_close(store: number): void;
  store_next_step(store: number): Answer;
  store_opened(store: number, file: number): void;
  store_done(store: number): void;
  store_waiting_bytes(store: number): number;
  store_refused(store: number, refusal: number, refusalBytes: number): void;
  store_let_go(store: number): void;
  store_needs_recovery(store: number, path: number, pathBytes: number): Answer;
  store_recover(store: number, path: number, pathBytes: number): Answer;

  dataset_open(store: number, params: number, paramsBytes: number): Answer;
  dataset_close(dataset: number): void;
  dataset_ask(dataset: number, question: number, questionBytes: number): Answer;
  dataset_get(dataset: number, params: number, paramsBytes: number): Answer;

  recording_open(store: number, params: number, paramsBytes: number): Answer;
  recording_close(recording: number): void;
  recording_take(
    recording: number,
    frameIndex: bigint,
    hardwareId: bigint,
    hardwareClockNs: bigint,
    unixNs: bigint,
    pixels: number,
    bytes: number,
  ): Answer;
  recording_lose(recording: number, params: number, paramsBytes: number): Answer;
  recording_end(recording: number, params: number, paramsBytes: number): Answer;
  recording_seal_part(recording: number): Answer;
  recording_close_dataset(recording: number): Answer;
  recording_settle(recording: number): void;
  recording_report(recording: number): Answer;
  recording_let_go(recording: number): void;
  recording_measure(recording: number, params: number, paramsBytes: number): Answer;
  recording_stats(recording: number, params: number, paramsBytes: number): Answer;
  recording_summary(recording: number, elapsedS: number): Answer;
  recording_losses(recording: number, params: number, paramsBytes: number): Answer;
  recording_ask(recording: number, params: number, paramsBytes: number): Answer;
  recording_ends(recording: number): Answer;
  recording_fail(recording: number, params: number, paramsBytes: number): Answer;
  recording_time_point(recording: number, time_point: number): Answer;
  recording_frame_index(recording: number): number;
}

/** Memory of the core that JavaScript has for a while. */
export interface Buffer {
  readonly start: number;
  readonly bytes: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One instance of the core. After a panic it answers nothing more. */
export class Core {
  readonly exports: Exports;
  readonly files: FileTable;

  private constructor(exports: Exports, files: FileTable) {
    this.exports = exports;
    this.files = files;
  }

  /** The one that lies beside the page; where it could not be built there is none. */
  static async fetch(url: string): Promise<Core> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`This page has no core for the browser (${url}: ${response.status}).`);
    return Core.load(await response.arrayBuffer());
  }

  static async load(module: BufferSource | WebAssembly.Module): Promise<Core> {
    const loaded: { exports?: Exports } = {};
    const view = (start: number, bytes: number) => {
      if (!loaded.exports) throw new Error("The core was used before it was loaded.");
      return new Uint8Array(loaded.exports.memory.buffer, start, bytes);
    };
    const files = new FileTable(view);
    const imports: WebAssembly.Imports = {
      zarrcam: {
        now_us: () => performance.now() * 1e3,
        now_ms: () => Date.now(),
        panicked: (start: number, bytes: number) => {
          // What wasm throws next says nothing.
          throw new Error(`The core failed: ${decoder.decode(view(start, bytes))}`);
        },
        ...files.imports,
      },
    };
    const compiled = module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module);
    const instance = await WebAssembly.instantiate(compiled, imports);
    loaded.exports = instance.exports as unknown as Exports;
    loaded.exports.initialize();
    return new Core(loaded.exports, files);
  }

  /** Configuration, validation, plans, suggestions: see `native/wasm/src/calls.rs`. */
  call<T>(name: string, params: object = {}): T {
    return this.withText(name, (start, bytes) =>
      this.ask<T>(params, (...text) => this.exports.call(start, bytes, ...text)),
    );
  }

  /** A call that takes JSON. */
  ask<T>(params: unknown, call: (start: number, bytes: number) => Answer): T {
    return this.withText(JSON.stringify(params), (start, bytes) => this.read<T>(call(start, bytes)));
  }

  /** What an answer holds; throws what it refuses with. */
  read<T>(answer: Answer): T {
    if (answer <= 1n) return (answer === 1n) as T;
    const start = Number(answer & 0xffffffffn);
    const bytes = Number(answer >> 32n) >>> 0;
    const text = decoder.decode(this.view({ start, bytes }));
    this.exports.release(start, bytes);
    const said = JSON.parse(text) as { ok?: T; error?: Refusal };
    if (said.error) throw new CoreError(said.error);
    return said.ok as T;
  }

  withText<T>(text: string, use: (start: number, bytes: number) => T): T {
    const encoded = encoder.encode(text);
    const buffer = this.allocate(encoded.length);
    try {
      this.view(buffer).set(encoded);
      return use(buffer.start, buffer.bytes);
    } finally {
      this.release(buffer);
    }
  }

  allocate(bytes: number): Buffer {
    const start = this.exports.allocate(bytes) >>> 0;
    if (start === 0) throw new Error(`The core has no memory for ${bytes} bytes.`);
    return { start, bytes };
  }

  release(buffer: Buffer): void {
    this.exports.release(buffer.start, buffer.bytes);
  }

  /** Good until the next call: memory that grows moves. */
  view({ start, bytes }: Buffer): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer, start, bytes);
  }
}
