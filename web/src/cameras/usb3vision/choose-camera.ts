import { nameOf } from "./names.ts";
import { requestRefusal, usbLack } from "./refusals.ts";
import { CAMERA_FILTER, webUsb } from "./web-usb.ts";

/** Lets the user choose a camera for this site, in a click. Its name as documents have it; `null`: none was chosen. Throws a sentence. */
export async function chooseUsbCamera(): Promise<string | null> {
  const [lack, usb] = [usbLack(globalThis), webUsb()];
  if (lack !== null || !usb) throw new Error(lack ?? "");
  try {
    return nameOf(await usb.requestDevice({ filters: [CAMERA_FILTER] }));
  } catch (error) {
    const refusal = requestRefusal(error);
    if (refusal !== null) throw new Error(refusal, { cause: error });
    return null;
  }
}
