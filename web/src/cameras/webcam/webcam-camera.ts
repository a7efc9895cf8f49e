import type { Buffer, Core } from "../../recorder/core.ts";
import type { BrowserCamera, Polled } from "../browser-camera.ts";
import type { ArrivedPicture, FromCamera, ToCamera } from "./messages.ts";
import { type Look, planesOf } from "./pixels.ts";
import { WebcamRefused } from "./refusals.ts";

/** Whoever finds no picture looks again so soon: a picture comes each 16 or 33 ms. */
const LOOK_AGAIN_MS = 4;

/** A webcam that is open: its pictures come by a port, and wait here until they are asked for. */
export class WebcamCamera implements BrowserCamera {
  readonly frameBytes: number;
  readonly paced = true;
  readonly #core: Core;
  readonly #port: MessagePort;
  readonly #planes: number;
  #run = 0;
  #waiting: ArrivedPicture[] = [];
  /** Of the first picture that waits: which of its frames is next. */
  #plane = 0;
  #isExposed = false;
  #failure: string | null = null;
  readonly #ready: { settled: Promise<void>; resolve: () => void; reject: (reason: Error) => void };

  constructor(core: Core, look: Look, [width, height]: readonly [number, number], port: MessagePort) {
    this.#core = core;
    this.#port = port;
    this.#planes = planesOf(look);
    this.frameBytes = width * height;
    let resolve: () => void = () => undefined;
    let reject: (reason: Error) => void = () => undefined;
    const settled = new Promise<void>((...settle) => ([resolve, reject] = settle));
    this.#ready = { settled, resolve, reject };
    // Who opens it waits for it; a later failure is told by `poll`.
    settled.catch(() => undefined);
    port.onmessage = ({ data }: MessageEvent<ToCamera>) => {
      this.#heard(data);
    };
  }

  /** When its first picture is there; rejected where it fails before. */
  get ready(): Promise<void> {
    return this.#ready.settled;
  }

  start(): void {
    for (const picture of this.#waiting) this.#giveBack(picture);
    this.#waiting = [];
    this.#plane = 0;
    this.#isExposed = false;
    this.#run++;
    this.#say({ kind: "start", run: this.#run });
  }

  /** A webcam has no line. */
  trigger(): void {
    // Its capabilities say so.
  }

  poll(): Polled {
    this.#letGo();
    const [picture] = this.#waiting;
    if (!picture) {
      if (this.#failure !== null) throw new WebcamRefused(this.#failure);
      return { kind: "not yet", waitMs: LOOK_AGAIN_MS };
    }
    this.#isExposed = true;
    return {
      kind: "exposed",
      stamp: {
        hardwareId: BigInt(picture.id) * BigInt(this.#planes) + BigInt(this.#plane),
        hardwareClockNs: BigInt(Math.round(picture.clockUs * 1e3)),
      },
    };
  }

  read(into: Buffer): void {
    const [picture] = this.#waiting;
    if (!picture || !this.#isExposed) throw new Error("No frame of the webcam is exposed.");
    this.#core.view(into).set(new Uint8Array(picture.planes, this.#plane * this.frameBytes, this.frameBytes));
    this.#letGo();
  }

  close(): void {
    this.#say({ kind: "close" });
    this.#port.close();
    this.#waiting = [];
  }

  #heard(message: ToCamera): void {
    switch (message.kind) {
      case "ready":
        this.#ready.resolve();
        break;
      case "picture":
        if (message.run === this.#run) this.#waiting.push(message);
        else this.#giveBack(message);
        break;
      case "failed":
        this.#failure = message.reason;
        this.#ready.reject(new WebcamRefused(message.reason));
    }
  }

  /** The exposed frame is done with; its picture, too, when all of its frames are. */
  #letGo(): void {
    if (!this.#isExposed) return;
    this.#isExposed = false;
    this.#plane++;
    if (this.#plane < this.#planes) return;
    this.#plane = 0;
    const picture = this.#waiting.shift();
    if (picture) this.#giveBack(picture);
  }

  #giveBack({ planes }: ArrivedPicture): void {
    this.#say({ kind: "spare", planes }, [planes]);
  }

  #say(message: FromCamera, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
