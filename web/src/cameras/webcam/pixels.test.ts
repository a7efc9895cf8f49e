import { describe, expect, it } from "vitest";

import { type VideoPixels, convert, isKnownFormat, planesOf, tightLayout, videoBytes } from "./pixels.ts";

/** 3 x 2 px: odd sides, as chroma has half of them, rounded up. */
const [width, height] = [3, 2];
const Y = [16, 235, 81, 145, 41, 126];
const [U, V] = [
  [128, 240],
  [128, 110],
];

function of(format: VideoPixels["format"], bytes: number[], more: Partial<VideoPixels> = {}): VideoPixels {
  expect(bytes.length).toBe(videoBytes(format, width, height));
  return { format, width, height, bytes: Uint8Array.from(bytes), ...more };
}
function made(video: VideoPixels, look: "gray" | "RGB"): number[] {
  const planes = new Uint8Array(video.width * video.height * planesOf(look)).fill(77);
  convert(video, look, planes);
  return [...planes];
}
const i420 = (more: Partial<VideoPixels> = {}) => of("I420", [...Y, ...U, ...V], more);
const nv12 = (more: Partial<VideoPixels> = {}) => of("NV12", [...Y, 128, 128, 240, 110], more);

describe("gray", () => {
  it("is the video's own luma, untouched", () => {
    expect(made(i420(), "gray")).toEqual(Y);
    expect(made(nv12(), "gray")).toEqual(Y);
  });

  it("is the luma of BT.601 where the video comes as colours", () => {
    const red = [255, 0, 0, 9];
    const green = [0, 255, 0, 9];
    const blue = [0, 0, 255, 9];
    const [white, black, any] = [
      [255, 255, 255, 9],
      [0, 0, 0, 9],
      [10, 20, 30, 9],
    ];
    const rgba = [red, green, blue, white, black, any].flat();
    const luma = [76, 150, 29, 255, 0, 18];
    expect(made(of("RGBA", rgba), "gray")).toEqual(luma);
    expect(made(of("RGBX", rgba), "gray")).toEqual(luma);
    const bgra = [blue, green, red, white, black, [30, 20, 10, 9]].flat();
    expect(made(of("BGRA", bgra), "gray")).toEqual(luma);
    expect(made(of("BGRX", bgra), "gray")).toEqual(luma);
  });
});

describe("colours", () => {
  it("lie in three planes, one behind the other", () => {
    const pixels = [1, 2, 3, 4, 5, 6].map((value) => [value, value + 10, value + 20, 255]);
    const planes = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26];
    expect(made(of("RGBA", pixels.flat()), "RGB")).toEqual(planes);
    const turned = pixels.flatMap(([red = 0, green = 0, blue = 0]) => [blue, green, red, 0]);
    expect(made(of("BGRX", turned), "RGB")).toEqual(planes);
  });

  /** What the formulas of BT.601 and BT.709 give, computed by real numbers. */
  function expected({ matrix = "bt601", fullRange = false }: Partial<VideoPixels>): number[] {
    const [kr, kb] = matrix === "bt601" ? [0.299, 0.114] : [0.2126, 0.0722];
    const colours = Y.map((y, pixel) => {
      const chroma = pixel % width < 2 ? 0 : 1;
      const luma = fullRange ? y : ((y - 16) * 255) / 219;
      const scale = fullRange ? 1 : 255 / 224;
      const cb = ((U[chroma] ?? 0) - 128) * scale;
      const cr = ((V[chroma] ?? 0) - 128) * scale;
      const red = luma + 2 * (1 - kr) * cr;
      const blue = luma + 2 * (1 - kb) * cb;
      return [red, (luma - kr * red - kb * blue) / (1 - kr - kb), blue];
    });
    return [0, 1, 2].flatMap((plane) =>
      colours.map((colour) => Math.min(255, Math.max(0, Math.round(colour[plane] ?? 0)))),
    );
  }

  it.each([
    { matrix: "bt601", fullRange: false },
    { matrix: "bt601", fullRange: true },
    { matrix: "bt709", fullRange: false },
    { matrix: "bt709", fullRange: true },
  ] as const)("of luma and chroma are those of $matrix, full range $fullRange", (more) => {
    const right = expected(more);
    for (const video of [i420(more), nv12(more)]) {
      const planes = made(video, "RGB");
      expect(planes.length).toBe(right.length);
      planes.forEach((value, at) => {
        expect(Math.abs(value - (right[at] ?? -9)), `${video.format}, ${at}`).toBeLessThanOrEqual(1);
      });
    }
    expect(made(i420(more), "RGB")).toEqual(made(nv12(more), "RGB"));
  });

  it("know black and white of the usual range", () => {
    const gray = of("I420", [16, 235, 16, 235, 16, 235, 128, 128, 128, 128]);
    expect(made(gray, "RGB")).toEqual([0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255]);
  });
});

it("planes lie tight, each behind the one before", () => {
  expect(tightLayout("I420", 3, 2)).toEqual([
    { offset: 0, stride: 3 },
    { offset: 6, stride: 2 },
    { offset: 8, stride: 2 },
  ]);
  expect(tightLayout("NV12", 3, 2)).toEqual([
    { offset: 0, stride: 3 },
    { offset: 6, stride: 4 },
  ]);
  expect(tightLayout("BGRX", 3, 2)).toEqual([{ offset: 0, stride: 12 }]);
  expect([isKnownFormat("NV12"), isKnownFormat("I444"), isKnownFormat(null)]).toEqual([true, false, false]);
});
