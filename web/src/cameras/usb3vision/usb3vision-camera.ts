import { CameraRefused } from "../camera-refused.ts";
import type { Buffer, Core } from "../../recorder/core.ts";
import type { BrowserCamera, Polled } from "../browser-camera.ts";
import type { ArrivedFrame, FromFrames, ToFrames } from "./messages.ts";

/** Whoever finds no frame looks again so soon. */
const LOOK_AGAIN_MS = 2;

/** A USB3 Vision camera that runs: its frames come by a port, and wait here until they are asked for. */
export class Usb3VisionCamera implements BrowserCamera {
  readonly frameBytes: number;
  readonly paced: boolean;
  readonly #core: Core;
  readonly #port: MessagePort;
  readonly #closed: () => void;
  #run = 0;
  #waiting: ArrivedFrame[] = [];
  #isExposed = false;
  #failure: string | null = null;

  /** `closed` is told when nobody has it any more. */
  constructor(core: Core, frameBytes: number, isTriggered: boolean, port: MessagePort, closed: () => void) {
    this.#core = core;
    this.#port = port;
    this.#closed = closed;
    this.frameBytes = frameBytes;
    this.paced = !isTriggered;
    port.onmessage = ({ data }: MessageEvent<FromFrames>) => {
      if (data.kind === "failed") this.#failure ??= data.reason;
      else if (data.run === this.#run) this.#waiting.push(data);
      else this.#giveBack(data);
    };
  }

  start(): void {
    for (const frame of this.#waiting) this.#giveBack(frame);
    this.#waiting = [];
    this.#isExposed = false;
    this.#run++;
    this.#say({ kind: "start", run: this.#run });
  }

  trigger(): void {
    this.#say({ kind: "trigger" });
  }

  /** It is gone. */
  fail(reason: string): void {
    this.#failure ??= reason;
  }

  poll(): Polled {
    this.#letGo();
    const [frame] = this.#waiting;
    if (frame) {
      this.#isExposed = true;
      return { kind: "exposed", stamp: { hardwareId: frame.id, hardwareClockNs: frame.clockNs } };
    }
    if (this.#failure !== null) throw new CameraRefused(this.#failure);
    return this.paced ? { kind: "not yet", waitMs: LOOK_AGAIN_MS } : { kind: "awaits trigger" };
  }

  read(into: Buffer): void {
    const [frame] = this.#waiting;
    if (!frame || !this.#isExposed) throw new Error("No frame of the camera is exposed.");
    this.#core.view(into).set(new Uint8Array(frame.pixels));
    this.#letGo();
  }

  close(): void {
    this.#say({ kind: "close" });
    this.#waiting = [];
    this.#closed();
  }

  /** The exposed frame is done with. */
  #letGo(): void {
    if (!this.#isExposed) return;
    this.#isExposed = false;
    const frame = this.#waiting.shift();
    if (frame) this.#giveBack(frame);
  }

  #giveBack({ pixels }: ArrivedFrame): void {
    this.#say({ kind: "spare", pixels }, [pixels]);
  }

  #say(message: ToFrames, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
