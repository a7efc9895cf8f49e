// WebUSB of a computer that has the emulated camera, for a page's window and its workers: the text of this file, without its types,
// runs in each of them before anything else does. The window knows what is plugged in; the camera itself lives in the worker that
// opens it.

interface State {
  /** The user let the site have the camera. */
  granted: boolean;
  plugged: boolean;
  /** Of the camera, as `native/usb3vision-emulator` takes them. */
  options: object;
  faults: [frame: number, fault: string][];
  /** What opening fails with; null: nothing. */
  refusal: { name: string; message: string } | null;
  wasmUrl: string;
  /** What lies there: workers of workers are out of a test's reach. */
  wasm?: ArrayBuffer;
}

type Told =
  | { kind: "state?" }
  | { kind: "state"; state: State }
  | { kind: "plugged" }
  | { kind: "unplugged" }
  | { kind: "counts?" }
  | { kind: "counts"; exposed: number; dropped: number };

interface Emulator {
  memory: WebAssembly.Memory;
  give(bytes: number): number;
  taken(): number;
  plug(bytes: number): number;
  inject(frame: number, bytes: number): number;
  unplug(): void;
  is_unplugged(): number;
  command(bytes: number): void;
  answer(): number;
  ask_transfer(bytes: number): void;
  transfer(): number;
  cancel(): void;
  clear_halt(): void;
  advance(nowNs: number): number;
  dropped(): number;
  exposed(): number;
}

(() => {
  const channel = new BroadcastChannel("emulated usb");
  const STALLED = -2;
  const GONE = -3;
  const CONTROL = 1;

  class Device {
    readonly vendorId = 0x1ab2;
    readonly manufacturerName = "zarrcam";
    readonly productName = "Emulated U3V";
    readonly serialNumber = "EMU0001";
    opened = false;
    readonly configuration: object;
    readonly configurations: object[];
    readonly #state: State;
    #emulator: Emulator | null = null;
    readonly #began = performance.now();
    #answers: ((result: object) => void)[] = [];
    #frames: { resolve: (result: object) => void; reject: (error: Error) => void }[] = [];
    #timer: ReturnType<typeof setTimeout> | undefined;
    readonly #soon = new MessageChannel();

    constructor(state: State) {
      this.#state = state;
      const bulk = (endpointNumber: number, direction: string) => ({
        ...{ endpointNumber, direction, type: "bulk", packetSize: 1024 },
      });
      const face = (interfaceNumber: number, interfaceProtocol: number, endpoints: object[]) => ({
        interfaceNumber,
        alternate: { interfaceClass: 0xef, interfaceSubclass: 5, interfaceProtocol, endpoints },
      });
      this.configuration = {
        interfaces: [face(0, 0, [bulk(1, "in"), bulk(1, "out")]), face(1, 2, [bulk(2, "in")])],
      };
      this.configurations = [{ configurationValue: 1 }];
      this.#soon.port1.onmessage = () => this.#pump();
    }

    async open(): Promise<void> {
      const { refusal, wasm, options, faults } = this.#state;
      if (refusal) throw new DOMException(refusal.message, refusal.name);
      const module = await WebAssembly.compile(wasm ?? new ArrayBuffer());
      const imports: WebAssembly.Imports = {};
      for (const { module: from, name } of WebAssembly.Module.imports(module))
        imports[from] = { ...imports[from], [name]: () => 0 };
      const instance = await WebAssembly.instantiate(module, imports);
      const emulator = instance.exports as unknown as Emulator;
      this.#emulator = emulator;
      if (emulator.plug(this.#give(new TextEncoder().encode(JSON.stringify(options)))) === 0)
        throw new Error("The emulated camera does not know its options.");
      for (const [frame, fault] of faults) {
        const bytes = this.#give(new TextEncoder().encode(JSON.stringify(fault)));
        if (emulator.inject(frame, bytes) === 0) throw new Error(`The emulated camera knows no fault ${fault}.`);
      }
      this.opened = true;
      channel.addEventListener("message", this.#hear);
    }

    async close(): Promise<void> {
      await Promise.resolve();
      this.opened = false;
      clearTimeout(this.#timer);
      channel.removeEventListener("message", this.#hear);
      this.#emulator?.cancel();
      this.#drain();
    }

    selectConfiguration = async (): Promise<void> => Promise.resolve();
    claimInterface = async (): Promise<void> => {
      await Promise.resolve();
      this.#check();
    };

    async releaseInterface(number: number): Promise<void> {
      await Promise.resolve();
      if (number === 0) return;
      this.#emulator?.cancel();
      this.#drain();
    }

    async clearHalt(direction: string, endpoint: number): Promise<void> {
      await Promise.resolve();
      this.#check();
      if (direction === "in" && endpoint !== CONTROL) this.#emulator?.clear_halt();
      this.#pump();
    }

    async transferOut(_endpoint: number, data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Promise<object> {
      await Promise.resolve();
      const emulator = this.#check();
      const bytes = ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
      this.#advance();
      emulator.command(this.#give(bytes));
      this.#pump();
      return { status: "ok", bytesWritten: bytes.length };
    }

    transferIn(endpoint: number, bytes: number): Promise<object> {
      return new Promise((resolve, reject) => {
        const emulator = this.#check();
        if (endpoint === CONTROL) this.#answers.push(resolve);
        else {
          this.#frames.push({ resolve, reject });
          emulator.ask_transfer(bytes);
        }
        this.#pump();
      });
    }

    /** In tests alone: what the camera did. */
    readonly #hear = ({ data }: MessageEvent<Told>): void => {
      if (data.kind === "unplugged") {
        this.#emulator?.unplug();
        this.#pump();
      }
      if (data.kind !== "counts?" || !this.#emulator) return;
      const [exposed, dropped] = [this.#emulator.exposed(), this.#emulator.dropped()];
      channel.postMessage({ kind: "counts", exposed, dropped } satisfies Told);
    };

    #check(): Emulator {
      if (!this.#emulator || !this.opened) throw new DOMException("The device was disconnected.", "NotFoundError");
      return this.#emulator;
    }

    #give(bytes: Uint8Array): number {
      const emulator = this.#emulator;
      if (!emulator) return 0;
      const start = emulator.give(bytes.length);
      new Uint8Array(emulator.memory.buffer, start, bytes.length).set(bytes);
      return bytes.length;
    }

    #take(bytes: number): DataView {
      const emulator = this.#check();
      const start = emulator.taken();
      return new DataView(emulator.memory.buffer.slice(start, start + bytes));
    }

    #advance(): number {
      return this.#emulator?.advance((performance.now() - this.#began) * 1e6) ?? -1;
    }

    /** What has come meanwhile, and when to look again. */
    #pump(): void {
      if (!this.#emulator || !this.opened) return;
      const waitNs = this.#advance();
      this.#drain();
      if (this.#emulator.is_unplugged() === 1) {
        this.opened = false;
        for (const { reject } of this.#frames) reject(new DOMException("The device was disconnected.", "NetworkError"));
        this.#frames = [];
        channel.postMessage({ kind: "unplugged" } satisfies Told);
        unplugged();
        return;
      }
      clearTimeout(this.#timer);
      if (waitNs < 0) return;
      // Browsers do not wait for less than 4 ms, where somebody waits again and again.
      if (waitNs < 4e6) this.#soon.port2.postMessage(null);
      else this.#timer = setTimeout(() => this.#pump(), waitNs / 1e6);
    }

    #drain(): void {
      const emulator = this.#emulator;
      if (!emulator) return;
      while (this.#answers.length > 0) {
        const bytes = emulator.answer();
        if (bytes < 0) break;
        this.#answers.shift()?.({ status: "ok", data: this.#take(bytes) });
      }
      while (this.#frames.length > 0) {
        const bytes = emulator.transfer();
        if (bytes === -1) break;
        const waiting = this.#frames.shift();
        if (bytes >= 0) waiting?.resolve({ status: "ok", data: this.#take(bytes) });
        else if (bytes === STALLED) waiting?.resolve({ status: "stall" });
        else if (bytes === GONE) waiting?.reject(new DOMException("The device was disconnected.", "NetworkError"));
        else waiting?.reject(new DOMException("The transfer was cancelled.", "AbortError"));
      }
    }
  }

  class EmulatedUsb extends EventTarget {
    #device: Device | null = null;

    async getDevices(): Promise<Device[]> {
      const state = await stateNow();
      if (!state?.granted || !state.plugged) return [];
      this.#device ??= new Device(state);
      return [this.#device];
    }

    async requestDevice(): Promise<Device> {
      const state = await stateNow();
      if (!state?.plugged) throw new DOMException("No device selected.", "NotFoundError");
      state.granted = true;
      return new Device(state);
    }

    /** Plugged in again it is another device. */
    forget(): void {
      this.#device = null;
    }
  }

  const usb = new EmulatedUsb();
  Object.defineProperty(navigator, "usb", { value: usb, configurable: true });
  const unplugged = (): void => {
    usb.forget();
    usb.dispatchEvent(new Event("disconnect"));
  };

  const isWindow = "document" in globalThis;
  const given = (globalThis as { emulatedUsbState?: State }).emulatedUsbState;
  const kept: State | null = isWindow && given ? given : null;

  function stateNow(): Promise<State | null> {
    if (kept) return Promise.resolve(kept);
    return new Promise((resolve) => {
      const hear = ({ data }: MessageEvent<Told>): void => {
        if (data.kind !== "state") return;
        channel.removeEventListener("message", hear);
        resolve(data.state);
      };
      channel.addEventListener("message", hear);
      channel.postMessage({ kind: "state?" } satisfies Told);
    });
  }

  async function tell(state: State): Promise<void> {
    state.wasm ??= await (await fetch(state.wasmUrl)).arrayBuffer();
    channel.postMessage({ kind: "state", state } satisfies Told);
  }

  channel.addEventListener("message", ({ data }: MessageEvent<Told>) => {
    if (kept && data.kind === "state?") void tell(kept);
    if (data.kind === "unplugged") {
      if (kept) kept.plugged = false;
      unplugged();
    }
    if (data.kind === "plugged") usb.dispatchEvent(new Event("connect"));
  });

  // A worker of this worker: this text first, and what it is told before it listens is told again.
  const { emulatedUsbSource: source } = globalThis as { emulatedUsbSource?: string };
  if (source !== undefined) {
    const Plain = Worker;
    globalThis.Worker = class extends Plain {
      constructor(url: string | URL, options?: WorkerOptions) {
        const script = `${source}
          const early = [];
          const hear = (event) => early.push(event);
          addEventListener("message", hear);
          await import(${JSON.stringify(String(url))});
          removeEventListener("message", hear);
          for (const { data, ports } of early) dispatchEvent(new MessageEvent("message", { data, ports }));`;
        super(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), options);
      }
    };
  }

  if (kept)
    Object.assign(globalThis, {
      emulatedUsb: {
        plug: (change: Partial<State> = {}) => {
          Object.assign(kept, change, { plugged: true });
          channel.postMessage({ kind: "plugged" } satisfies Told);
        },
        /** For the next time that it is opened. */
        set: (change: Partial<State>) => Object.assign(kept, change),
        unplug: () => {
          kept.plugged = false;
          channel.postMessage({ kind: "unplugged" } satisfies Told);
        },
        counts: () =>
          new Promise((resolve) => {
            channel.addEventListener("message", ({ data }: MessageEvent<Told>) => {
              if (data.kind === "counts") resolve(data);
            });
            channel.postMessage({ kind: "counts?" } satisfies Told);
          }),
      },
    });
})();
