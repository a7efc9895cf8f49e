import { type PreviewHeader, previewPixelTypes } from "@zarrcam/protocol";
import { describe, expect, it } from "vitest";

import { decoded, isEncoded, valuesOf } from "./decode-picture.ts";
import { windowOf } from "./picture-window.ts";
import { defaultDisplay } from "../core/display-settings.ts";

/** As a canvas gives them. */
const rgba = (...grays: number[]) => Uint8ClampedArray.from(grays.flatMap((gray) => [gray, gray, gray, 255]));
const header = { width: 3, height: 1, pixelType: "U16", adaptation: null } as unknown as PreviewHeader;
const histogram = new Uint32Array();

describe("values of grays", () => {
  it("lie in the window, whole where the type has no others", () => {
    const window = { minimum: 100, maximum: 355 };
    const words = new Uint16Array(valuesOf(rgba(0, 1, 255), "U12", window).buffer);
    expect([...words]).toEqual([100, 101, 355]);
    const floats = new Float32Array(valuesOf(rgba(0, 51, 255), "F32", { minimum: -1, maximum: 1 }).buffer);
    expect([...floats].map((value) => Number(value.toFixed(3)))).toEqual([-1, -0.6, 1]);
    const signed = new Int16Array(valuesOf(rgba(0, 255), "I16", { minimum: -300, maximum: 300 }).buffer);
    expect([...signed]).toEqual([-300, 300]);
  });

  it.each(previewPixelTypes)("have the size of %s", (pixelType) => {
    const bytes = { U8: 1, I8: 1, F32: 4 }[pixelType as string] ?? 2;
    expect(valuesOf(rgba(1, 2, 3), pixelType, { minimum: 0, maximum: 255 })).toHaveLength(3 * bytes);
  });
});

describe("decoding", () => {
  it("leaves what is not encoded as it is", async () => {
    const plain = { header, histogram, pixels: new Uint8Array(6) };
    expect(isEncoded(plain)).toBe(false);
    expect(await decoded(plain)).toBe(plain);
    const smaller = { ...header, adaptation: { encoding: "raw", reduced: 2, window: null } } as const;
    expect(isEncoded({ ...plain, header: smaller })).toBe(false);
  });

  it("opens a Blosc container, and refuses one that holds something else", async () => {
    // Stored as it was: header, then six bytes.
    const stored = [2, 1, 0x02, 2, 6, 0, 0, 0, 6, 0, 0, 0, 22, 0, 0, 0, 1, 0, 2, 0, 3, 0];
    const packed = { ...header, adaptation: { encoding: "blosc", reduced: 1, window: null } } as const;
    const frame = { header: packed, histogram, pixels: Uint8Array.from(stored) };
    expect(isEncoded(frame)).toBe(true);
    expect([...(await decoded(frame)).pixels]).toEqual([1, 0, 2, 0, 3, 0]);
    await expect(decoded({ ...frame, header: { ...packed, width: 4 } })).rejects.toThrow(/its shape takes 8/);
  });
});

it("a window is the contrast that was set, for one channel", () => {
  const display = { ...defaultDisplay("U16"), auto: false, min: 10, max: 20 };
  expect(windowOf([display])).toEqual({ minimum: 10, maximum: 20 });
  expect(windowOf([{ ...display, auto: true }])).toBeNull();
  expect(windowOf([display, display])).toBeNull();
  expect(windowOf([{ ...display, max: 10 }])).toBeNull();
});
