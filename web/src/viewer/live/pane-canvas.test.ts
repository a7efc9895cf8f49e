import { describe, expect, it } from "vitest";

import { offer, paneWith } from "./canvas-pane.fixture.ts";
import { FakeRenderer } from "./fake-renderer.ts";

describe("the canvas of a pane", () => {
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

  it("draws a picture that stands still once more after a while, to see whether it is there", () => {
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
