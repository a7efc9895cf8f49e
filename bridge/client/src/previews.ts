// What is asked of previews, and what they give.
import type { PixelType, PreviewFrame, PreviewRegion } from "@zarrcam/protocol";

export interface PreviewRequest {
  /** Index in `video`. */
  stream: number;
  /** The picture is reduced by a whole number until it is no wider than this, px. */
  maxWidth: number;
  /** And no higher than this, px. */
  maxHeight: number;
  /** Of the frame, px; the whole frame where it is left out. */
  region?: PreviewRegion | undefined;
  /** It may begin with the last picture of the run that has ended, as long as no other has begun. Default false. */
  endedRun?: boolean | undefined;
}

/** Takes a picture. While its promise is pending the picture counts as on its way, and fewer follow. */
export type PreviewListener = (frame: PreviewFrame) => void | Promise<void>;

export interface PreviewSubscription {
  /** Another size or region from the next picture on. */
  update(request: Omit<PreviewRequest, "stream">): Promise<void>;
  close(): Promise<void>;
}

/** A frame as `getAvailableData` gives it: a copy, yours to keep. */
export interface AvailableFrame {
  /** Index in the configuration's `video`. */
  stream: number;
  /** The camera's own count of its frames, since it was started. */
  hardwareFrameId: number;
  /** Which frame of the dataset it is, along all axes but the image's own; null: it is not saved. */
  frameIndex: number | null;
  /** The camera's own clock. */
  hardwareClockNs: bigint;
  /** The host's clock at capture, ms since 1970. */
  hostClockMs: number;
  /** Width, px. */
  width: number;
  /** Height, px. */
  height: number;
  pixelType: PixelType;
  /** Rows without gaps, little-endian, in the pixel type. */
  pixels: Uint8Array;
  /** The run that it belongs to: `runNumber` of `start`. 0: a snap. */
  runNumber: number;
  /** Frames between the one before and this one that were not given: the observer was slower than the camera. No loss. */
  skipped: number;
}

/** Where previews are subscribed to. */
export interface PreviewSource {
  subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription>;
}
