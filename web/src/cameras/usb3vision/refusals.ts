// Why a USB3 Vision camera cannot be had, and the way out.

/** What the browser lacks; `null`: nothing. */
export function usbLack(scope: { isSecureContext: boolean; navigator: object }): string | null {
  if (!scope.isSecureContext)
    return "Browsers let secure pages alone use USB. Open this page by https, or as http://localhost.";
  if (!("usb" in scope.navigator))
    return "This browser has no WebUSB, so it drives no USB3 Vision cameras. Take Chromium, Chrome or Edge, or connect the camera to a camera computer.";
  if (!("Suspending" in WebAssembly))
    return "This browser is too old to drive USB3 Vision cameras. Take Chromium, Chrome or Edge 137 or newer.";
  return null;
}

const UDEV_FILE = "/etc/udev/rules.d/70-usb3vision.rules";
const UDEV_RULE = 'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ENV{ID_USB_INTERFACES}=="*:ef05*:*", TAG+="uaccess"';

const LINUX = `The system gives USB cameras to nobody but root, unless a rule says otherwise. Write this line into ${UDEV_FILE}, then unplug the camera and plug it in again:`;
const WINDOWS =
  "A browser reaches a camera only through the driver WinUSB. Replace the camera's driver by WinUSB, with the program Zadig, for all of its interfaces. Its maker's programs do not see it as long as it has WinUSB; to undo it, uninstall the camera with its driver in the Device Manager, and plug it in again.";
const HELD = "Another program, another tab or the camera computer's bridge may have it: close that, and try again.";

/** What each system needs before it lets a browser have a camera. */
export const usbHelp = (): { system: string; text: string; line?: string }[] => [
  { system: "Linux", text: LINUX, line: UDEV_RULE },
  { system: "Windows", text: WINDOWS },
  { system: "Every system", text: `${HELD} A USB 2 port, cable or hub makes a camera slow.` },
];

/** What to do where the system does not let the browser have the camera. */
function systemHelp(userAgent: string): string {
  if (/Linux|CrOS/.test(userAgent)) return `${LINUX} ${UDEV_RULE}`;
  return userAgent.includes("Windows") ? WINDOWS : HELD;
}

/** `error`: as `open` or `claimInterface` throws it. */
export function openRefusal(label: string, error: unknown, userAgent: string): string {
  const [name, said] = error instanceof Error ? [error.name, error.message] : ["", String(error)];
  // Chromium: SecurityError "Access denied." from open, NetworkError "Unable to claim interface." from claimInterface.
  if (name === "SecurityError") return `The system does not let the browser use ${label}. ${systemHelp(userAgent)}`;
  if (name === "NotFoundError") return gone(label);
  if (name === "NetworkError") {
    const help = userAgent.includes("Windows") ? ` ${WINDOWS}` : "";
    return `${label} is there and cannot be used (${said}). ${HELD}${help}`;
  }
  return `${label} cannot be opened: ${said || name}. ${HELD}`;
}

export const gone = (label: string): string =>
  `${label} is gone: it was unplugged, or lost its power. Plug it in again.`;
export const silent = (label: string): string =>
  `${label} gives no frames any more, though it was not stopped. Look at its cable, unplug it and plug it in again.`;
export const failing = (label: string): string =>
  `The transfers from ${label} fail again and again. Take another cable or port, without a hub, and plug it in again.`;
export const NO_MODULE =
  "This page was built without the part that drives USB3 Vision cameras: Rust's target for browsers was missing. Build it with `node scripts/build.mjs usb3vision`.";

/** `error`: as `requestDevice` throws it; `null`: the user chose none. */
export function requestRefusal(error: unknown): string | null {
  const [name, said] = error instanceof Error ? [error.name, error.message] : ["", String(error)];
  if (name === "NotFoundError") return null;
  if (name === "SecurityError")
    return `The browser does not let this page use USB (${said}). Allow USB devices for this site, by the sign in front of the address.`;
  return `The browser could not offer USB cameras: ${said || name}.`;
}
