import type { CameraCapabilities, CameraSettings, DeviceInfo, Range } from "@zarrcam/protocol";
import { type Remote, transfer, wrap } from "comlink";

import type { Core } from "../../recorder/core.ts";
import type { BrowserCamera, BrowserDriver, WantedCamera } from "../browser-camera.ts";
import { CameraRefused } from "../camera-refused.ts";
import type { Answer, CameraWorker, Setting } from "./messages.ts";
import { labelOf, nameOf } from "./names.ts";
import { gone } from "./refusals.ts";
import { Usb3VisionCamera } from "./usb3vision-camera.ts";
import { type UsbDevice, CAMERA_FILTER, webUsb } from "./web-usb.ts";

/** Acquire has none; a number that none of its drivers has, nor another of ours. */
const DRIVER_ID = 9;
/** Before a camera has said what it can do, no size is refused. */
const WIDEST_PX = 65_536;
const USUAL_PX: [number, number] = [640, 480];

const open = (high: number, low = 0): Range => ({ low, high, step: 0, writable: true });

const UNKNOWN: CameraCapabilities = {
  exposure_time_us: open(60e6),
  line_interval_us: { low: 0, high: 0, step: 0, writable: false },
  readout_direction_writable: false,
  binning: [1, 2, 4],
  pixel_types: ["U8", "U10", "U12", "U14", "U16"],
  offset: [open(WIDEST_PX), open(WIDEST_PX)],
  shape: [open(WIDEST_PX, 1), open(WIDEST_PX, 1)],
  lines: ["software"],
  input_triggers: ["frame_start"],
  output_triggers: [],
  default_shape: USUAL_PX,
  default_pixel_type: "U8",
  frame_time_us: 0,
  plays_file: false,
  remarks: "A USB3 Vision camera. It is opened when it is chosen, and says then what it can do.",
};

/** A camera that this page has, or is about to have. */
interface Held {
  readonly worker: Worker;
  readonly remote: Remote<CameraWorker>;
  /** Rejected where its worker ends, which then answers nothing more. */
  readonly broken: Promise<never>;
  readonly lose: (reason: Error) => void;
  /** Rejected where it cannot be had. */
  readonly opened: Promise<void>;
  /** What it was asked about last. */
  asked: string;
  capabilities: CameraCapabilities;
  running: Usb3VisionCamera | null;
}

/** The USB3 Vision cameras of this computer that the user let this site have, in the worker that records. */
export class Usb3VisionDriver implements BrowserDriver {
  readonly #moduleUrl: string;
  readonly #held = new Map<string, Held>();
  /** Why a camera could not be had when it was tried last. It is tried again at every start. */
  readonly #failures = new Map<string, string>();
  #wanted: readonly WantedCamera[] = [];
  #changed: () => void = () => undefined;

  /** `moduleUrl`: where the page's `usb3vision.wasm` is. */
  constructor(moduleUrl: string) {
    this.#moduleUrl = moduleUrl;
  }

  async devices(): Promise<DeviceInfo[]> {
    return (await plugged()).map((device, number) => ({
      identifier: { id: [DRIVER_ID, number], kind: "Camera", name: nameOf(device) },
      description: `${labelOf(device)}, a USB3 Vision camera of this computer, driven by this page`,
      exclusive: true,
      plays_file: false,
    }));
  }

  capabilities(name: string): Promise<CameraCapabilities> {
    const failure = this.#failures.get(name);
    const known = this.#held.get(name)?.capabilities ?? UNKNOWN;
    return Promise.resolve(failure === undefined ? known : { ...known, remarks: failure });
  }

  watch(changed: () => void): Promise<void> {
    this.#changed = changed;
    const usb = webUsb();
    usb?.addEventListener("connect", () => {
      this.#failures.clear();
      this.use(this.#wanted);
      changed();
    });
    usb?.addEventListener("disconnect", () => void this.#lookForLost());
    return Promise.resolve();
  }

  /** Opens those that a document names and closes the others; asks each what it can do with its settings. */
  use(wanted: readonly WantedCamera[]): void {
    this.#wanted = wanted;
    for (const [name, held] of this.#held)
      if (!held.running && wanted.every((one) => one.name !== name)) this.#letGo(name, held);
    void this.#useAll(wanted);
  }

  async #useAll(wanted: readonly WantedCamera[]): Promise<void> {
    const names = new Set((await plugged()).map(nameOf));
    for (const { name, settings, framePeriodUs } of wanted) {
      if (!names.has(name) || this.#wanted !== wanted) continue;
      const held = this.#hold(name);
      const asked = JSON.stringify([settings, framePeriodUs]);
      if (held.asked === asked) continue;
      held.asked = asked;
      try {
        await held.opened;
        held.capabilities = told(
          await Promise.race([held.remote.capabilities({ settings, framePeriodUs }), held.broken]),
        );
      } catch {
        // It stands in its remarks.
      }
      this.#changed();
    }
  }

  async open(
    core: Core,
    name: string,
    settings: Partial<CameraSettings>,
    framePeriodUs: number,
  ): Promise<BrowserCamera> {
    const held = this.#hold(name);
    await held.opened;
    const { port1, port2 } = new MessageChannel();
    const setting: Setting = { settings, framePeriodUs };
    const prepared = held.remote.prepare(setting, transfer(port2, [port2]));
    const bytes = told(await Promise.race([prepared, held.broken]));
    const isTriggered = settings.input_triggers?.frame_start.enable ?? false;
    const camera: Usb3VisionCamera = new Usb3VisionCamera(core, bytes, isTriggered, port1, () => {
      if (held.running === camera) held.running = null;
    });
    held.running = camera;
    return camera;
  }

  #hold(name: string): Held {
    const known = this.#held.get(name);
    if (known) return known;
    const worker = new Worker(new URL("./camera.worker.ts", import.meta.url), { type: "module" });
    const remote = wrap<CameraWorker>(worker);
    let lose: (reason: Error) => void = () => undefined;
    const broken = new Promise<never>((_, reject) => (lose = reject));
    broken.catch(() => undefined);
    worker.addEventListener("error", ({ message }) =>
      lose(new CameraRefused(`The part of the page that drives ${name} failed: ${message || "it did not start"}.`)),
    );
    const opened = Promise.race([remote.open(name, this.#moduleUrl).then(told), broken]).then(
      () => void this.#failures.delete(name),
      (error: unknown) => {
        this.#failures.set(name, error instanceof Error ? error.message : String(error));
        // Unplugged meanwhile it may be there again, as another one.
        if (this.#held.get(name) === held) this.#letGo(name, held);
        throw error;
      },
    );
    opened.catch(() => undefined);
    const held: Held = { worker, remote, broken, lose, opened, asked: "", capabilities: UNKNOWN, running: null };
    this.#held.set(name, held);
    return held;
  }

  /** Its worker ends when the camera is closed. */
  #letGo(name: string, { worker, remote }: Held): void {
    this.#held.delete(name);
    void remote
      .close()
      .catch(() => undefined)
      .then(() => worker.terminate());
  }

  async #lookForLost(): Promise<void> {
    const names = new Set((await plugged()).map(nameOf));
    for (const [name, held] of this.#held) {
      if (names.has(name)) continue;
      held.running?.fail(gone(name));
      held.lose(new CameraRefused(gone(name)));
      this.#held.delete(name);
      held.worker.terminate();
    }
    this.#changed();
  }
}

function told<T>(answer: Answer<T>): T {
  if ("ok" in answer) return answer.ok;
  throw new CameraRefused(answer.refused.message, answer.refused.path);
}

async function plugged(): Promise<UsbDevice[]> {
  const devices = (await webUsb()?.getDevices()) ?? [];
  return devices.filter(isCamera);
}

/** Sites are given other devices, too. */
const isCamera = (device: UsbDevice): boolean =>
  device.configurations.length === 0 ||
  (device.configuration?.interfaces ?? []).some(
    ({ alternate }) =>
      alternate.interfaceClass === CAMERA_FILTER.classCode &&
      alternate.interfaceSubclass === CAMERA_FILTER.subclassCode,
  );
