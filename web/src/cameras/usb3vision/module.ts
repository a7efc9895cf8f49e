// The camera driver, compiled for wasm (`native/usb3vision`). What it asks of USB it waits for, and JavaScript's USB is asynchronous:
// by JavaScript Promise Integration the module sleeps meanwhile, and what belongs to the stream may be called.
import { CameraRefused } from "../camera-refused.ts";
import { NO_MODULE } from "./refusals.ts";

/** What the module needs of USB. Numbers below 0 say what went wrong. */
export interface UsbLink {
  write(endpoint: number, data: Uint8Array<ArrayBuffer>): Promise<number>;
  /** At most so many bytes. */
  read(endpoint: number, bytes: number, timeoutMs: number): Promise<Uint8Array | number>;
  resetStream(): Promise<number>;
}

export const LINK_GONE = -1;
export const LINK_TIMED_OUT = -2;
export const LINK_STALLED = -3;
export const LINK_FAILED = -4;

interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  release(start: number, bytes: number): void;
  /** A property, since it is wasm's own function that is made a promise. */
  readonly ask: (request: number, bytes: number) => bigint;
  next_transfer(): number;
  room(bytes: number): number;
  arrived(failed: number, bytes: number): number;
  frame_id(): bigint;
  frame_clock_ns(): bigint;
  plain_frame(): number;
  read_frame(into: number, bytes: number): number;
  counters(): bigint;
}

/** JavaScript Promise Integration, which TypeScript does not know yet. */
interface Integration {
  Suspending: new (work: (...numbers: never[]) => Promise<number>) => WebAssembly.ImportValue;
  promising<A extends unknown[], R>(work: (...numbers: A) => R): (...numbers: A) => Promise<R>;
}

export interface Counters {
  readonly frames: number;
  readonly missing: number;
  readonly short: number;
  readonly long: number;
  readonly no_trailer: number;
  readonly by_camera: number;
  readonly other_image: number;
  readonly failed: number;
  readonly transfers_failed: number;
  readonly transfers_skipped: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One camera's driver. */
export class CameraModule {
  readonly #exports: Exports;
  readonly #ask: (request: number, bytes: number) => Promise<bigint>;
  #scratch = { start: 0, bytes: 0 };

  private constructor(exports: Exports) {
    this.#exports = exports;
    this.#ask = (WebAssembly as unknown as Integration).promising(exports.ask);
  }

  static async load(url: string, link: UsbLink): Promise<CameraModule> {
    const response = await fetch(url);
    if (!response.ok) throw new CameraRefused(NO_MODULE);
    const module = await WebAssembly.compile(await response.arrayBuffer());
    const loaded: { exports?: Exports } = {};
    const view = (start: number, bytes: number): Uint8Array<ArrayBuffer> => {
      if (!loaded.exports) throw new Error("The driver was used before it was loaded.");
      return new Uint8Array(loaded.exports.memory.buffer, start >>> 0, bytes >>> 0);
    };
    const { Suspending } = WebAssembly as unknown as Integration;
    const usb = {
      write: new Suspending((endpoint: number, start: number, bytes: number) =>
        link.write(endpoint, view(start, bytes).slice()),
      ),
      read: new Suspending(async (endpoint: number, start: number, bytes: number, timeoutMs: number) => {
        const read = await link.read(endpoint, bytes >>> 0, timeoutMs >>> 0);
        if (typeof read === "number") return read;
        // Memory may have moved meanwhile.
        view(start, bytes).set(read);
        return read.length;
      }),
      reset_stream: new Suspending(() => link.resetStream()),
      panicked: (start: number, bytes: number) => {
        throw new Error(`The driver of the camera failed: ${decoder.decode(view(start, bytes))}`);
      },
    };
    const instance = await WebAssembly.instantiate(module, withUnused(module, { usb }));
    loaded.exports = instance.exports as unknown as Exports;
    return new CameraModule(loaded.exports);
  }

  /** One at a time. Throws what is refused. */
  async ask<T>(request: object): Promise<T> {
    const encoded = encoder.encode(JSON.stringify(request));
    const start = this.#exports.allocate(encoded.length) >>> 0;
    this.#view(start, encoded.length).set(encoded);
    const answer = await this.#ask(start, encoded.length);
    this.#exports.release(start, encoded.length);
    const said = this.#read<{ ok?: T; error?: { message: string; field: string | null } }>(answer);
    if (said.error) throw new CameraRefused(said.error.message, said.error.field);
    return said.ok as T;
  }

  /** Bytes of the next transfer to ask for. */
  nextTransfer(): number {
    return this.#exports.next_transfer();
  }

  /** The oldest transfer has come back; `null`: it failed. Whether it ended a frame. */
  arrived(data: DataView<ArrayBuffer> | null): boolean {
    if (!data) return this.#exports.arrived(1, 0) === 1;
    const bytes = data.byteLength;
    const start = this.#exports.room(bytes) >>> 0;
    this.#view(start, bytes).set(new Uint8Array(data.buffer, data.byteOffset, bytes));
    return this.#exports.arrived(0, bytes) === 1;
  }

  /** Of the frame that has just come. */
  get stamp(): { id: bigint; clockNs: bigint } {
    return { id: this.#exports.frame_id(), clockNs: this.#exports.frame_clock_ns() };
  }

  /** Its pixels as they are stored, until the next transfer comes; `null`: they cannot be read. */
  frame(bytes: number): Uint8Array | null {
    const start = this.#exports.plain_frame() >>> 0;
    if (start !== 0) return this.#view(start, bytes);
    if (this.#scratch.bytes !== bytes) {
      if (this.#scratch.bytes > 0) this.#exports.release(this.#scratch.start, this.#scratch.bytes);
      this.#scratch = { start: this.#exports.allocate(bytes) >>> 0, bytes };
    }
    if (this.#exports.read_frame(this.#scratch.start, bytes) === 0) return null;
    return this.#view(this.#scratch.start, bytes);
  }

  counters(): Counters {
    return this.#read(this.#exports.counters());
  }

  #view(start: number, bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#exports.memory.buffer, start, bytes);
  }

  #read<T>(answer: bigint): T {
    const start = Number(answer & 0xffffffffn);
    const bytes = Number((answer >> 32n) & 0xffffffffn);
    const text = decoder.decode(this.#view(start, bytes));
    this.#exports.release(start, bytes);
    return JSON.parse(text) as T;
  }
}

/** What a library brought along asks for other imports, and never calls them. */
function withUnused(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Imports {
  const all = { ...imports };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from in imports) continue;
    all[from] = { ...all[from], [name]: () => 0 };
  }
  return all;
}
