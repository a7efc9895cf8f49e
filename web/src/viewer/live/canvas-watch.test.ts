import { expect, it } from "vitest";

import type { View } from "../core/geometry.ts";
import { defaultDisplay } from "../core/display-settings.ts";
import type { Picture } from "../core/picture.ts";
import { paintLayers } from "../render/paint.ts";
import type { ImageLayer } from "../render/renderer.ts";
import { AGAIN_MS, CanvasFaultError, CanvasWatch, sampleOf } from "./canvas-watch.ts";

const canvas = { width: 90, height: 70 };
const view: View = { centre: { x: 11.3, y: 7.8 }, zoom: 3.7, fit: false };

function picture(pixels: (at: number) => number, [width, height] = [20, 15], at = { x: 0, y: 0 }): Picture {
  return {
    pixelType: "U8",
    pixels: Uint8Array.from({ length: width * height }, (_, index) => pixels(index)),
    width,
    height,
    scale: [1, 1],
    reduction: "none",
    region: { ...at, width, height },
    frameWidth: 40,
    frameHeight: 40,
  };
}
const layer = (one: Picture, map: "gray" | "#ff00ff" = "gray"): ImageLayer => ({
  picture: one,
  display: { ...defaultDisplay("U8"), map, auto: false },
});

/** A canvas that has what `layers` look like, read as a browser gives it. */
function has(layers: ImageLayer[], seen = view): (x: number, y: number) => Uint8ClampedArray {
  const out = new Uint32Array(canvas.width * canvas.height);
  paintLayers(seen, layers, canvas, out);
  const bytes = new Uint8ClampedArray(out.buffer);
  return (x, y) => {
    const found = new Uint8ClampedArray(64);
    for (let row = 0; row < 4; row++) {
      const from = 4 * ((y + row) * canvas.width + x);
      found.set(bytes.subarray(from, from + 16), 16 * row);
    }
    return found;
  };
}
const nothing = () => new Uint8ClampedArray(64);
const noise = layer(picture((at) => (at * 89) % 256));
const black = layer(picture(() => 0));
const layersOf = [
  [noise],
  [black],
  [layer(picture(() => 255))],
  [
    noise,
    layer(
      picture((at) => at % 256),
      "#ff00ff",
    ),
  ],
];

it.each(layersOf.map((layers, at) => [at, layers] as const))(
  "finds right what is right, black too (%i)",
  (_, layers) => {
    const watch = new CanvasWatch();
    for (let now = 0; now < 30_000; now += 1000)
      expect(watch.check(has(layers), view, layers, canvas, now)).toBe("good");
  },
);

it.each(layersOf.map((layers, at) => [at, layers] as const))(
  "finds a canvas that nothing reaches (%i)",
  (_, layers) => {
    const watch = new CanvasWatch();
    expect(watch.check(nothing, view, layers, canvas, 0)).toBe("doubtful");
    const verdict = watch.check(nothing, view, layers, canvas, 16);
    expect(verdict).toBeInstanceOf(CanvasFaultError);
    expect(String(verdict)).toMatch(/does not reach the screen/);
  },
);

it("finds an opaque canvas that has another picture than the one that was drawn", () => {
  const watch = new CanvasWatch();
  const stale = has([black]);
  const bright = layer(picture(() => 200));
  expect(watch.check(stale, view, [bright], canvas, 0)).toBe("doubtful");
  expect(String(watch.check(stale, view, [bright], canvas, 16))).toMatch(/not what was drawn/);
});

it("asks of floating-point pixels only whether they are there", () => {
  const values = Float32Array.from({ length: 300 }, (_, at) => (at % 2 ? Number.NaN : 0.5));
  const real = layer({ ...picture(() => 0), pixelType: "F32", pixels: values });
  const white = () => new Uint8ClampedArray(64).fill(255);
  for (const now of [0, 16, 32]) expect(new CanvasWatch().check(white, view, [real], canvas, now)).toBe("good");
  expect(new CanvasWatch().check(nothing, view, [real], canvas, 0)).toBe("doubtful");
});

it("forgives once, looks seldom, and at once where the canvas may have changed", () => {
  const watch = new CanvasWatch();
  expect(watch.check(nothing, view, [noise], canvas, 0)).toBe("doubtful");
  let reads = 0;
  const right = (x: number, y: number) => (reads++, has([noise])(x, y));
  for (let now = 1; now <= AGAIN_MS; now += 16) expect(watch.check(right, view, [noise], canvas, now)).toBe("good");
  expect(reads).toBe(1);
  expect(watch.check(right, view, [noise], canvas, AGAIN_MS + 1)).toBe("good");
  expect(reads).toBe(2);
  // A hand that drags the window's edge.
  for (let now = AGAIN_MS + 2; now < AGAIN_MS + 402; now += 10) {
    watch.look();
    watch.check(right, view, [noise], canvas, now);
  }
  expect(reads).toBeLessThanOrEqual(4);
  watch.reset();
  expect(watch.check(nothing, view, [noise], canvas, AGAIN_MS + 403)).toBe("doubtful");
});

it("says nothing where a browser does not tell, and where no picture is in sight", () => {
  const watch = new CanvasWatch();
  for (let now = 0; now < 10_000; now += 500) expect(watch.check(() => null, view, [noise], canvas, now)).toBe("good");
  const away = { ...view, centre: { x: 500, y: 500 } };
  expect(sampleOf(away, [noise], canvas)).toBeNull();
  expect(new CanvasWatch().check(nothing, away, [noise], canvas, 0)).toBe("good");
  expect(new CanvasWatch().check(nothing, view, [], canvas, 0)).toBe("good");
});

it("reads on the picture, wherever it lies, and wants there what the whole canvas has", () => {
  for (const zoom of [0.4, 1, 3.7, 64])
    for (const x of [-8, 0, 3.3, 12]) {
      const seen = { ...view, zoom, centre: { x, y: 4.2 } };
      const at = sampleOf(seen, [noise], canvas);
      if (at) {
        expect(at.x >= 0 && at.y >= 0 && at.x <= canvas.width - 4 && at.y <= canvas.height - 4).toBe(true);
        expect(new CanvasWatch().check(has([noise], seen), seen, [noise], canvas, 0)).toBe("good");
        expect(new CanvasWatch().check(nothing, seen, [noise], canvas, 0)).toBe("doubtful");
      }
    }
});
