// One camera, open, in a worker of its own: transfers and frames do not wait for what the recorder does.
import type { CameraCapabilities } from "@zarrcam/protocol";

import { CameraRefused } from "../camera-refused.ts";
import { FrameMemory } from "./frame-memory.ts";
import { TransferStream } from "./frame-stream.ts";
import type { Answer, CameraWorker, FromFrames, Identity, Setting, ToFrames } from "./messages.ts";
import { CameraModule } from "./module.ts";
import { labelOf, nameOf } from "./names.ts";
import { failing, gone, openRefusal, silent, usbLack } from "./refusals.ts";
import { DeviceLink } from "./usb-link.ts";
import { type CameraEndpoints, type UsbDevice, endpointsOf, webUsb } from "./web-usb.ts";

/** A camera that gives frames by itself is not silent for longer, nor for some of its periods. */
const SILENCE_MS = 5_000;
const SILENT_PERIODS = 4;
const LOOK_MS = 500;

interface Opened {
  device: UsbDevice;
  endpoints: CameraEndpoints;
  module: CameraModule;
  label: string;
}

interface Run {
  stream: TransferStream;
  done: Promise<void>;
}

export class OpenCamera implements CameraWorker {
  #opened: Opened | null = null;
  #frames: MessagePort | null = null;
  #frameBytes = 0;
  #memory: FrameMemory | null = null;
  #armed = false;
  #setting: Setting | null = null;
  #run: Run | null = null;
  #watch: ReturnType<typeof setInterval> | undefined;
  /** What is asked of the camera, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  open(name: string, moduleUrl: string): Promise<Answer<Identity>> {
    return this.#inTurn(async () => {
      const lack = usbLack(globalThis);
      const usb = webUsb();
      if (lack !== null || !usb) throw new CameraRefused(lack ?? "");
      const device = (await usb.getDevices()).find((one) => nameOf(one) === name);
      if (!device) throw new CameraRefused(gone(name));
      const label = labelOf(device);
      const endpoints = await claim(device, label);
      try {
        const module = await CameraModule.load(moduleUrl, new DeviceLink(device, endpoints));
        const { control, stream } = endpoints;
        const identity = await module.ask<Identity>({
          ...{ call: "open", control_in: control.in, control_out: control.out },
          stream_packet: stream.packetBytes,
        });
        this.#opened = { device, endpoints, module, label };
        return identity;
      } catch (error) {
        await device.close().catch(() => undefined);
        throw error;
      }
    });
  }

  capabilities({ settings, framePeriodUs }: Setting): Promise<Answer<CameraCapabilities>> {
    return this.#inTurn(async () => {
      const { module } = this.#camera;
      // Why it does not take them is said when it is to run with them; until then its ranges show it.
      if (!this.#run && settings.shape)
        await module.ask({ call: "configure", settings, frame_period_us: framePeriodUs }).catch(() => undefined);
      return module.ask<CameraCapabilities>({ call: "capabilities" });
    });
  }

  prepare(setting: Setting, frames: MessagePort): Promise<Answer<number>> {
    this.#frames?.close();
    this.#frames = frames;
    return this.#inTurn(async () => {
      await this.#stop();
      const { settings, framePeriodUs } = setting;
      await this.#camera.module.ask({ call: "configure", settings, frame_period_us: framePeriodUs });
      this.#setting = setting;
      frames.onmessage = ({ data }: MessageEvent<ToFrames>) => void this.#heard(data, frames);
      await this.#arm();
      return this.#frameBytes;
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#stop();
      await this.#opened?.device.close().catch(() => undefined);
      this.#opened = null;
    });
  }

  get #camera(): Opened {
    if (!this.#opened) throw new CameraRefused("The camera is not open.");
    return this.#opened;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<Answer<T>> {
    const answer = this.#turn.then(async (): Promise<Answer<T>> => {
      try {
        return { ok: await work() };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { refused: { message, path: error instanceof CameraRefused ? error.path : null } };
      }
    });
    this.#turn = answer;
    return answer;
  }

  async #heard(message: ToFrames, frames: MessagePort): Promise<void> {
    if (message.kind === "spare") {
      this.#memory?.giveBack(message.pixels);
      return;
    }
    const answer = await this.#inTurn(async () => {
      if (this.#frames !== frames) return;
      if (message.kind === "start") await this.#start(message.run);
      else if (message.kind === "trigger") await this.#camera.module.ask({ call: "trigger" });
      else await this.#stop();
    });
    if ("refused" in answer) say(frames, { kind: "failed", reason: answer.refused.message });
  }

  /** All that may fail before the run begins. */
  async #arm(): Promise<void> {
    const { device, endpoints, module, label } = this.#camera;
    const { stream } = endpoints;
    await device.claimInterface(stream.number).catch((error: unknown) => {
      throw new CameraRefused(openRefusal(label, error, navigator.userAgent));
    });
    const { frame_bytes } = await module.ask<{ frame_bytes: number }>({ call: "arm" });
    if (frame_bytes !== this.#frameBytes || !this.#memory) this.#memory = new FrameMemory(frame_bytes);
    this.#frameBytes = frame_bytes;
    this.#armed = true;
  }

  async #start(run: number): Promise<void> {
    if (this.#run) await this.#stop();
    if (!this.#armed) await this.#arm();
    const { device, endpoints, module, label } = this.#camera;
    const frames = this.#frames;
    if (!frames) return;
    const fail = (reason: string) => say(frames, { kind: "failed", reason });
    const stream = new TransferStream(device, endpoints.stream.in, module, {
      frame: () => this.#give(frames, run),
      failing: () => fail(failing(label)),
      gone: () => fail(gone(label)),
    });
    this.#run = { stream, done: stream.run() };
    await module.ask({ call: "run" });
    const { settings, framePeriodUs } = this.#setting ?? { settings: {}, framePeriodUs: 0 };
    if (settings.input_triggers?.frame_start.enable) return;
    const periodMs = Math.max(framePeriodUs, settings.exposure_time_us ?? 0) / 1e3;
    stream.lastMs = performance.now();
    this.#watch = setInterval(() => {
      if (performance.now() - stream.lastMs > Math.max(SILENCE_MS, SILENT_PERIODS * periodMs)) fail(silent(label));
    }, LOOK_MS);
  }

  #give(frames: MessagePort, run: number): void {
    const { module } = this.#camera;
    const pixels = this.#memory?.take();
    // Where the recorder has all memory the frame is lost, by its id.
    if (!pixels) return;
    const frame = module.frame(this.#frameBytes);
    if (!frame) return;
    new Uint8Array(pixels).set(frame);
    const { id, clockNs } = module.stamp;
    frames.postMessage({ kind: "frame", run, id, clockNs, pixels } satisfies FromFrames, [pixels]);
  }

  /** Browsers take transfers back where the interface is let go. */
  async #stop(): Promise<void> {
    clearInterval(this.#watch);
    const run = this.#run;
    this.#run = null;
    if (!run && !this.#armed) return;
    this.#armed = false;
    run?.stream.end();
    const { device, endpoints, module } = this.#camera;
    try {
      if (device.opened) await module.ask({ call: "stop" });
    } finally {
      await device.releaseInterface(endpoints.stream.number).catch(() => undefined);
      await run?.done;
    }
  }
}

const say = (port: MessagePort, message: FromFrames): void => port.postMessage(message);

/** Open, with the interface that takes commands; nothing is left of one that cannot be had. */
async function claim(device: UsbDevice, label: string): Promise<CameraEndpoints> {
  try {
    await device.open();
    const [first] = device.configurations;
    if (!device.configuration && first) await device.selectConfiguration(first.configurationValue);
    const endpoints = endpointsOf(device);
    if (!endpoints) throw new CameraRefused(`${label} is no USB3 Vision camera.`);
    await device.claimInterface(endpoints.control.number);
    return endpoints;
  } catch (error) {
    await device.close().catch(() => undefined);
    if (error instanceof CameraRefused) throw error;
    throw new CameraRefused(openRefusal(label, error, navigator.userAgent));
  }
}
