// What a bridge that means harm, or a broken one, sends to a page: pictures and records, and what is wrong with them.
import {
  type PreviewFrame,
  FrameFormatError,
  FrameRecordParser,
  PREVIEW_RECORD_HEADER_BYTES,
  PreviewFormatError,
  encodePreviewFrame,
  parsePreviewFrame,
  parsePreviewRecordHeader,
  previewRecordHeader,
} from "@zarrcam/protocol";
import fc from "fast-check";

const picture: PreviewFrame = {
  header: {
    subscription: 1,
    stream: 0,
    pixelType: "U16",
    reduction: "none",
    scale: 1,
    run: 1,
    width: 3,
    height: 2,
    frameWidth: 3,
    frameHeight: 2,
    region: { x: 0, y: 0, width: 3, height: 2 },
    hardwareFrameId: 7,
    frameIndex: 7,
    hardwareClockNs: 1n,
    unixMs: 1,
    histogramOrigin: 0,
    histogramBinWidth: 1,
    histogramBins: 2,
    saturatedPixels: 0,
    skipped: 0,
    minimum: 0,
    maximum: 1,
    adaptation: null,
  },
  histogram: Uint32Array.of(3, 3),
  pixels: new Uint8Array(12),
};

/** Of every frame: "ZCFR", version 1, 80 bytes, kind 1, then nothing but zeros. */
const frameRecord = Uint8Array.from([0x5a, 0x43, 0x46, 0x52, 1, 0, 80, 0, 1, ...new Uint8Array(71)]);

interface Kind {
  valid: Uint8Array;
  read: (bytes: Uint8Array) => void;
}
const KINDS: Kind[] = [
  { valid: encodePreviewFrame(picture), read: (bytes) => void parsePreviewFrame(bytes) },
  {
    valid: previewRecordHeader("picture", 100, 3),
    read: (bytes) => {
      if (bytes.length >= PREVIEW_RECORD_HEADER_BYTES) parsePreviewRecordHeader(bytes);
    },
  },
  {
    valid: frameRecord,
    read: (bytes) => {
      const parser = new FrameRecordParser();
      for (const part of [bytes.subarray(0, 33), bytes.subarray(33)])
        for (const event of parser.parse(part)) void event;
    },
  },
];

/** A message with some of its bytes others, longer or shorter, and who reads it. */
export const binaryMessage: fc.Arbitrary<{ bytes: Uint8Array; read: Kind["read"] }> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    bytes: fc.array(fc.tuple(fc.nat(200), fc.oneof(fc.constantFrom(0, 1, 2, 127, 128, 255), fc.nat(255))), {
      maxLength: 12,
    }),
    end: fc.option(fc.nat(200), { nil: null, freq: 4 }),
    tail: fc.uint8Array({ maxLength: 100 }),
  })
  .map(({ kind, bytes, end, tail }) => {
    const message = Buffer.concat([end === null ? kind.valid : kind.valid.subarray(0, end), tail]);
    for (const [at, value] of bytes) if (message.length > 0) message[at % message.length] = value;
    return { bytes: message, read: kind.read };
  });

/** Throws what a reader must not throw. */
export function readSafely({ bytes, read }: { bytes: Uint8Array; read: Kind["read"] }): void {
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof PreviewFormatError || error instanceof FrameFormatError)) throw error;
  }
}
