import { beforeAll, expect, test } from "vitest";
import type { PreviewFrame } from "@zarrcam/protocol";
import { EVERY_MS, Pace, THUMBNAIL, Thumbnail } from "./thumbnail.ts";

beforeAll(() => {
  // Node has none.
  globalThis.ImageData ??= class {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8ClampedArray;
    constructor(width: number, height: number) {
      this.width = width;
      this.height = height;
      this.data = new Uint8ClampedArray(4 * width * height);
    }
  } as unknown as typeof ImageData;
});

function frame(id: number): PreviewFrame {
  const [width, height] = [64, 48];
  const header = {
    pixelType: "U8",
    width,
    height,
    scale: 1,
    reduction: "none",
    region: { x: 0, y: 0, width, height },
    frameWidth: width,
    frameHeight: height,
    hardwareFrameId: id,
    frameIndex: null,
    unixMs: 1000 * id,
    run: 1,
    skipped: 0,
    histogramOrigin: 0,
    histogramBinWidth: 1,
    saturatedPixels: 0,
    minimum: 0,
    maximum: 255,
  };
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => at % 256);
  return { header, histogram: new Uint32Array(256).fill(12), pixels } as unknown as PreviewFrame;
}

test("a small picture fits its box", () => {
  const thumbnail = new Thumbnail();
  thumbnail.take(frame(7), 0);
  const { image, unixMs } = thumbnail.picture ?? { image: { width: 0, height: 0 }, unixMs: 0 };
  expect([image.width <= THUMBNAIL.width, image.height <= THUMBNAIL.height, unixMs]).toEqual([true, true, 7000]);
});

test("a picture looks live only as long as the camera has nothing newer", () => {
  const thumbnail = new Thumbnail();
  expect(thumbnail.isLive(0)).toBe(false);
  thumbnail.begin(0);
  expect(thumbnail.isLive(0)).toBe(false);
  thumbnail.take(frame(1), 100);
  thumbnail.captured(10, 200);
  expect(thumbnail.isLive(200)).toBe(true);
  // A slow camera's picture is old, and the newest there is.
  thumbnail.captured(11, 60_000);
  expect(thumbnail.isLive(60_000)).toBe(true);
  thumbnail.captured(20, 60_500);
  expect(thumbnail.isLive(60_500)).toBe(false);
  thumbnail.take(frame(20), 60_600);
  expect(thumbnail.isLive(60_700)).toBe(true);
  // The connection broke, or nobody looked: what was live is a memory.
  thumbnail.rest();
  expect(thumbnail.isLive(60_701)).toBe(false);
  thumbnail.begin(70_000);
  expect(thumbnail.isLive(70_001)).toBe(false);
});

test("however many pictures come together, their credits go back one after the other", async () => {
  let now = 0;
  const waits: number[] = [];
  const pace = new Pace((ms) => {
    now += ms;
    return Promise.resolve();
  });
  await Promise.all([1, 2, 3].map(() => pace.next().then(() => waits.push(now))));
  expect(waits.at(-1)).toBe(3 * EVERY_MS);
});
