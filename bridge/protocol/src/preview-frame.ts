// The binary message: a header of 128 bytes, which goes on where a picture was made smaller for the network, the histogram, the
// pixels; all little-endian. README.md has the table.
import type { PixelType } from "./generated/index.ts";
import {
  PREVIEW_ADAPTED_HEADER_BYTES,
  PREVIEW_ADAPTED_VERSION,
  PREVIEW_HEADER_BYTES,
  PREVIEW_MAGIC,
  PREVIEW_VERSION,
  type PreviewEncoding,
  type PreviewHeaderField,
  type PreviewHeaderValues,
  type previewAdaptedFields,
  previewEncodings,
  previewHeaderView,
  previewPixelTypes,
  readHeaderField,
  writeHeaderFields,
} from "./preview-header.ts";

/** A more finely divided histogram than this is a broken message. */
const MAX_BINS = 4096;
const NOT_SAVED = 0xffff_ffff_ffff_ffffn;

/** In the order of their numbers in the header. */
const reductions = ["none", "mean"] as const;
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

/**
 * The part of a frame that a picture shows, px of the frame: x to the right, y downwards from the frame's first pixel. It is no
 * region of interest, which is a part of the sensor and decides what the frame is.
 */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PreviewHeader {
  /** Id of the subscription that the picture is for; each session counts its own. */
  subscription: number;
  /** Index in the configuration's `video`. */
  stream: number;
  pixelType: PixelType;
  reduction: (typeof reductions)[number];
  /** A pixel of the picture is the mean of scale x scale pixels of the frame. */
  scale: number;
  /** Number of the run that the frame is of: the bridge counts them, previews included. */
  run: number;
  /** Width of the picture that was sent, px. */
  width: number;
  /** Height of the picture that was sent, px. */
  height: number;
  /** Width of the frame that it shows, px. */
  frameWidth: number;
  /** Height of the frame that it shows, px. */
  frameHeight: number;
  /** Which part of the frame the picture covers, px. */
  region: Region;
  /** The camera's own count of its frames, since it was started. */
  hardwareFrameId: number;
  /** Which frame of the dataset it is, along all axes but the image's own; null: it is not saved. */
  frameIndex: number | null;
  /** When the frame was captured by the camera's own clock, whose zero the camera chooses. */
  hardwareClockNs: bigint;
  /** When the frame was captured by the camera computer's clock, ms since 1970-01-01 UTC. */
  unixMs: number;
  /** Lower end of the histogram's first bin, as a pixel value. */
  histogramOrigin: number;
  /** How many pixel values a bin of the histogram covers; of integer types a power of two. */
  histogramBinWidth: number;
  /** How many bins the histogram has. */
  histogramBins: number;
  /** How many of all pixels of the frame have the largest value that the sensor gives. */
  saturatedPixels: number;
  /** Frames that this subscription did not get since the last one it got. No loss: previews may skip. */
  skipped: number;
  /** Smallest pixel value of the frame. */
  minimum: number;
  /** Largest pixel value of the frame. */
  maximum: number;
  /** How it was made smaller, in bytes, than it was asked for; null: it was not. */
  adaptation: PictureAdaptation | null;
}

/** How a picture was made smaller, in bytes, than it was asked for, because the network is slow: what is lost is said here. */
export interface PictureAdaptation {
  /** How its pixels are encoded: `raw`: they are not. `jpeg`: values are approximate. */
  encoding: PreviewEncoding;
  /** How many times smaller it is along each side than it was asked for; 1: it is not. */
  reduced: number;
  /** Where values are approximate: the value of gray 0 and that of gray 255, beyond which values are cut off. Null: they are exact. */
  window: { minimum: number; maximum: number } | null;
}

/** One picture of a preview, as it comes in a binary message. */
export interface PreviewFrame {
  header: PreviewHeader;
  /** Counts of ALL pixels of the frame, whatever the picture covers: bin k holds [origin + k * width, origin + (k + 1) * width). */
  histogram: Uint32Array;
  /**
   * The picture's pixels, rows without gaps, little-endian, in the pixel type; or, where whoever asked named `encodings`, encoded as
   * `header.adaptation` says. They share memory with the message.
   */
  pixels: Uint8Array;
}

/** The bytes are no preview message of this version. */
export class PreviewFormatError extends Error {
  override readonly name = "PreviewFormatError";
}

/** @throws PreviewFormatError where the message is not a preview of this version, whole and exact. */
export function parsePreviewFrame(message: ArrayBuffer | Uint8Array): PreviewFrame {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.byteLength < PREVIEW_HEADER_BYTES) throw new PreviewFormatError("shorter than its header");
  const view = previewHeaderView(bytes);
  const read = <F extends PreviewHeaderField>(field: F) => readHeaderField(view, field);
  if (read("magic") !== PREVIEW_MAGIC) throw new PreviewFormatError("not a preview");
  const version = read("version");
  const adapted = version === PREVIEW_ADAPTED_VERSION;
  if (!adapted && version !== PREVIEW_VERSION) {
    throw new PreviewFormatError(`version ${version}, not ${PREVIEW_VERSION} or ${PREVIEW_ADAPTED_VERSION}`);
  }
  const headerBytes = read("header_bytes");
  if (headerBytes !== headerBytesOf(adapted) || bytes.byteLength < headerBytes) {
    throw new PreviewFormatError(`a header of ${headerBytes} bytes`);
  }
  const pixelType = previewPixelTypes[read("pixel_type")];
  if (pixelType === undefined) throw new PreviewFormatError(`pixel type ${read("pixel_type")}`);
  const reduction = reductions[read("reduction")];
  if (reduction === undefined) throw new PreviewFormatError(`reduction ${read("reduction")}`);
  const width = read("width");
  const height = read("height");
  const bins = read("histogram_bins");
  if (bins > MAX_BINS) throw new PreviewFormatError(`${bins} bins`);
  const pixelsAt = headerBytes + 4 * bins;
  const adaptation = adapted ? readAdaptation(view) : null;
  const plainBytes = width * height * bytesPerPixel[pixelType];
  const payloadBytes = adapted ? read("payload_bytes") : plainBytes;
  if (adaptation?.encoding === "raw" && payloadBytes !== plainBytes) {
    throw new PreviewFormatError(`${payloadBytes} bytes for ${width} x ${height} pixels of ${pixelType}`);
  }
  const expected = pixelsAt + payloadBytes;
  if (bytes.byteLength !== expected) {
    throw new PreviewFormatError(`${bytes.byteLength} bytes where the header promises ${expected}`);
  }
  const frameIndex = read("frame_index");
  const histogram = new Uint32Array(bins);
  for (let bin = 0; bin < bins; bin++) histogram[bin] = view.getUint32(headerBytes + 4 * bin, true);
  return {
    header: {
      subscription: read("subscription"),
      stream: read("stream"),
      pixelType,
      reduction,
      scale: read("scale"),
      run: read("run"),
      width,
      height,
      frameWidth: read("frame_width"),
      frameHeight: read("frame_height"),
      region: {
        x: read("region_x"),
        y: read("region_y"),
        width: read("region_width"),
        height: read("region_height"),
      },
      hardwareFrameId: Number(read("hardware_frame_id")),
      frameIndex: frameIndex === NOT_SAVED ? null : Number(frameIndex),
      hardwareClockNs: read("hardware_clock_ns"),
      unixMs: read("unix_ms"),
      histogramOrigin: read("histogram_origin"),
      histogramBinWidth: read("histogram_bin_width"),
      histogramBins: bins,
      saturatedPixels: read("saturated_pixels"),
      skipped: Number(read("skipped")),
      minimum: read("minimum"),
      maximum: read("maximum"),
      adaptation,
    },
    histogram,
    pixels: bytes.subarray(pixelsAt),
  };
}

function headerBytesOf(adapted: boolean): number {
  return PREVIEW_HEADER_BYTES + (adapted ? PREVIEW_ADAPTED_HEADER_BYTES : 0);
}

function readAdaptation(view: DataView): PictureAdaptation {
  const encoding = previewEncodings[readHeaderField(view, "encoding")];
  if (encoding === undefined) throw new PreviewFormatError(`encoding ${readHeaderField(view, "encoding")}`);
  const reduced = readHeaderField(view, "reduced");
  const [minimum, maximum] = [readHeaderField(view, "window_minimum"), readHeaderField(view, "window_maximum")];
  const approximate = readHeaderField(view, "bits") !== 0;
  if (reduced < 1 || approximate !== (encoding === "jpeg") || (approximate && !(maximum > minimum))) {
    throw new PreviewFormatError("a picture that does not say how it was made smaller");
  }
  return { encoding, reduced, window: approximate ? { minimum, maximum } : null };
}

/** Makes the binary message of a picture. `histogramBins` follows from the histogram. */
export function encodePreviewFrame(frame: PreviewFrame): Uint8Array<ArrayBuffer> {
  const { header, histogram, pixels } = frame;
  const { pixelType, reduction, region, frameIndex, adaptation } = header;
  const headerBytes = headerBytesOf(adaptation !== null);
  const message = new Uint8Array(headerBytes + 4 * histogram.length + pixels.byteLength);
  const view = previewHeaderView(message);
  const values: Omit<PreviewHeaderValues, keyof typeof previewAdaptedFields> = {
    magic: PREVIEW_MAGIC,
    version: adaptation === null ? PREVIEW_VERSION : PREVIEW_ADAPTED_VERSION,
    header_bytes: headerBytes,
    subscription: header.subscription,
    stream: header.stream,
    pixel_type: previewPixelTypes.indexOf(pixelType),
    reduction: reductions.indexOf(reduction),
    scale: header.scale,
    run: header.run,
    width: header.width,
    height: header.height,
    frame_width: header.frameWidth,
    frame_height: header.frameHeight,
    region_x: region.x,
    region_y: region.y,
    region_width: region.width,
    region_height: region.height,
    hardware_frame_id: BigInt(header.hardwareFrameId),
    frame_index: frameIndex === null ? NOT_SAVED : BigInt(frameIndex),
    hardware_clock_ns: header.hardwareClockNs,
    unix_ms: header.unixMs,
    histogram_origin: header.histogramOrigin,
    histogram_bin_width: header.histogramBinWidth,
    histogram_bins: histogram.length,
    saturated_pixels: header.saturatedPixels,
    skipped: BigInt(header.skipped),
    minimum: header.minimum,
    maximum: header.maximum,
  };
  writeHeaderFields(view, values);
  if (adaptation !== null) {
    const { encoding, reduced, window } = adaptation;
    writeHeaderFields(view, {
      encoding: previewEncodings.indexOf(encoding),
      bits: window ? 8 : 0,
      reduced,
      payload_bytes: pixels.byteLength,
      window_minimum: window?.minimum ?? 0,
      window_maximum: window?.maximum ?? 0,
    });
  }
  histogram.forEach((count, bin) => view.setUint32(headerBytes + 4 * bin, count, true));
  message.set(pixels, headerBytes + 4 * histogram.length);
  return message;
}

/** The pixels as numbers, where they are not encoded. It copies them only where they do not lie at a multiple of their size in the message. */
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
