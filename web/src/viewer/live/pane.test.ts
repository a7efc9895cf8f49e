import { describe, expect, it } from "vitest";

import { countHistogram } from "../core/histogram.ts";
import { type Look, defaultLook } from "../core/look.ts";
import type { CaptionedPicture } from "../core/picture.ts";
import type { Layer, Renderer } from "../render/renderer.ts";
import type { FromView } from "./messages.ts";
import { Pane } from "./pane.ts";

class FakeRenderer implements Renderer {
  readonly kind = "canvas2d";
  readonly counters = { uploads: 0, uploadedBytes: 0, draws: 0 };
  readonly drawn: { first: number | undefined; look: Look }[] = [];
  layers: Layer[] = [];
  ready = true;
  /** What stands on the canvas, r g b a of each px; null: nobody can tell. */
  pixels: Uint8ClampedArray | null = null;
  read(): Uint8ClampedArray | null {
    return this.pixels;
  }
  resize(): void {}
  /** What `draw` answers; a function: what it does instead. */
  answer: Promise<void> | null | (() => Promise<void>) = null;
  draw(_: unknown, layers: Layer[]): Promise<void> | null {
    if (typeof this.answer === "function") return this.answer();
    this.counters.draws++;
    this.layers = layers;
    for (const { picture, look } of layers) this.drawn.push({ first: picture.pixels[0], look });
    return this.answer;
  }
  capture(): never {
    throw new Error("not here");
  }
  dispose(): void {}
}

function frame(value: number, place: number | null = null): CaptionedPicture {
  const pixels = Uint8Array.of(value, value, value + 10, value + 10);
  const region = { x: 0, y: 0, width: 2, height: 2 };
  return {
    picture: {
      pixelType: "U8",
      pixels,
      width: 2,
      height: 2,
      scale: [1, 1],
      reduction: "none",
      region,
      frameWidth: 2,
      frameHeight: 2,
    },
    caption: {
      source: "camera",
      stream: 0,
      frameId: value,
      place,
      index: [],
      hostClockMs: 0,
      run: 1,
      skipped: 0,
      histogram: countHistogram(pixels, "U8", "frame"),
    },
  };
}

/** As a preview, which says itself of which channel it is. */
function offer(pane: Pane, ...rest: [value: number, taken: () => void] | [number, number, () => void]): void {
  const taken = rest.at(-1) as () => void;
  const place = rest.length === 3 ? rest[1] : null;
  pane.follow(true);
  pane.offerPreview(frame(rest[0], place), taken);
}

function paneWith(): { pane: Pane; renderer: FakeRenderer; said: FromView[]; unable: unknown[] } {
  const said: FromView[] = [];
  const unable: unknown[] = [];
  const pane = new Pane(0, (message) => said.push(message), {
    idle: () => undefined,
    unable: (error) => unable.push(error),
  });
  const renderer = new FakeRenderer();
  pane.setRenderer(renderer, { width: 10, height: 10 });
  pane.setLooks([{ ...defaultLook("U8"), auto: false }], null);
  pane.draw(0);
  renderer.drawn.length = 0;
  return { pane, renderer, said, unable };
}

describe("a pane of the view worker", () => {
  it("draws the latest of several pictures and takes all of them", () => {
    const { pane, renderer, said } = paneWith();
    const taken: number[] = [];
    for (const value of [1, 2, 3]) offer(pane, value, () => taken.push(value));
    expect(taken).toEqual([1, 2]);
    expect(pane.draw(0)).toBe(true);
    expect(taken).toEqual([1, 2, 3]);
    expect(renderer.drawn.map(({ first }) => first)).toEqual([3]);
    expect(pane.overtaken).toBe(2);
    expect(said.filter(({ kind }) => kind === "shown")).toHaveLength(1);
    expect(pane.draw(0)).toBe(false);
  });

  it("draws the same picture again, not another, when the contrast changes", () => {
    const { pane, renderer } = paneWith();
    offer(pane, 5, () => undefined);
    pane.draw(0);
    const picture = renderer.layers[0]?.picture;
    for (let max = 200; max > 100; max -= 10) {
      pane.setLooks([{ ...defaultLook("U8"), auto: false, max }], null);
      pane.draw(0);
      expect(renderer.layers[0]?.picture).toBe(picture);
    }
    expect(renderer.drawn.at(-1)?.look.max).toBe(110);
  });

  it("adds channels up, each with its own look and limits, and tells of the first", () => {
    const { pane, renderer, said } = paneWith();
    const maps: Look["map"][] = ["green", "#ff0080"];
    pane.setLooks(
      maps.map((map) => ({ ...defaultLook("U8"), auto: true, map })),
      null,
    );
    pane.offer([
      { captioned: frame(40), channel: 1 },
      { captioned: frame(90), channel: 0 },
    ]);
    pane.draw(0);
    expect(
      renderer.drawn.map(({ first, look }) => [first, look.map, Math.round(look.min), look.markSaturated]),
    ).toEqual([
      [40, "#ff0080", 40, false],
      [90, "green", 90, false],
    ]);
    expect(said.flatMap((one) => (one.kind === "shown" ? [[one.channel, one.caption.frameId]] : []))).toEqual([
      [1, 40],
    ]);
  });

  it("draws a frame with the limits of its own histogram when contrast is automatic", () => {
    const { pane, renderer } = paneWith();
    pane.setLooks([{ ...defaultLook("U8"), auto: true }], null);
    offer(pane, 100, () => undefined);
    pane.draw(0);
    expect(renderer.drawn.at(-1)?.look.min).toBeCloseTo(100, 1);
    expect(renderer.drawn.at(-1)?.look.max).toBeCloseTo(110, 1);
  });

  it("gives each channel its look, by the frame's place", () => {
    const { pane, renderer } = paneWith();
    const looks = ["gray", "green", "red"].map((map) => ({
      ...defaultLook("U8"),
      auto: false,
      map: map as Look["map"],
    }));
    pane.setLooks(looks, { stride: 10, size: 3 });
    for (const place of [9, 10, 29, 31]) {
      offer(pane, 1, place, () => undefined);
      pane.draw(0);
    }
    expect(renderer.drawn.map(({ look }) => look.map)).toEqual(["gray", "green", "red", "gray"]);
  });

  it("shows only frames of a pinned plane, and takes the others without drawing", () => {
    const { pane, renderer } = paneWith();
    pane.setPins([{ stride: 1, size: 10, index: 4 }]);
    pane.follow(true);
    const taken: number[] = [];
    for (const place of [3, 4, 5, 14]) {
      pane.offerPreview(frame(place, place), () => taken.push(place));
      pane.draw(0);
    }
    expect(taken).toEqual([3, 4, 5, 14]);
    expect(renderer.drawn.map(({ first }) => first)).toEqual([4, 14]);
  });

  it("draws nothing of the camera once something else is looked at", () => {
    const { pane, renderer } = paneWith();
    pane.follow(true);
    const taken: number[] = [];
    pane.offerPreview(frame(1), () => taken.push(1));
    pane.follow(false);
    expect(taken).toEqual([1]);
    pane.offer([{ captioned: frame(50), channel: 0 }]);
    pane.offerPreview(frame(2), () => taken.push(2));
    pane.draw(0);
    expect([taken, renderer.drawn.map(({ first }) => first)]).toEqual([[1, 2], [50]]);
  });

  it("reads out the pixel under the pointer, again with every frame", () => {
    const { pane, said } = paneWith();
    offer(pane, 7, () => undefined);
    pane.draw(0);
    pane.setPoint({ x: 1.5, y: 0.5 });
    offer(pane, 8, () => undefined);
    pane.draw(0);
    pane.setPoint(null);
    const readouts = said.flatMap((message) => (message.kind === "readout" ? [message.readout?.value ?? null] : []));
    expect(readouts).toEqual([7, 8, null]);
  });

  it("keeps its picture over another canvas, and acknowledges nothing without one", () => {
    const { pane } = paneWith();
    offer(pane, 9, () => undefined);
    pane.draw(0);
    pane.setRenderer(null);
    let taken = false;
    offer(pane, 10, () => (taken = true));
    expect([pane.draw(0), taken, pane.waiting]).toEqual([false, false, false]);
    const again = new FakeRenderer();
    pane.setRenderer(again, { width: 5, height: 5 });
    pane.draw(0);
    expect([again.drawn[0]?.first, taken]).toEqual([10, true]);
  });

  it("says that a picture is shown, and gives its credit back, only when it is on the canvas; two are drawn at once", async () => {
    const { pane, renderer, said } = paneWith();
    const done: (() => void)[] = [];
    renderer.answer = () => new Promise<void>((resolve) => done.push(resolve));
    const taken: number[] = [];
    for (const value of [1, 2, 3]) {
      offer(pane, value, () => taken.push(value));
      expect(pane.draw(0)).toBe(value < 3);
    }
    expect([pane.waiting, taken, said]).toEqual([false, [], []]);
    done[0]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect([taken, said.map(({ kind }) => kind), pane.waiting]).toEqual([[1], ["shown"], true]);
    pane.draw(0);
    done[1]?.();
    done[2]?.();
    await new Promise((resolve) => setTimeout(resolve));
    const told = said.flatMap((one) => (one.kind === "shown" ? [one.caption.frameId] : []));
    expect([taken, told, pane.waiting]).toEqual([[1, 2, 3], [1, 2, 3], false]);
  });

  it("gives all credits back of what a lost device was drawing, and draws and tells the newest of it on the next canvas", () => {
    const { pane, renderer, said } = paneWith();
    renderer.answer = new Promise(() => undefined);
    const taken: number[] = [];
    for (const value of [1, 2]) {
      offer(pane, value, () => taken.push(value));
      pane.draw(0);
    }
    const next = new FakeRenderer();
    pane.setRenderer(next);
    expect(taken.sort()).toEqual([1, 2]);
    pane.draw(0);
    const told = said.flatMap((one) => (one.kind === "shown" ? [one.caption.frameId] : []));
    expect([next.drawn.map(({ first }) => first), told]).toEqual([[2], [2]]);
  });

  it("tells of a picture whether the canvas was emptied since, also while it was being drawn", async () => {
    const { pane, renderer, said } = paneWith();
    let done = () => undefined as void;
    const drawn = new Promise<void>((resolve) => (done = resolve));
    renderer.answer = drawn;
    offer(pane, 1, () => undefined);
    pane.draw(0);
    pane.clear();
    done();
    await drawn;
    await Promise.resolve();
    renderer.answer = null;
    offer(pane, 2, () => undefined);
    pane.draw(0);
    const told = said.flatMap((one) => (one.kind === "shown" ? [[one.caption.frameId, one.emptied]] : []));
    expect(told).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it("gives the credit back of what a lost device never drew, and draws it on the next canvas", () => {
    const { pane, renderer, said } = paneWith();
    renderer.answer = new Promise(() => undefined);
    let taken = false;
    offer(pane, 4, () => (taken = true));
    pane.draw(0);
    const next = new FakeRenderer();
    pane.setRenderer(next);
    expect(taken).toBe(true);
    expect(said).toEqual([]);
    pane.draw(0);
    expect([next.drawn[0]?.first, said.map(({ kind }) => kind)]).toEqual([4, ["shown"]]);
  });

  it("does not bring back on the next canvas what was cleared away while it was drawn", () => {
    const { pane, renderer, said } = paneWith();
    renderer.answer = new Promise(() => undefined);
    offer(pane, 4, () => undefined);
    pane.draw(0);
    pane.clear();
    const next = new FakeRenderer();
    pane.setRenderer(next);
    pane.draw(0);
    expect([next.drawn, said]).toEqual([[], []]);
  });

  it("tells of no picture that is not on the canvas: it draws it once more, then asks for another renderer", () => {
    const { pane, renderer, said, unable } = paneWith();
    pane.resize({ width: 64, height: 64 });
    pane.setView({ centre: { x: 1, y: 1 }, zoom: 32, fit: false });
    renderer.pixels = new Uint8ClampedArray(64);
    let taken = false;
    offer(pane, 5, () => (taken = true));
    pane.draw(0);
    expect([pane.waiting, taken, said, unable]).toEqual([true, false, [], []]);
    pane.draw(10);
    expect([taken, said, unable.map((error) => (error as Error).name)]).toEqual([true, [], ["CanvasFaultError"]]);
    const next = new FakeRenderer();
    pane.setRenderer(next);
    pane.draw(20);
    expect([next.drawn[0]?.first, said.map(({ kind }) => kind)]).toEqual([5, ["shown"]]);
  });

  it("draws nothing on a canvas without px, and the picture once it has some", () => {
    const { pane, renderer } = paneWith();
    pane.resize({ width: 0, height: 40 });
    offer(pane, 5, () => undefined);
    expect([pane.waiting, pane.draw(0), renderer.drawn]).toEqual([false, false, []]);
    pane.resize({ width: 60, height: 40 });
    pane.draw(1);
    expect(renderer.drawn.map(({ first }) => first)).toEqual([5]);
  });

  it("waits for a canvas that the browser took away, and draws the picture again once it is back", () => {
    const { pane, renderer } = paneWith();
    offer(pane, 5, () => undefined);
    pane.draw(0);
    renderer.ready = false;
    pane.redraw();
    expect([pane.waiting, pane.draw(1)]).toEqual([false, false]);
    renderer.ready = true;
    pane.draw(2);
    expect(renderer.drawn.map(({ first }) => first)).toEqual([5, 5]);
  });

  it("draws a picture that stands still once more after a while, to look whether it is there", () => {
    const { pane, renderer } = paneWith();
    pane.draw(0);
    pane.lookAgain(10_000);
    expect(pane.waiting).toBe(false);
    offer(pane, 5, () => undefined);
    pane.draw(10_000);
    pane.lookAgain(12_000);
    expect(pane.waiting).toBe(false);
    pane.lookAgain(15_000);
    expect(pane.waiting).toBe(true);
    pane.draw(15_000);
    expect(renderer.counters.uploads).toBe(0);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["does not answer in time", () => Promise.reject(new Error("no"))],
  ])("keeps the picture and returns its credit where the renderer %s", async (_, answer) => {
    const { pane, renderer, unable } = paneWith();
    renderer.answer = answer;
    let taken = false;
    offer(pane, 6, () => (taken = true));
    pane.draw(0);
    await Promise.resolve();
    await Promise.resolve();
    expect([taken, unable.map(String)]).toEqual([true, ["Error: no"]]);
    const next = new FakeRenderer();
    pane.setRenderer(next);
    pane.draw(0);
    expect(next.drawn[0]?.first).toBe(6);
  });

  it("answers whoever asks for the image, also when it cannot be read back", async () => {
    const { pane, said } = paneWith();
    offer(pane, 1, () => undefined);
    pane.draw(0);
    await pane.capture(7);
    expect(said.at(-1)).toEqual({ kind: "captured", request: 7, image: null });
  });
});
