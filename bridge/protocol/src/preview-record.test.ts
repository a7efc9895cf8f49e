import { readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import { PreviewFormatError } from "./preview-frame.ts";
import {
  PREVIEW_RECORD_HEADER_BYTES,
  filledUp,
  parsePreviewRecordHeader,
  previewRecordFields,
  previewRecordHeader,
  previewRecordKinds,
} from "./preview-record.ts";

/** Picture 2^32 + 3 of 1,000 bytes: written down by hand from the table in README.md. */
const literal = Uint8Array.from([
  ...[0x5a, 0x43, 0x50, 0x53], // "ZCPS"
  ...[0x01, 0x00], // version
  ...[0x20, 0x00], // header bytes
  ...[0x02, 0, 0, 0, 0, 0, 0, 0], // picture
  ...[0xe8, 0x03, 0, 0, 0, 0, 0, 0], // 1,000 bytes
  ...[0x03, 0, 0, 0, 0x01, 0, 0, 0], // number
]);
const with_ = (at: number, value: number) => literal.map((byte, index) => (index === at ? value : byte));

test("writes and reads the literal bytes", () => {
  expect(previewRecordHeader("picture", 1000, 2 ** 32 + 3)).toEqual(literal);
  expect(parsePreviewRecordHeader(literal)).toEqual({ kind: "picture", payloadBytes: 1000, picture: 2 ** 32 + 3 });
  const begin = Uint8Array.from([0x5a, 0x43, 0x50, 0x53, 1, 0, 32, 0, 1, ...new Uint8Array(23)]);
  expect(previewRecordHeader("begin")).toEqual(begin);
  expect(parsePreviewRecordHeader(begin)).toEqual({ kind: "begin", payloadBytes: 0, picture: 0 });
});

test("a kind of a later version is one to skip, with its bytes", () => {
  expect(parsePreviewRecordHeader(with_(8, 9))).toMatchObject({ kind: null, payloadBytes: 1000 });
});

test.each([
  ["another magic", with_(3, 0x56), "not a record"],
  ["another version", with_(4, 2), "version 2"],
  ["another header size", with_(6, 0x28), "header of 40 bytes"],
  ["more bytes than a picture can have", with_(19, 0x40), "a record of"],
])("refuses %s", (_what, header, why) => {
  expect(() => parsePreviewRecordHeader(header)).toThrow(PreviewFormatError);
  expect(() => parsePreviewRecordHeader(header)).toThrow(why);
});

test("fills up to a multiple of 8", () => {
  fc.assert(
    fc.property(fc.nat(1 << 28), (bytes) => {
      const filled = filledUp(bytes);
      expect([filled % 8, filled >= bytes, filled - bytes < 8]).toEqual([0, true, true]);
    }),
  );
  expect(PREVIEW_RECORD_HEADER_BYTES % 8).toBe(0);
});

test("the specification has every field and kind of a record", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.split(/^## /m).find((text) => text.startsWith("The stream of previews")) ?? "";
  const rows = [...section.matchAll(/^\| (\d+) \| (u\d+) \|/gm)].map(([, at, number]) => [Number(at), number]);
  expect(rows).toEqual(Object.values(previewRecordFields).map(({ at, number }) => [at, number]));
  for (const [name, number] of Object.entries(previewRecordKinds)) expect(section).toContain(`${number} ${name}`);
  expect(section).toContain(`a header of ${PREVIEW_RECORD_HEADER_BYTES} bytes`);
});
