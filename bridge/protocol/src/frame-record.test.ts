import { readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import { FrameFormatError, type FrameEvent, FrameRecordParser, frameLossCauses } from "./frame-record.ts";
import { frameRecordFields, frameRecordKinds } from "./generated/frame-record.ts";

/** A header as bytes; its fields that are not given are 0. */
function record(
  fields: Partial<Record<keyof typeof frameRecordFields, number>>,
  payload: Uint8Array | string = "",
): Uint8Array {
  const after = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const bytes = new Uint8Array(80 + after.byteLength);
  const view = new DataView(bytes.buffer);
  const form = { magic: 0x5246435a, version: 1, header_bytes: 80, run: 7, width: 3, height: 2, frames_averaged: 1 };
  for (const [name, value] of Object.entries({ ...form, payload_bytes: after.byteLength, ...fields })) {
    const { offset, number } = frameRecordFields[name as keyof typeof frameRecordFields];
    if (number === "u8") view.setUint8(offset, value);
    else if (number === "u16") view.setUint16(offset, value, true);
    else if (number === "u32") view.setUint32(offset, value, true);
    else view.setBigUint64(offset, BigInt(value), true);
  }
  bytes.set(after, 80);
  return bytes;
}

const { begin, frame, lost, end } = frameRecordKinds;
const pixels = (frameIndex: number) => Uint8Array.from({ length: 6 }, (_, at) => 10 * frameIndex + at);
const aFrame = (frame_index: number) =>
  record({ kind: frame, frame_index, frames: 1, hardware_frame_id: frame_index + 100 }, pixels(frame_index));
const stream = [
  record({ kind: begin, frame_index: 4, frames: 9, unix_ns: 1_000_000_007, flags: 1 }, "run-1"),
  aFrame(4),
  record({ kind: lost, frame_index: 5, frames: 2, hardware_frame_id: 105, cause: 4 }),
  record({ kind: 99 }, "a later version's"),
  aFrame(7),
  aFrame(8),
  record({ kind: end, frame_index: 9, frames: 2, end: 3 }, "disk full"),
];
const whole = join(stream);

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Events with pixels of their own, as the parser uses its buffer again. */
function parse(...parts: Uint8Array[]): FrameEvent[] {
  const parser = new FrameRecordParser();
  const events: FrameEvent[] = [];
  for (const part of parts) {
    for (const event of parser.parse(part)) {
      events.push(event.kind === "frame" ? { ...event, pixels: event.pixels.slice() } : event);
    }
  }
  return events;
}

const form = { runNumber: 7, pixelType: "U8", width: 3, height: 2, framesAveraged: 1 };
const received = (frameIndex: number) => ({
  kind: "frame",
  ...form,
  frameIndex,
  hardwareFrameId: frameIndex + 100,
  hardwareClockNs: 0n,
  unixNs: 0n,
  bytes: 6,
  pixels: pixels(frameIndex),
});
const expected = [
  {
    kind: "begin",
    ...form,
    runId: "run-1",
    firstFrameIndex: 4,
    frameLimit: 9,
    startedNs: 1_000_000_007n,
    backPressure: true,
  },
  received(4),
  { kind: "lost", firstFrameIndex: 5, count: 2, hardwareFrameId: 105, cause: "client" },
  received(7),
  received(8),
  { kind: "end", capturedEnd: 9, lost: 2, end: "failed", reason: "disk full" },
];

test("the records of the specification are read", () => {
  expect(parse(whole)).toEqual(expected);
});

test("a frame is whole where its memory grows while it comes, and the view that was given is gone", () => {
  let memory = new ArrayBuffer(32);
  const parser = new FrameRecordParser(({ bytes }) => new Uint8Array(memory, 16, bytes));
  const events: FrameEvent[] = [];
  for (const byte of whole) {
    for (const event of parser.parse(Uint8Array.of(byte)))
      events.push(event.kind === "frame" ? { ...event, pixels: event.pixels.slice() } : event);
    // As when memory of WebAssembly grows.
    if (events.length === 3) memory = structuredClone(memory, { transfer: [memory] });
  }
  expect(events).toEqual(expected);
});

test("the bytes that the core writes are read: the same that its own test has", () => {
  const tail = "030000000200000001000000";
  const zero = "0000000000000000";
  const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
  const began = hex(
    `5a434652010050000100000007000000` +
      `050000000000000004000000000000000900000000000000${zero}${zero}07ca9a3b00000000${tail}0100000072756e2d31`,
  );
  const gone = hex(
    `5a434652010050000300040007000000${zero}040000000000000002000000000000006800000000000000${zero}${zero}${tail}00000000`,
  );
  const ended = hex(
    `5a4346520100500004000003070000000900000000000000060000000000000002000000000000000000000000000000${zero}${zero}${tail}00000000` +
      "6469736b2066756c6c",
  );
  expect(parse(began, gone, ended)).toEqual([
    expected[0],
    { kind: "lost", firstFrameIndex: 4, count: 2, hardwareFrameId: 104, cause: "client" },
    { kind: "end", capturedEnd: 6, lost: 2, end: "failed", reason: "disk full" },
  ]);
});

test("cut at every byte, and into single bytes, they are the same", () => {
  for (let at = 0; at <= whole.length; at++) expect(parse(whole.subarray(0, at), whole.subarray(at))).toEqual(expected);
  expect(parse(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test("pieces of any size, in memory that is used again, give the same", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(sizes, (counts) => {
      const parser = new FrameRecordParser();
      const memory = new Uint8Array(300);
      const events: FrameEvent[] = [];
      for (let at = 0, turn = 0; at < whole.length; turn++) {
        const count = Math.min(whole.length - at, counts[turn % counts.length]!);
        memory.set(whole.subarray(at, at + count));
        for (const event of parser.parse(memory.subarray(0, count))) {
          events.push(event.kind === "frame" ? { ...event, pixels: event.pixels.slice() } : event);
        }
        memory.fill(0xee);
        at += count;
      }
      expect(events).toEqual(expected);
      expect([parser.ended, parser.nextFrameIndex]).toEqual([true, 9]);
    }),
  );
});

test("every beginning of the stream that is not all of it has no end", () => {
  for (let at = 0; at < whole.length; at++) {
    const parser = new FrameRecordParser();
    for (const event of parser.parse(whole.subarray(0, at))) expect(event.kind).not.toBe("end");
    expect(parser.ended).toBe(false);
  }
});

test("pixels go where the reader wants them", () => {
  const memory = new Uint8Array(100);
  const parser = new FrameRecordParser(({ frameIndex, bytes }) => memory.subarray(frameIndex, frameIndex + bytes));
  for (const event of parser.parse(join(stream.slice(0, 2))))
    if (event.kind === "frame") expect(event.pixels.byteOffset).toBe(4);
  expect(memory.subarray(4, 10)).toEqual(pixels(4));
  const wrong = new FrameRecordParser(() => new Uint8Array(5));
  expect(() => [...wrong.parse(whole)]).toThrow(RangeError);
});

test("what is no stream of this version, or lies about itself, is refused", () => {
  const opened = stream[0]!;
  const refused: [string, Uint8Array[]][] = [
    ["not a record", [record({ kind: begin, magic: 1 })]],
    ["version 2", [record({ kind: begin, version: 2 })]],
    ["a header of 96", [record({ kind: begin, header_bytes: 96 })]],
    ["pixel type 8", [opened, record({ kind: frame, frame_index: 4, pixel_type: 8 }, pixels(4))]],
    ["6 bytes of pixels where 12", [opened, record({ kind: frame, frame_index: 4, pixel_type: 1 }, pixels(4))]],
    ["frame index 5 where 4", [opened, aFrame(5)]],
    ["where a beginning was due", [aFrame(4)]],
    ["frame index 4 where 5", [opened, aFrame(4), aFrame(4)]],
    ["a second beginning", [opened, opened]],
    ["for the reason 9", [opened, record({ kind: lost, frame_index: 4, frames: 1, cause: 9 })]],
    ["an end of kind 0", [opened, record({ kind: end, frame_index: 4 })]],
    ["1 frames lost in all, 0 told", [opened, record({ kind: end, end: 1, frame_index: 4, frames: 1 })]],
    ["after the last record", [whole, whole]],
    ["a text of 4294967296 bytes", [record({ kind: begin, payload_bytes: 2 ** 32 })]],
  ];
  for (const [why, parts] of refused) {
    expect(() => parse(...parts), why).toThrow(FrameFormatError);
    expect(() => parse(...parts)).toThrow(why);
  }
});

test("the specification has every field, kind and cause of a record", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.split(/^## /m).find((text) => text.startsWith("Every frame")) ?? "";
  const rows = [...section.matchAll(/^\| (\d+) \| (u\d+) \|/gm)].map(([, at, number]) => [Number(at), number]);
  expect(rows).toEqual(Object.values(frameRecordFields).map(({ offset, number }) => [offset, number]));
  for (const [name, number] of Object.entries(frameRecordKinds)) expect(section).toContain(`${number} ${name}`);
  const causes = [...section.matchAll(/^\| (\d) `(\w+)` \|/gm)].map(([, number, word]) => [number, word]);
  expect(Object.fromEntries(causes)).toEqual(frameLossCauses);
});
