import { type PreviewFrame, bytesPerPixel } from "@zarrcam/protocol";

const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;

/** One frame as a baseline TIFF: little-endian, one strip, uncompressed, the stamp as JSON in ImageDescription. */
export function encodeTiff({ header, pixels }: PreviewFrame): Uint8Array {
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
  // Tags in rising order, as TIFF 6.0 wants them. Every value but the description fits into its entry.
  const tagCount = 11;
  const descriptionAt = HEADER_BYTES + 2 + tagCount * ENTRY_BYTES + 4;
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
  file.set(description, descriptionAt);
  file.set(pixels, pixelsAt);
  return file;
}
