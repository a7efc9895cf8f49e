// What the page itself does for the cameras in its workers.
import { serveWebcams } from "./webcam/page-webcams.ts";

export { chooseUsbCamera } from "./usb3vision/choose-camera.ts";
export { usbHelp, usbLack } from "./usb3vision/refusals.ts";

/** Where the driver of USB3 Vision cameras lies: beside the page, where it could be built. */
export const usb3visionUrl = (): string =>
  new URL(import.meta.env.VITE_USB3VISION ?? "usb3vision.wasm", document.baseURI).href;

/** Serves this page's cameras to `drivers` at the other end of `port`. Closing lets all of them go. */
export const serveCameras = (port: MessagePort): { close(): void } => serveWebcams(port);
