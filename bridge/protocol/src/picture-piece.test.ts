import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { isPicturePiece, parsePicturePiece, picturePiece, picturePieceFields } from "./picture-piece.ts";
import { PreviewFormatError } from "./preview-frame.ts";

const PIECE = { subscription: 7, begin: 300, pictureBytes: 305, bytes: new Uint8Array([1, 2, 3, 4, 5]) };

test("is laid out as the specification says", () => {
  const hex = Buffer.from(picturePiece(PIECE)).toString("hex");
  expect(hex).toBe("5a435050010020000700000000000000" + "2c010000000000003101000000000000" + "0102030405");
  const within = new Uint8Array(50);
  within.set(picturePiece(PIECE), 3);
  expect(parsePicturePiece(within.subarray(3, 40))).toEqual(PIECE);
});

test.each([
  ["no piece", (message: Uint8Array) => message.fill(0, 0, 4)],
  ["another version", (message: Uint8Array) => message.fill(2, 4, 5)],
  ["more than the picture has", (message: Uint8Array) => message.fill(0xff, 16, 17)],
  ["a picture that nobody makes", (message: Uint8Array) => message.fill(0xff, 24, 32)],
])("%s is refused", (_what, spoil) => {
  expect(() => parsePicturePiece(spoil(picturePiece(PIECE)))).toThrow(PreviewFormatError);
});

test("a whole picture is none, nor is a short message", () => {
  expect(isPicturePiece(new Uint8Array(400))).toBe(false);
  expect(isPicturePiece(picturePiece(PIECE).subarray(0, 20))).toBe(false);
});

test("the specification has its fields at these offsets", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.split(/^###? /m).find((text) => text.startsWith("Pieces")) ?? "";
  const rows = [...section.matchAll(/^\| (\d+) \| (u\d+) \|/gm)].map(([, at, number]) => [Number(at), number]);
  expect(rows).toEqual(Object.values(picturePieceFields).map(({ at, number }) => [at, number]));
});
