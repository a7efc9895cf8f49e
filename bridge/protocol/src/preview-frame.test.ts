import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  type PreviewFrame,
  PreviewFormatError,
  encodePreviewFrame,
  parsePreviewFrame,
  previewPixels,
  bytesPerPixel,
} from "./preview-frame.ts";
import { previewAdaptedFields, previewHeaderFields, previewPixelTypes } from "./preview-header.ts";
import { readPreviewSize } from "./preview-stamp.ts";

/** 3 x 2 pixels U12 of a frame of 6 x 4, four bins: written down by hand from the table in README.md. */
const literal = Uint8Array.from([
  ...[0x5a, 0x43, 0x50, 0x56], // "ZCPV"
  ...[0x01, 0x00], // version
  ...[0x80, 0x00], // header bytes
  ...[0x07, 0x00, 0x00, 0x00], // subscription
  ...[0x01, 0x00, 0x00, 0x00], // stream
  ...[0x06, 0x01, 0x02, 0x00], // U12, mean, of 2 x 2
  ...[0x09, 0x00, 0x00, 0x00], // run
  ...[0x03, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00], // 3 x 2
  ...[0x06, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00], // of 6 x 4
  ...[0x10, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00], // region at 16, 32
  ...[0x06, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00], // of 6 x 4
  ...[0x2a, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00], // frame 2^32 + 42
  ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // not saved
  ...[0x15, 0x81, 0xe9, 0x7d, 0xf4, 0x10, 0x22, 0x11], // 1234567890123456789 ns
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0x3f], // 1.5 ms
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x24, 0xc0], // histogram from -10
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x40], // in steps of 4
  ...[0x04, 0x00, 0x00, 0x00], // bins
  ...[0x03, 0x00, 0x00, 0x00], // saturated
  ...[0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00], // skipped
  ...[0x00, 0x00, 0x20, 0xc1, 0x00, 0x00, 0xa0, 0x40], // -10 to 5
  ...[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x12, 0, 0, 0], // histogram
  ...[0x01, 0x00, 0x02, 0x00, 0x03, 0x00, 0xff, 0x0f, 0x00, 0x00, 0x34, 0x02], // pixels
]);
const parsed: PreviewFrame["header"] = {
  subscription: 7,
  stream: 1,
  pixelType: "U12",
  reduction: "mean",
  scale: 2,
  run: 9,
  width: 3,
  height: 2,
  frameWidth: 6,
  frameHeight: 4,
  region: { x: 16, y: 32, width: 6, height: 4 },
  hardwareFrameId: 2 ** 32 + 42,
  frameIndex: null,
  hardwareClockNs: 1234567890123456789n,
  unixMs: 1.5,
  histogramOrigin: -10,
  histogramBinWidth: 4,
  histogramBins: 4,
  saturatedPixels: 3,
  skipped: 5,
  minimum: -10,
  maximum: 5,
  adaptation: null,
};
/** The same, made smaller for the network: five bytes of a JPEG. */
const adapted = Uint8Array.from([
  ...literal.slice(0, 4),
  ...[0x02, 0x00, 0x98, 0x00], // version, header bytes
  ...literal.slice(8, 128),
  ...[0x02, 0x08, 0x02, 0x00], // JPEG, 8 bits, half as large
  ...[0x05, 0x00, 0x00, 0x00], // bytes
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x24, 0xc0], // gray 0 is -10
  ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0x40], // gray 255 is 5
  ...literal.slice(128, 144),
  ...[0xff, 0xd8, 0x01, 0x02, 0x03],
]);

describe("preview message", () => {
  test("reads the literal bytes", () => {
    const frame = parsePreviewFrame(literal);
    expect(frame.header).toEqual(parsed);
    expect([...frame.histogram]).toEqual([1, 2, 3, 0x12]);
    expect([...previewPixels(frame)]).toEqual([1, 2, 3, 4095, 0, 564]);
  });

  test("writes the literal bytes", () => {
    const pixels = literal.slice(128 + 16);
    expect(encodePreviewFrame({ header: parsed, histogram: Uint32Array.of(1, 2, 3, 0x12), pixels })).toEqual(literal);
  });

  test("reads and writes the literal bytes of a picture that was made smaller", () => {
    const frame = parsePreviewFrame(adapted);
    const adaptation = { encoding: "jpeg", reduced: 2, window: { minimum: -10, maximum: 5 } } as const;
    expect(frame.header).toEqual({ ...parsed, adaptation });
    expect([...frame.histogram, ...frame.pixels]).toEqual([1, 2, 3, 0x12, 0xff, 0xd8, 1, 2, 3]);
    expect(encodePreviewFrame(frame)).toEqual(adapted);
    const size = { width: 3, height: 2, bytesPerPixel: 2 };
    expect(readPreviewSize(adapted)).toEqual({ ...size, encoding: "jpeg", reduced: 2, payloadBytes: 5 });
    expect(readPreviewSize(literal)).toEqual({ ...size, encoding: "raw", reduced: 1, payloadBytes: 12 });
  });

  test("reads a message that lies at an odd address", () => {
    const shifted = new Uint8Array(literal.length + 1);
    shifted.set(literal, 1);
    const frame = parsePreviewFrame(shifted.subarray(1));
    expect(frame.header).toEqual(parsed);
    expect([...previewPixels(frame)]).toEqual([1, 2, 3, 4095, 0, 564]);
  });

  const with_ = (at: number, value: number) => literal.map((byte, index) => (index === at ? value : byte));
  const adaptedWith = (at: number, value: number) => adapted.map((byte, index) => (index === at ? value : byte));
  test.each([
    ["another magic", with_(0, 0)],
    ["another version", with_(4, 3)],
    ["a header that is too short for its version", with_(4, 2)],
    ["an unknown encoding", adaptedWith(128, 3)],
    ["approximate values of raw pixels", adaptedWith(128, 0)],
    ["JPEG that loses nothing", adaptedWith(129, 0)],
    ["a picture that is none", adaptedWith(130, 0)],
    ["a longer payload", adaptedWith(132, 6)],
    ["a window upside down", adaptedWith(143, 0x40)],
    ["half of the longer header", adapted.slice(0, 140)],
    ["another header size", with_(6, 0x84)],
    ["an unknown pixel type", with_(16, 8)],
    ["an unknown reduction", with_(17, 2)],
    ["another size", with_(24, 4)],
    ["more bins than there is", with_(104, 5)],
    ["absurdly many bins", with_(107, 0xff)],
    ["a byte too few", literal.slice(0, -1)],
    ["a byte too many", Uint8Array.of(...literal, 0)],
    ["half a header", literal.slice(0, 127)],
    ["nothing", new Uint8Array()],
  ])("refuses %s", (_what, message) => {
    expect(() => parsePreviewFrame(message)).toThrow(PreviewFormatError);
  });

  test("throws nothing but its own error, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(167), fc.boolean(), (noise, keep, plain) => {
        const message = Uint8Array.of(...(plain ? literal : adapted).slice(0, keep), ...noise);
        try {
          parsePreviewFrame(message);
        } catch (error) {
          if (!(error instanceof PreviewFormatError)) throw error;
        }
      }),
    );
  });

  test.each(previewPixelTypes)("carries %s there and back", (pixelType) => {
    const pixels = Uint8Array.from({ length: 6 * bytesPerPixel[pixelType] }, (_, at) => at);
    const frameIndex = 3;
    const message = encodePreviewFrame({
      header: { ...parsed, pixelType, frameIndex },
      histogram: new Uint32Array(4),
      pixels,
    });
    const frame = parsePreviewFrame(message);
    expect(frame.header).toEqual({ ...parsed, pixelType, frameIndex });
    expect(frame.pixels).toEqual(pixels);
    expect(previewPixels(frame)).toHaveLength(6);
  });

  test("the specification has the fields at these offsets", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const section = readme.split(/^## /m).find((text) => text.startsWith("Previews")) ?? "";
    const rows = [...section.matchAll(/^\| (\d+) \| ([uf]\d+) \|/gm)].map(([, at, type = ""]) => ({
      at: Number(at),
      bytes: Number(type.slice(1)) / 8,
    }));
    const fields = [...Object.values(previewHeaderFields), ...Object.values(previewAdaptedFields)];
    expect(rows.map(({ at }) => at)).toEqual(fields.map(({ offset }) => offset));
    expect(rows.at(0)?.at).toBe(0);
    rows.slice(1).forEach((row, index) => expect(row.at).toBe(rows[index]!.at + rows[index]!.bytes));
    expect(rows.at(-1)!.at + rows.at(-1)!.bytes).toBe(152);
  });
});
