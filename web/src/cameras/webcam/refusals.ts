import { CameraRefused } from "../camera-refused.ts";

/** Why a webcam cannot be had, in words that say the way out. */
export class WebcamRefused extends CameraRefused {
  override readonly name = "WebcamRefused";
}

export const DENIED =
  "The browser does not let this page use webcams. Allow the camera for this site, by the sign in front of the address, and try again.";
export const INSECURE =
  "This page was not loaded over https or from this computer, and browsers give webcams to no other page. Open it by https or as localhost.";
export const NONE = "There is no webcam on this computer, or it was unplugged. Plug it in and try again.";
const SYSTEM =
  "The operating system does not let the browser use webcams. Allow it in the system's privacy settings, and try again.";
const DISMISSED = "The browser's question for the webcam was closed without an answer; it asks again at the next try.";

const NOBODY_ANSWERED = "gives no pictures. Close other programs that use it, or plug it in again.";

/** What the settings asked for when it was refused. */
export interface Asked {
  /** The webcam, as people know it. */
  label: string;
  shape: readonly [number, number];
  /** Pictures a second; 0: none were asked for. */
  rate: number;
}

/** `error`: as `getUserMedia` throws it. */
export function refusalOf(error: unknown, asked: Asked): WebcamRefused {
  const { label, shape, rate } = asked;
  const [name, said] = error instanceof Error ? [error.name, error.message] : ["", String(error)];
  switch (name) {
    case "NotAllowedError":
      if (/system/i.test(said)) return new WebcamRefused(SYSTEM);
      return new WebcamRefused(/dismissed/i.test(said) ? DISMISSED : DENIED);
    case "SecurityError":
      return new WebcamRefused(DENIED);
    case "NotFoundError":
      return new WebcamRefused(NONE);
    case "NotReadableError":
    case "AbortError":
      return new WebcamRefused(
        `${label} is there and does not start: another program may be using it. Close that program, or plug the webcam in again.`,
      );
    case "OverconstrainedError":
      return overconstrained((error as { constraint?: string }).constraint ?? "", label, shape, rate);
    default:
      return new WebcamRefused(`${label} cannot be opened: ${said || name}`);
  }
}

function overconstrained(
  constraint: string,
  label: string,
  [width, height]: readonly [number, number],
  rate: number,
): WebcamRefused {
  switch (constraint) {
    case "width":
      return new WebcamRefused(`${label} gives no picture of width ${width} px. Choose another width.`, "shape[0]");
    case "height":
      return new WebcamRefused(`${label} gives no picture of height ${height} px. Choose another height.`, "shape[1]");
    case "frameRate": {
      const message = `${label} gives no ${Number(rate.toPrecision(3))} pictures a second. Choose another frame rate, or leave it out.`;
      return new WebcamRefused(message, "frame_period_us");
    }
    case "deviceId":
      return new WebcamRefused(`${label} is not there any more. Plug it in, or choose another camera.`);
    default:
      return new WebcamRefused(`${label} gives no picture of ${width} x ${height} px. Choose another size.`, "shape");
  }
}

/** Of a webcam that ran. */
export const unplugged = (label: string): string =>
  `${label} is gone: it was unplugged, or the browser took it back. Plug it in again, or allow it again.`;
export const silent = (label: string): string => `${label} ${NOBODY_ANSWERED}`;
export const otherSize = (label: string, is: readonly [number, number], asked: readonly [number, number]): string =>
  `${label} gives pictures of ${is[0]} x ${is[1]} px, and ${asked[0]} x ${asked[1]} px were asked for. Choose the size that it gives.`;
