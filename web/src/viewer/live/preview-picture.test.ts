import { type PreviewHeader, encodePreviewFrame, parsePreviewFrame } from "@zarrcam/protocol";
import { expect, it } from "vitest";

import { previewPicture } from "./preview-picture.ts";

const header: PreviewHeader = {
  subscription: 3,
  stream: 1,
  pixelType: "U12",
  reduction: "mean",
  scale: 2,
  run: 7,
  width: 3,
  height: 1,
  frameWidth: 64,
  frameHeight: 48,
  region: { x: 10, y: 4, width: 5, height: 2 },
  hardwareFrameId: 118,
  frameIndex: null,
  hardwareClockNs: 5n,
  unixMs: 1_700_000_000_123.5,
  histogramOrigin: 16,
  histogramBinWidth: 4,
  histogramBins: 2,
  saturatedPixels: 9,
  skipped: 2,
  minimum: 17,
  maximum: 4095,
  adaptation: null,
};

it("makes a picture of a preview message, whatever its alignment", () => {
  const message = encodePreviewFrame({
    header,
    histogram: Uint32Array.of(1, 2),
    pixels: new Uint8Array(Uint16Array.of(17, 300, 4095).buffer),
  });
  for (const shift of [0, 1]) {
    const shifted = new Uint8Array(message.length + shift);
    shifted.set(message, shift);
    const { picture, caption } = previewPicture(parsePreviewFrame(shifted.subarray(shift)));
    expect([...picture.pixels]).toEqual([17, 300, 4095]);
    expect(picture).toMatchObject({
      pixelType: "U12",
      scale: [2, 2],
      reduction: "mean",
      region: header.region,
      frameWidth: 64,
    });
    expect(caption).toMatchObject({
      source: "camera",
      frameId: 118,
      frameIndex: null,
      unixMs: 1_700_000_000_123.5,
      run: 7,
      skipped: 2,
    });
    expect(caption.histogram).toEqual({
      origin: 16,
      binWidth: 4,
      counts: Uint32Array.of(1, 2),
      saturated: 9,
      minimum: 17,
      maximum: 4095,
      of: "frame",
    });
  }
});
