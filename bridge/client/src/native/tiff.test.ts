import { expect, test } from "vitest";

import type { PreviewFrame } from "@zarrcam/protocol";

import { encodeTiff } from "./tiff.ts";

const frame = {
  header: { pixelType: "U16", width: 3, height: 2, hardwareFrameId: 7, hardwareClockNs: 9n, hostClockMs: 1 },
  pixels: new Uint8Array(12).map((_, at) => at),
} as unknown as PreviewFrame;

/** Tag to its value, a fraction's parts where it is one. */
function tags(file: Uint8Array): Map<number, number | [number, number]> {
  const view = new DataView(file.buffer);
  const at = view.getUint32(4, true);
  const entries = Array.from({ length: view.getUint16(at, true) }, (_, index) => at + 2 + 12 * index);
  return new Map(
    entries.map((entry) => {
      const [kind, value] = [view.getUint16(entry + 2, true), view.getUint32(entry + 8, true)];
      const told: number | [number, number] =
        kind === 5 ? [view.getUint32(value, true), view.getUint32(value + 4, true)] : value;
      return [view.getUint16(entry, true), told];
    }),
  );
}

test.each([
  [0.25, 0.108, [40_000, 1], [2_500_000, 27]],
  [1, 30_000, [10_000, 1], [1, 3]],
])("a pixel of %d x %d µm is said in pixels a centimetre", (x, y, acrossTold, downTold) => {
  const told = tags(encodeTiff(frame, [x, y]));
  expect([told.get(282), told.get(283), told.get(296)]).toEqual([acrossTold, downTold, 3]);
  expect([...told.keys()]).toEqual([...told.keys()].sort((one, other) => one - other));
});

test("nothing is claimed of a pixel that is not calibrated", () => {
  for (const scale of [
    [0, 0],
    [0.25, 0],
  ] as const) {
    const told = tags(encodeTiff(frame, scale));
    expect([282, 283, 296].some((tag) => told.has(tag))).toBe(false);
    expect(told.size).toBe(11);
  }
});

test("pixels lie where the strip says, whatever stands before them", () => {
  for (const scale of [
    [0, 0],
    [0.5, 0.5],
  ] as const) {
    const file = encodeTiff(frame, scale);
    const told = tags(file);
    const at = told.get(273) as number;
    expect(file.subarray(at, at + 12)).toEqual(frame.pixels);
  }
});
