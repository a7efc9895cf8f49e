import { describe, expect, it } from "vitest";

import { type DisplaySettings, defaultDisplay } from "../core/display-settings.ts";
import type { CaptionedPicture } from "../core/picture.ts";
import { frame, offer, paneWith, planes } from "./canvas-pane.fixture.ts";

const stored = (value: number): CaptionedPicture => {
  const { picture, caption } = frame(value);
  return { picture, caption: { ...caption, source: "stored" } };
};

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
      pane.setDisplays([{ ...defaultDisplay("U8"), auto: false, max }], null);
      pane.draw(0);
      expect(renderer.layers[0]?.picture).toBe(picture);
    }
    expect(renderer.drawn.at(-1)?.display.max).toBe(110);
  });

  it("adds channels up, each with its own display and limits, and tells of the first", () => {
    const { pane, renderer, said } = paneWith();
    const maps: DisplaySettings["map"][] = ["green", "#ff0080"];
    pane.setDisplays(
      maps.map((map) => ({ ...defaultDisplay("U8"), auto: true, map })),
      null,
    );
    pane.offerPlanes(
      planes([
        { captioned: frame(40), channel: 1 },
        { captioned: frame(90), channel: 0 },
      ]),
    );
    pane.draw(0);
    expect(
      renderer.drawn.map(({ first, display }) => [first, display.map, Math.round(display.min), display.markSaturated]),
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
    pane.setDisplays([{ ...defaultDisplay("U8"), auto: true }], null);
    offer(pane, 100, () => undefined);
    pane.draw(0);
    expect(renderer.drawn.at(-1)?.display.min).toBeCloseTo(100, 1);
    expect(renderer.drawn.at(-1)?.display.max).toBeCloseTo(110, 1);
  });

  it("gives each channel its display, by the frame's index", () => {
    const { pane, renderer } = paneWith();
    const displays = ["gray", "green", "red"].map((map) => ({
      ...defaultDisplay("U8"),
      auto: false,
      map: map as DisplaySettings["map"],
    }));
    pane.setDisplays(displays, { stride: 10, size: 3 });
    for (const index of [9, 10, 29, 31]) {
      offer(pane, 1, index, () => undefined);
      pane.draw(0);
    }
    expect(renderer.drawn.map(({ display }) => display.map)).toEqual(["gray", "green", "red", "gray"]);
  });

  it("shows only frames of a pinned plane, and takes the others without drawing", () => {
    const { pane, renderer } = paneWith();
    pane.setPins([{ stride: 1, size: 10, index: 4 }]);
    pane.follow(true);
    const taken: number[] = [];
    for (const index of [3, 4, 5, 14]) {
      pane.offerPreview(frame(index, index), () => taken.push(index));
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
    pane.offerPlanes(planes([{ captioned: frame(50), channel: 0 }]));
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

  it("shows no plane that was taken back, and one that comes before the page's word waits for it", () => {
    const { pane, renderer } = paneWith();
    const one = (value: number, epoch: number) => planes([{ captioned: stored(value), channel: 0 }], epoch);
    pane.offerPlanes(one(1, 0));
    pane.setEpoch(1, false);
    pane.draw(0);
    pane.offerPlanes(one(2, 0));
    pane.draw(0);
    expect(renderer.drawn).toEqual([]);
    pane.offerPlanes(one(3, 2));
    pane.draw(0);
    expect(renderer.drawn).toEqual([]);
    pane.setEpoch(2, true);
    pane.draw(0);
    expect(renderer.drawn.map(({ first }) => first)).toEqual([3]);
  });

  it("shows the newest stored plane only where the live picture is older", () => {
    const { pane, renderer } = paneWith();
    offer(pane, 20, 7, () => undefined);
    for (const frameIndex of [6, 7, 9])
      pane.offerPlanes(planes([{ captioned: frame(frameIndex, frameIndex), channel: 0 }], 0, true));
    pane.draw(0);
    expect(renderer.drawn.map(({ first }) => first)).toEqual([9]);
  });

  it("says of each picture once that nobody looks at its pixels any more, and of none that it may still draw", () => {
    const { pane, renderer } = paneWith();
    const over: number[] = [];
    const show = (value: number) =>
      pane.offerPreview(
        frame(value),
        () => undefined,
        () => over.push(value),
      );
    pane.follow(true);
    for (const value of [1, 2]) show(value);
    expect(over).toEqual([1]);
    pane.draw(0);
    pane.redraw();
    pane.draw(0);
    expect(over).toEqual([1]);
    show(3);
    expect(over).toEqual([1]);
    pane.draw(0);
    expect(over).toEqual([1, 2]);
    // Another canvas draws the same once more.
    pane.setRenderer(null);
    pane.setRenderer(renderer);
    pane.draw(0);
    expect(renderer.drawn.at(-1)?.first).toBe(3);
    show(4);
    pane.draw(0);
    expect(over).toEqual([1, 2, 3]);
    show(5);
    pane.clear();
    expect(over).toEqual([1, 2, 3, 5, 4]);
    pane.clear();
    expect(over).toHaveLength(5);
  });
});
