import type { CameraCapabilities, CameraSettings, Range } from "@zarrcam/protocol";

import { CHANNELS, type Look, planesOf } from "./pixels.ts";

/** What a browser says of a webcam. */
export interface WebcamFacts {
  /** `null`: it says nothing before the webcam was used, or never. */
  can: MediaTrackCapabilities | null;
  /** As the webcam runs, or ran last. */
  is: MediaTrackSettings | null;
}

/** Where nothing is known of a webcam, no width is refused beforehand. */
const WIDEST_PX = 8192;
/** What every webcam can. */
const USUAL_PX: [number, number] = [640, 480];

/** A camera of 30 pictures a second, or 29.97, is as fast as one of 30. */
const RATE_TOLERANCE = 1.02;

const fixed = (value: number): Range => ({ low: value, high: value, step: 0, writable: false });

function side(range: ULongRange | undefined): Range {
  const [low, high] = [Math.max(1, range?.min ?? 1), range?.max ?? WIDEST_PX];
  return { low, high: Math.max(low, high), step: 1, writable: high > low };
}

function within(value: number, { low, high }: Range): number {
  return Math.min(Math.max(value, low), high);
}

const PROCESSED =
  "A webcam gives processed 8-bit video, no raw sensor values: fit to look, count and measure lengths, not to compare intensities. It sets exposure and gain itself.";
const LOOKS: Record<Look, string> = {
  gray: "Gray is the video's luma, untouched.",
  RGB: "Each picture fills three frames: red, green, blue.",
};
const UNKNOWN = "The browser asks for it when it is first used, and says then what it can do.";
const SIZES = "A size that it has not is scaled by the browser.";

/** In the words of the camera's capabilities. Exposure and region are not a page's to set: width and height choose a size of the video. */
export function webcamCapabilities(look: Look, { can, is }: WebcamFacts): CameraCapabilities {
  const shape: [Range, Range] = [side(can?.width), side(can?.height)];
  const [width, height] = USUAL_PX;
  const defaults: [number, number] = [within(is?.width ?? width, shape[0]), within(is?.height ?? height, shape[1])];
  const fastest = can?.frameRate?.max ?? 0;
  return {
    exposure_time_us: fixed(0),
    line_interval_us: fixed(0),
    readout_direction_writable: false,
    binning: [1],
    pixel_types: ["U8"],
    offset: [fixed(0), fixed(0)],
    shape,
    lines: [],
    input_triggers: [],
    output_triggers: [],
    default_shape: defaults,
    default_pixel_type: "U8",
    frame_time_us: fastest > 0 ? 1e6 / fastest / planesOf(look) : 0,
    plays_file: false,
    ...(look === "RGB" ? { channels: [...CHANNELS.RGB] } : {}),
    remarks: [PROCESSED, LOOKS[look], can ? SIZES : UNKNOWN].join(" "),
  };
}

/** What the webcam is asked for. `framePeriodUs`: from frame to frame; 0: as the webcam does it by itself. */
export function constraintsFor(
  deviceId: string | null,
  look: Look,
  { shape }: Pick<CameraSettings, "shape">,
  framePeriodUs: number,
): MediaTrackConstraints {
  const [width, height] = shape;
  const constraints: MediaTrackConstraints & { resizeMode?: ConstrainDOMString } = {
    width: { exact: width },
    height: { exact: height },
    // The webcam's own pixels where it has them in this size.
    resizeMode: { ideal: "none" },
  };
  if (deviceId !== null) constraints.deviceId = { exact: deviceId };
  const rate = pictureRate(look, framePeriodUs);
  // A webcam has a few rates, and is never faster than it was asked: the browser leaves out what is too many.
  if (rate > 0) constraints.frameRate = { ideal: rate, max: rate * RATE_TOLERANCE };
  return constraints;
}

/** Pictures a second, of which each fills one frame or three; 0: none were asked for. */
export function pictureRate(look: Look, framePeriodUs: number): number {
  return framePeriodUs > 0 ? 1e6 / framePeriodUs / planesOf(look) : 0;
}
