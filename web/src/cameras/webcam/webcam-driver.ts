import { type Remote, proxy, transfer, wrap } from "comlink";

import type { CameraCapabilities, CameraSettings, DeviceInfo } from "@zarrcam/protocol";

import type { Core } from "../../recorder/core.ts";
import type { BrowserCamera, BrowserDriver } from "../browser-camera.ts";
import { constraintsFor, pictureRate, webcamCapabilities } from "./capabilities.ts";
import { type NamedWebcam, namedWebcams } from "./names.ts";
import type { PageWebcams, WebcamListing } from "./page-webcams.ts";
import { WebcamRefused, silent } from "./refusals.ts";
import { WebcamCamera } from "./webcam-camera.ts";

/** Acquire has no webcams; a number that none of its drivers has. */
const DRIVER_ID = 8;
/** A webcam that starts takes a second or two. */
const FIRST_PICTURE_MS = 10_000;

const LOOK_TEXT = { gray: "in gray", RGB: "in red, green and blue" } as const;

function describe({ look, deviceId, label }: NamedWebcam, permission: WebcamListing["permission"]): string {
  const how = `${LOOK_TEXT[look]}: processed 8-bit video`;
  if (deviceId !== null) return `${label}, a webcam of this computer, ${how}`;
  if (permission === "granted") return `The webcam that the browser takes by itself, ${how}`;
  return `A webcam of this computer, ${how}. The browser asks for permission when it is first used, and then says which there are`;
}

/** The webcams of this computer, in the worker that takes their frames. The page has its part in it: `serveWebcams`. */
export class WebcamDriver implements BrowserDriver {
  readonly #page: Remote<PageWebcams>;

  constructor(page: MessagePort) {
    this.#page = wrap<PageWebcams>(page);
  }

  async devices(): Promise<DeviceInfo[]> {
    const { webcams, permission } = await this.#page.list();
    return namedWebcams(webcams).map((webcam, number) => ({
      identifier: { id: [DRIVER_ID, number], kind: "Camera", name: webcam.name },
      description: describe(webcam, permission),
      exclusive: true,
      plays_file: false,
    }));
  }

  async capabilities(name: string): Promise<CameraCapabilities> {
    const { look, deviceId } = await this.#named(name);
    return webcamCapabilities(look, await this.#page.facts(deviceId));
  }

  async obstacle(): Promise<string | null> {
    return (await this.#page.list()).obstacle;
  }

  async watch(changed: () => void): Promise<void> {
    await this.#page.watch(proxy(changed));
  }

  async open(
    core: Core,
    name: string,
    { shape = [640, 480] }: Partial<CameraSettings>,
    framePeriodUs: number,
  ): Promise<BrowserCamera> {
    const { look, deviceId, label } = await this.#named(name);
    const { port1, port2 } = new MessageChannel();
    const camera = new WebcamCamera(core, look, shape, port1);
    const constraints = constraintsFor(deviceId, look, { shape }, framePeriodUs);
    const asked = { label, shape, rate: pictureRate(look, framePeriodUs) };
    const opened = await this.#page.open(
      { deviceId, label, look, shape, constraints, asked },
      transfer(port2, [port2]),
    );
    if (!opened.ok) throw new WebcamRefused(opened.message, opened.path);
    let late: ReturnType<typeof setTimeout> | undefined;
    const lateness = new Promise<never>((_, reject) => {
      late = setTimeout(() => {
        reject(new WebcamRefused(silent(label)));
      }, FIRST_PICTURE_MS);
    });
    try {
      await Promise.race([camera.ready, lateness]);
    } catch (error) {
      camera.close();
      throw error;
    } finally {
      clearTimeout(late);
    }
    return camera;
  }

  async #named(name: string): Promise<NamedWebcam> {
    const listed = namedWebcams((await this.#page.list()).webcams);
    const found = listed.find((webcam) => webcam.name === name);
    if (found) return found;
    const known = listed.map((webcam) => webcam.name).join(", ");
    throw new WebcamRefused(`There is no webcam "${name}" here. There are: ${known}.`);
  }
}
