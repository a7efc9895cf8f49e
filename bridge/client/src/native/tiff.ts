import { type PreviewFrame, bytesPerPixel } from "@zarrcam/protocol";

const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const RATIONAL = 5;
const CENTIMETRE = 3;
const CENTIMETRE_UM = 10_000;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;

/**
 * One frame as a baseline TIFF: little-endian, one strip, uncompressed, the stamp as JSON in ImageDescription.
 *
 * @param pixelScaleUm size of a pixel along x and y, µm; 0: not calibrated, and no resolution is claimed.
 */
export function encodeTiff({ header, pixels }: PreviewFrame, pixelScaleUm: readonly [number, number]): Uint8Array {
  const { pixelType, width, height } = header;
  const bits = 8 * bytesPerPixel[pixelType];
  const sampleFormat = pixelType === "F32" ? 3 : pixelType === "I8" || pixelType === "I16" ? 2 : 1;
  const description = new TextEncoder().encode(
    JSON.stringify({
      hardware_frame_id: header.hardwareFrameId,
      hardware_clock_ns: Number(header.hardwareClockNs),
      host_clock_ms: header.hostClockMs,
      pixel_type: pixelType,
    }) + "\0",
  );
  // Tags in rising order, as TIFF 6.0 wants them. All but the description and the fractions fit into their entries.
  const resolution = pixelScaleUm.every((um) => um > 0) ? pixelScaleUm.map(pixelsPerCentimetre) : [];
  const tagCount = resolution.length > 0 ? 14 : 11;
  const resolutionAt = HEADER_BYTES + 2 + tagCount * ENTRY_BYTES + 4;
  const descriptionAt = resolutionAt + 8 * resolution.length;
  // Even, for TIFF's sake, and aligned for whoever maps the file.
  const pixelsAt = Math.ceil((descriptionAt + description.length) / 8) * 8;
  const tags: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, 1, bits],
    [259, SHORT, 1, 1], // not compressed
    [262, SHORT, 1, 1], // black is zero
    [270, ASCII, description.length, descriptionAt],
    [273, LONG, 1, pixelsAt],
    [277, SHORT, 1, 1],
    [278, LONG, 1, height],
    [279, LONG, 1, pixels.byteLength],
    ...(resolution.length > 0
      ? ([
          [282, RATIONAL, 1, resolutionAt],
          [283, RATIONAL, 1, resolutionAt + 8],
          [296, SHORT, 1, CENTIMETRE],
        ] as [number, number, number, number][])
      : []),
    [339, SHORT, 1, sampleFormat],
  ];
  const file = new Uint8Array(pixelsAt + pixels.byteLength);
  const view = new DataView(file.buffer);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, 42, true);
  view.setUint32(4, HEADER_BYTES, true);
  view.setUint16(HEADER_BYTES, tags.length, true);
  tags.forEach(([tag, type, count, value], index) => {
    const at = HEADER_BYTES + 2 + index * ENTRY_BYTES;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    if (type === SHORT) view.setUint16(at + 8, value, true);
    else view.setUint32(at + 8, value, true);
  });
  resolution.flat().forEach((part, index) => view.setUint32(resolutionAt + 4 * index, part, true));
  file.set(description, descriptionAt);
  file.set(pixels, pixelsAt);
  return file;
}

const MOST = 2 ** 32 - 1;

/** Numerator and denominator, the nearest of 32 bits: continued fractions. */
function pixelsPerCentimetre(um: number): [number, number] {
  const wanted = CENTIMETRE_UM / um;
  let [before, now]: [number, number][] = [
    [0, 1],
    [1, 0],
  ];
  for (let rest = wanted; ; rest = 1 / (rest - Math.floor(rest))) {
    const whole = Math.floor(rest);
    const next: [number, number] = [now![0] * whole + before![0], now![1] * whole + before![1]];
    if (!next.every((part) => part <= MOST)) break;
    [before, now] = [now, next];
    if (Math.abs(next[0] / next[1] - wanted) <= wanted * Number.EPSILON) break;
  }
  return now!;
}
