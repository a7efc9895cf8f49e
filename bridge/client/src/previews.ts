// What is asked of previews, and what they give.
import type { PixelType, PreviewEncoding, PreviewFrame, Region } from "@zarrcam/protocol";

/** Which pictures of a stream are wanted. */
export interface PreviewRequest {
  /** Index in the configuration's `video`. */
  stream: number;
  /** The picture is reduced by a whole number until it is no wider than this, px. */
  maxWidth: number;
  /** The picture is reduced until it is no higher than this, px. */
  maxHeight: number;
  /** Which part of the frame is wanted; left out: the whole frame. */
  region?: Region | undefined;
  /** Whether the first picture may be the last one of the run that has ended, as long as no other has begun. Default false. */
  endedRun?: boolean | undefined;
  /**
   * The encodings that the listener decodes. Over a slow network pictures then come smaller, or encoded, as their `adaptation` says.
   * Left out: raw pixels alone, as large as asked for, however seldom they come then.
   */
  encodings?: Exclude<PreviewEncoding, "raw">[] | undefined;
  /** Whether nothing may be lost, however long each picture takes. Default false. */
  lossless?: boolean | undefined;
  /** The values that 8 bits are to tell apart, where an encoding has no more; left out: those of the frame. */
  window?: { minimum: number; maximum: number } | undefined;
}

/** Takes a picture. While its promise is pending the picture counts as on its way, and fewer follow. */
export type PreviewListener = (frame: PreviewFrame) => void | Promise<void>;

/** Pictures that come until it is closed. */
export interface PreviewSubscription {
  /** Asks for another size or region, from the next picture on. */
  update(request: Omit<PreviewRequest, "stream">): Promise<void>;
  /** Ends the subscription: no picture follows. */
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
  /** When the frame was captured by the camera's own clock, whose zero the camera chooses. */
  hardwareClockNs: bigint;
  /** When the frame was captured by the camera computer's clock, ms since 1970-01-01 UTC. */
  unixMs: number;
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
