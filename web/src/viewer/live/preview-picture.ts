import { type PreviewFrame, previewPixels } from "@zarrcam/protocol";

import type { CaptionedPicture } from "../core/picture.ts";

/** A preview message as a picture with its caption. Shares the message's memory. */
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
      region: header.region,
      frameWidth: header.frameWidth,
      frameHeight: header.frameHeight,
    },
    caption: {
      source: "camera",
      stream: header.stream,
      frameId: header.hardwareFrameId,
      place: header.place,
      index: [],
      hostClockMs: header.hostClockMs,
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
