// The binary message: a header of 128 bytes, the histogram, the pixels; all little-endian. README.md has the table.
import type { PixelType } from "./generated/index.ts";

export const PREVIEW_MAGIC = 0x5650435a; // "ZCPV" as it lies in memory
export const PREVIEW_VERSION = 1;
export const PREVIEW_HEADER_BYTES = 128;
/** A more finely divided histogram than this is a broken message. */
const MAX_BINS = 4096;
const NOT_SAVED = 0xffff_ffff_ffff_ffffn;

/** In the order of their numbers in the header. */
export const previewPixelTypes = ["U8", "U16", "I8", "I16", "F32", "U10", "U12", "U14"] as const;
export const bytesPerPixel: Record<PixelType, number> = {
  U8: 1,
  U16: 2,
  I8: 1,
  I16: 2,
  F32: 4,
  U10: 2,
  U12: 2,
  U14: 2,
};

export interface PreviewRegion {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PreviewHeader {
  subscription: number;
  stream: number;
  pixelType: PixelType;
  reduction: "none" | "mean";
  /** A pixel of the picture is the mean of scale x scale pixels of the frame. */
  scale: number;
  /** Counts the runs of this bridge; changes with every start. */
  run: number;
  /** Of the picture sent, px. */
  width: number;
  height: number;
  /** Of the frame itself, px. */
  frameWidth: number;
  frameHeight: number;
  /** What of the frame the picture covers, px. */
  region: PreviewRegion;
  hardwareFrameId: number;
  /** Null: the frame is not saved. */
  place: number | null;
  /** The camera's own clock; its zero is the camera's affair. */
  hardwareClockNs: bigint;
  /** When the frame was captured, by the host's clock, since 1970. */
  hostClockMs: number;
  histogramOrigin: number;
  histogramBinWidth: number;
  histogramBins: number;
  /** Pixels at the sensor's white, of all pixels of the frame. */
  saturatedPixels: number;
  /** Frames that this subscription did not get since the last one it got. No loss: previews may skip. */
  skipped: number;
  minimum: number;
  maximum: number;
}

export interface PreviewFrame {
  header: PreviewHeader;
  /** Of ALL pixels of the frame: bin k covers [origin + k * width, origin + (k + 1) * width). */
  histogram: Uint32Array;
  /** Rows tight, in the pixel type. Shares memory with the message. */
  pixels: Uint8Array;
}

export class PreviewFormatError extends Error {
  override readonly name = "PreviewFormatError";
}

/** @throws PreviewFormatError where the message is not a preview of this version, whole and exact. */
export function parsePreviewFrame(message: ArrayBuffer | Uint8Array): PreviewFrame {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.byteLength < PREVIEW_HEADER_BYTES) throw new PreviewFormatError("shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== PREVIEW_MAGIC) throw new PreviewFormatError("not a preview");
  const version = view.getUint16(4, true);
  if (version !== PREVIEW_VERSION) throw new PreviewFormatError(`version ${version}, not ${PREVIEW_VERSION}`);
  const headerBytes = view.getUint16(6, true);
  if (headerBytes !== PREVIEW_HEADER_BYTES) throw new PreviewFormatError(`a header of ${headerBytes} bytes`);
  const pixelType = previewPixelTypes[view.getUint8(16)];
  if (pixelType === undefined) throw new PreviewFormatError(`pixel type ${view.getUint8(16)}`);
  const reduction = (["none", "mean"] as const)[view.getUint8(17)];
  if (reduction === undefined) throw new PreviewFormatError(`reduction ${view.getUint8(17)}`);
  const width = view.getUint32(24, true);
  const height = view.getUint32(28, true);
  const bins = view.getUint32(104, true);
  if (bins > MAX_BINS) throw new PreviewFormatError(`${bins} bins`);
  const pixelsAt = PREVIEW_HEADER_BYTES + 4 * bins;
  const expected = pixelsAt + width * height * bytesPerPixel[pixelType];
  if (bytes.byteLength !== expected) {
    throw new PreviewFormatError(`${bytes.byteLength} bytes where the header promises ${expected}`);
  }
  const place = view.getBigUint64(64, true);
  const histogram = new Uint32Array(bins);
  for (let bin = 0; bin < bins; bin++) histogram[bin] = view.getUint32(PREVIEW_HEADER_BYTES + 4 * bin, true);
  return {
    header: {
      subscription: view.getUint32(8, true),
      stream: view.getUint32(12, true),
      pixelType,
      reduction,
      scale: view.getUint16(18, true),
      run: view.getUint32(20, true),
      width,
      height,
      frameWidth: view.getUint32(32, true),
      frameHeight: view.getUint32(36, true),
      region: {
        x: view.getUint32(40, true),
        y: view.getUint32(44, true),
        width: view.getUint32(48, true),
        height: view.getUint32(52, true),
      },
      hardwareFrameId: Number(view.getBigUint64(56, true)),
      place: place === NOT_SAVED ? null : Number(place),
      hardwareClockNs: view.getBigUint64(72, true),
      hostClockMs: view.getFloat64(80, true),
      histogramOrigin: view.getFloat64(88, true),
      histogramBinWidth: view.getFloat64(96, true),
      histogramBins: bins,
      saturatedPixels: view.getUint32(108, true),
      skipped: Number(view.getBigUint64(112, true)),
      minimum: view.getFloat32(120, true),
      maximum: view.getFloat32(124, true),
    },
    histogram,
    pixels: bytes.subarray(pixelsAt),
  };
}

/** The whole message. `histogramBins` follows from the histogram. */
export function encodePreviewFrame(frame: PreviewFrame): Uint8Array<ArrayBuffer> {
  const { header, histogram, pixels } = frame;
  const message = new Uint8Array(PREVIEW_HEADER_BYTES + 4 * histogram.length + pixels.byteLength);
  const view = new DataView(message.buffer);
  view.setUint32(0, PREVIEW_MAGIC, true);
  view.setUint16(4, PREVIEW_VERSION, true);
  view.setUint16(6, PREVIEW_HEADER_BYTES, true);
  view.setUint32(8, header.subscription, true);
  view.setUint32(12, header.stream, true);
  view.setUint8(16, previewPixelTypes.indexOf(header.pixelType));
  view.setUint8(17, header.reduction === "none" ? 0 : 1);
  view.setUint16(18, header.scale, true);
  view.setUint32(20, header.run, true);
  view.setUint32(24, header.width, true);
  view.setUint32(28, header.height, true);
  view.setUint32(32, header.frameWidth, true);
  view.setUint32(36, header.frameHeight, true);
  view.setUint32(40, header.region.x, true);
  view.setUint32(44, header.region.y, true);
  view.setUint32(48, header.region.width, true);
  view.setUint32(52, header.region.height, true);
  view.setBigUint64(56, BigInt(header.hardwareFrameId), true);
  view.setBigUint64(64, header.place === null ? NOT_SAVED : BigInt(header.place), true);
  view.setBigUint64(72, header.hardwareClockNs, true);
  view.setFloat64(80, header.hostClockMs, true);
  view.setFloat64(88, header.histogramOrigin, true);
  view.setFloat64(96, header.histogramBinWidth, true);
  view.setUint32(104, histogram.length, true);
  view.setUint32(108, header.saturatedPixels, true);
  view.setBigUint64(112, BigInt(header.skipped), true);
  view.setFloat32(120, header.minimum, true);
  view.setFloat32(124, header.maximum, true);
  histogram.forEach((count, bin) => view.setUint32(PREVIEW_HEADER_BYTES + 4 * bin, count, true));
  message.set(pixels, PREVIEW_HEADER_BYTES + 4 * histogram.length);
  return message;
}

/** The pixels as numbers; copies only where the message lies across its items' boundary. */
export function previewPixels(frame: PreviewFrame): Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array {
  const { pixels, header } = frame;
  const item = bytesPerPixel[header.pixelType];
  const aligned = pixels.byteOffset % item === 0 ? pixels : pixels.slice();
  const length = aligned.byteLength / item;
  switch (header.pixelType) {
    case "U8":
      return aligned;
    case "I8":
      return new Int8Array(aligned.buffer, aligned.byteOffset, length);
    case "I16":
      return new Int16Array(aligned.buffer, aligned.byteOffset, length);
    case "F32":
      return new Float32Array(aligned.buffer, aligned.byteOffset, length);
    case "U16":
    case "U10":
    case "U12":
    case "U14":
      return new Uint16Array(aligned.buffer, aligned.byteOffset, length);
  }
}
