import jsqr from "jsqr";
import { expect, test } from "vitest";

import { terminalQr } from "./terminal-qr.ts";

const LINK = `https://microscope-2.local:8421/#pair=${"Zk0aB4nM7xR2tY9wLd6vHs"}&pin=${"c".repeat(43)}`;

/** What a camera sees of the lines: each character is one module wide and two high. */
function seen(lines: readonly string[], pixels: number): { data: Uint8ClampedArray; width: number; height: number } {
  const plain = lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, ""));
  const [width, height] = [(plain[0]?.length ?? 0) * pixels, plain.length * 2 * pixels];
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const row = Math.floor(y / pixels);
      const character = plain[row >> 1]?.[Math.floor(x / pixels)] ?? " ";
      if ((row % 2 === 0 ? "▀█" : "▄█").includes(character)) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  return { data, width, height };
}

test("a pairing link fits a terminal of 80 columns, and is what a camera reads", () => {
  const lines = terminalQr(LINK, 80)?.split("\n") ?? [];
  const { data, width, height } = seen(lines, 4);
  expect(width / 4).toBeLessThanOrEqual(80);
  expect(jsqr(data, width, height)?.data).toBe(LINK);
});

test("each line sets its own colours, black on white, and takes them back", () => {
  for (const line of terminalQr(LINK, 80)?.split("\n") ?? [])
    expect(line).toMatch(/^\u001b\[38;5;16;48;5;231m[ ▀▄█]+\u001b\[0m$/);
});

test("where it does not fit there is none", () => {
  expect(terminalQr(LINK, 40)).toBeNull();
});
