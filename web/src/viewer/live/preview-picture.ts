import { type PreviewFrame, previewPixels } from "@zarrcam/protocol";

import type { CaptionedPicture, ChannelPicture } from "../core/picture.ts";
import type { AxisStep } from "./messages.ts";

/** A preview message, whose pixels are not encoded, as a picture with its caption. Shares the message's memory. */
export function previewPicture(frame: PreviewFrame): CaptionedPicture {
  const { header, histogram } = frame;
  return {
    picture: {
      pixelType: header.pixelType,
      pixels: previewPixels(frame),
      width: header.width,
      height: header.height,
      scale: [header.scale, header.scale],
      reduction: header.scale > 1 ? header.reduction : "none",
      adaptation: header.adaptation,
      region: header.region,
      frameWidth: header.frameWidth,
      frameHeight: header.frameHeight,
    },
    caption: {
      source: "camera",
      frameId: header.hardwareFrameId,
      frameIndex: header.frameIndex,
      position: [],
      unixMs: header.unixMs,
      run: header.run,
      skipped: header.skipped,
      histogram: {
        origin: header.histogramOrigin,
        binWidth: header.histogramBinWidth,
        counts: histogram,
        saturated: header.saturatedPixels,
        minimum: header.minimum,
        maximum: header.maximum,
        of: "frame",
      },
    },
  };
}

/** A picture that was taken once, for a pane. Its pixels are a copy, which may be transferred. */
export function snapPlane(frame: PreviewFrame, channelAxis: AxisStep | null): ChannelPicture {
  const { picture, caption } = previewPicture(frame);
  const { frameIndex } = caption;
  const channel =
    frameIndex === null || !channelAxis ? 0 : Math.floor(frameIndex / channelAxis.stride) % channelAxis.size;
  return { channel, captioned: { picture: { ...picture, pixels: picture.pixels.slice() }, caption } };
}
