import type { CameraCapabilities, CameraSettings, DeviceInfo } from "@zarrcam/protocol";

import type { Core } from "../recorder/core.ts";
import type { BrowserDriver } from "./browser-camera.ts";
import { SimulatedCamera } from "./simulated-camera.ts";

/** The simulated cameras that the core has by itself. */
export class SimulatedDriver implements BrowserDriver {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  devices(): Promise<DeviceInfo[]> {
    const built = this.#core.call<DeviceInfo[]>("devices");
    return Promise.resolve(built.filter(({ identifier }) => identifier.name.startsWith("simulated: ")));
  }

  capabilities(name: string, settings: Partial<CameraSettings>): Promise<CameraCapabilities> {
    return Promise.resolve(this.#core.call<CameraCapabilities>("camera_capabilities", { name, settings }));
  }

  open(core: Core, name: string, settings: Partial<CameraSettings>, framePeriodUs: number): Promise<SimulatedCamera> {
    return Promise.resolve(new SimulatedCamera(core, name, settings, framePeriodUs));
  }
}
