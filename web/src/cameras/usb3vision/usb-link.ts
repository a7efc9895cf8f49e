import { LINK_FAILED, LINK_GONE, LINK_STALLED, LINK_TIMED_OUT, type UsbLink } from "./module.ts";
import type { CameraEndpoints, UsbDevice, UsbInResult } from "./web-usb.ts";

/** A camera that takes no command for so long does not take it at all. */
const COMMAND_MS = 5_000;

/** Commands and answers over WebUSB, which knows no time limit: an answer that comes too late is that of the next question. */
export class DeviceLink implements UsbLink {
  readonly #device: UsbDevice;
  readonly #endpoints: CameraEndpoints;
  #answer: Promise<UsbInResult> | null = null;

  constructor(device: UsbDevice, endpoints: CameraEndpoints) {
    this.#device = device;
    this.#endpoints = endpoints;
  }

  async write(endpoint: number, data: Uint8Array<ArrayBuffer>): Promise<number> {
    try {
      const written = await within(COMMAND_MS, this.#device.transferOut(endpoint, data));
      if (!written) return LINK_TIMED_OUT;
      const { status, bytesWritten } = written;
      if (status !== "stall") return bytesWritten ?? data.length;
      await this.#device.clearHalt("out", endpoint);
      return LINK_STALLED;
    } catch {
      return this.#failure();
    }
  }

  async read(endpoint: number, bytes: number, timeoutMs: number): Promise<Uint8Array | number> {
    this.#answer ??= this.#device.transferIn(endpoint, bytes);
    try {
      const answer = await within(timeoutMs, this.#answer);
      if (!answer) return LINK_TIMED_OUT;
      this.#answer = null;
      if (answer.status === "stall" || answer.status === "babble") {
        await this.#device.clearHalt("in", endpoint);
        return LINK_STALLED;
      }
      const { data } = answer;
      return data ? new Uint8Array(data.buffer, data.byteOffset, Math.min(bytes, data.byteLength)) : new Uint8Array();
    } catch {
      this.#answer = null;
      return this.#failure();
    }
  }

  async resetStream(): Promise<number> {
    try {
      await this.#device.clearHalt("in", this.#endpoints.stream.in);
      return 0;
    } catch {
      return this.#failure();
    }
  }

  /** A device that is gone is closed by the browser. */
  #failure(): number {
    return this.#device.opened ? LINK_FAILED : LINK_GONE;
  }
}

/** `null`: it takes longer. */
async function within<T>(timeMs: number, work: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), timeMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
