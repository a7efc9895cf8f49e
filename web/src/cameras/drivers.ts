import type { CameraCapabilities, DeviceInfo } from "@zarrcam/protocol";

import type { BrowserDriver } from "./browser-camera.ts";
import { Usb3VisionDriver } from "./usb3vision/usb3vision-driver.ts";
import { WebcamDriver } from "./webcam/webcam-driver.ts";

/**
 * The cameras that JavaScript drives, for the worker that takes their frames. `page`: the other end of what `serveCameras` was
 * given, since browsers open webcams for windows alone. `usb3visionUrl`: where the driver of USB3 Vision cameras lies.
 */
export function drivers(page: MessagePort, usb3visionUrl: string): BrowserDriver[] {
  return [new WebcamDriver(page), new Usb3VisionDriver(usb3visionUrl)];
}

/** A camera as the core must know it, for `set_cameras`. */
export interface DrivenCamera {
  device: DeviceInfo;
  capabilities: CameraCapabilities;
  /** What keeps it from any settings, in a sentence. */
  obstacle: string | null;
}

/** All cameras of these drivers. Asks the user nothing. */
export async function drivenCameras(all: readonly BrowserDriver[]): Promise<DrivenCamera[]> {
  const described = all.map(async (driver) => {
    const cameras = (await driver.devices()).map(async (device) => {
      const { name } = device.identifier;
      const obstacle = (await driver.obstacle?.(name)) ?? null;
      return { device, capabilities: await driver.capabilities(name, {}), obstacle };
    });
    return Promise.all(cameras);
  });
  return (await Promise.all(described)).flat();
}
