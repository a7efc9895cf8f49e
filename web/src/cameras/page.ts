// What the page itself does for the cameras in its workers.
import { serveWebcams } from "./webcam/page-webcams.ts";

export { chooseUsbCamera } from "./usb3vision/choose-camera.ts";
export { usbHelp, usbLack } from "./usb3vision/refusals.ts";

/** Serves this page's cameras to `drivers` at the other end of `port`. Closing lets all of them go. */
export const serveCameras = (port: MessagePort): { close(): void } => serveWebcams(port);
