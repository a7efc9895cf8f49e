import type { CameraModule } from "./module.ts";
import type { UsbDevice, UsbInResult } from "./web-usb.ts";

/** Transfers that the host has ready for the camera at any time: the more, the longer this thread may be held up. */
const MOST_TRANSFERS = 16;
/** Linux gives all USB devices of a machine 16 MB together, unless it is told otherwise. */
const MOST_BYTES = 12 << 20;
/** Transfers that fail one behind the other, without a frame between them. */
const MOST_FAILURES = 64;

interface Transfer {
  readonly result: Promise<UsbInResult | null>;
  readonly bytes: number;
  /** How often the endpoint was cleared before it was asked for. */
  readonly cleared: number;
}

export interface StreamEvents {
  /** A whole frame; the module has its pixels. */
  frame(): void;
  /** Transfers fail, and clearing the endpoint does not help. */
  failing(): void;
  gone(): void;
}

/** Keeps transfers in flight and gives what comes back to the module, in order. */
export class TransferStream {
  readonly #device: UsbDevice;
  readonly #endpoint: number;
  readonly #module: CameraModule;
  readonly #events: StreamEvents;
  readonly #transfers: Transfer[] = [];
  #bytes = 0;
  #cleared = 0;
  #failures = 0;
  #isOver = false;
  /** When something came last. */
  lastMs = performance.now();

  constructor(device: UsbDevice, endpoint: number, module: CameraModule, events: StreamEvents) {
    this.#device = device;
    this.#endpoint = endpoint;
    this.#module = module;
    this.#events = events;
  }

  /** Never rejects. */
  async run(): Promise<void> {
    this.#ask();
    for (let next = this.#transfers.shift(); next; next = this.#transfers.shift()) {
      const result = await next.result;
      this.#bytes -= next.bytes;
      if (this.#isOver) continue;
      this.lastMs = performance.now();
      await this.#take(result, next.cleared);
      this.#ask();
    }
  }

  /** What is under way is not waited for. */
  end(): void {
    this.#isOver = true;
  }

  #ask(): void {
    while (!this.#isOver && this.#transfers.length < MOST_TRANSFERS && this.#bytes < MOST_BYTES) {
      const bytes = this.#module.nextTransfer();
      if (bytes === 0) return;
      const result = this.#device.transferIn(this.#endpoint, bytes).catch(() => null);
      this.#bytes += bytes;
      this.#transfers.push({ result, bytes, cleared: this.#cleared });
    }
  }

  async #take(result: UsbInResult | null, cleared: number): Promise<void> {
    const data = result?.status === "ok" ? result.data : undefined;
    if (data) {
      if (!this.#module.arrived(data)) return;
      this.#failures = 0;
      this.#events.frame();
      return;
    }
    if (!this.#device.opened) {
      this.#isOver = true;
      this.#events.gone();
      return;
    }
    this.#module.arrived(null);
    if (++this.#failures > MOST_FAILURES) {
      this.#isOver = true;
      this.#events.failing();
      return;
    }
    // Those that were under way with it failed for the same reason.
    if (cleared !== this.#cleared) return;
    this.#cleared++;
    await this.#device.clearHalt("in", this.#endpoint).catch(() => undefined);
  }
}
