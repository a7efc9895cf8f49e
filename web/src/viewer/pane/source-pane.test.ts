import { describe, expect, it } from "vitest";

import { LocalView, MemorySource } from "./fixture.ts";
import { SourcePane } from "./source-pane.svelte.ts";

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** A pane that shows what lies in memory: no bridge, no worker. */
function scene(source: MemorySource, { overlay = false, begin = true } = {}) {
  const view = new LocalView(7, (message) => "pane" in message && pane.receive(message));
  const pane: SourcePane<MemorySource> = new SourcePane(7, source, view, () => undefined);
  pane.image.resize({ width: 100, height: 100 });
  pane.image.overlay.setOn(overlay);
  if (begin) pane.begin();
  return { pane, view, source, navigation: pane.navigation };
}

describe("a pane that shows a source", () => {
  it("draws the plane where it stands, and the next one that is stepped to", async () => {
    const { pane, view, navigation } = scene(new MemorySource(9));
    await settle();
    expect([view.canvas, pane.image.shown?.caption.position]).toEqual([[0], [0, 0]]);
    navigation.step(1, 2);
    await settle();
    navigation.step(0, 1);
    await settle();
    expect([view.canvas, pane.image.latest?.caption.position]).toEqual([[7], [1, 2]]);
  });

  it("asks for the planes where it is opened, and for no other, with an overlay from the start", async () => {
    const { pane, view, source } = scene(new MemorySource(9), { begin: false });
    const other = new MemorySource(9);
    pane.setSource(other, { t: 4 }, () => pane.image.overlay.setOn(true));
    await settle();
    expect([source.asked, source.closed]).toEqual([[], true]);
    expect(other.asked).toEqual([
      [
        [0, 4],
        [1, 4],
        [2, 4],
      ],
    ]);
    expect(view.canvas).toEqual([12, 13, 14]);
    expect(view.sent).toContainEqual({ kind: "epoch", pane: 7, epoch: 2, empty: true });
  });

  it("asks for nothing while its canvas has no px, and then once", async () => {
    const { pane, source } = scene(new MemorySource(9), { begin: false });
    pane.image.size = { width: 0, height: 0 };
    pane.begin();
    expect(source.asked).toEqual([]);
    pane.image.resize({ width: 50, height: 50 });
    pane.image.resize({ width: 60, height: 60 });
    await settle();
    expect(source.asked).toEqual([[[0, 0]]]);
  });

  it("has no position in a source without frames, and asks for nothing", () => {
    const { navigation, source } = scene(new MemorySource(0));
    navigation.goToFrame(7);
    navigation.goTo([1, 1]);
    navigation.step(0, 1);
    expect([navigation.hasNoFrames, navigation.current, source.asked]).toEqual([true, null, []]);
    expect(navigation.position.every((index) => index >= 0)).toBe(true);
  });

  it("reads the channels that are there, and names the lost one; with all lost there is no picture", async () => {
    const source = new MemorySource(9);
    for (const frameIndex of [12, 15, 16, 17]) source.lost.set(frameIndex, `frame ${frameIndex} lost: queue full`);
    const { pane, navigation, view } = scene(source, { overlay: true });
    navigation.goTo([0, 4]);
    await settle();
    expect([view.canvas, pane.channels.lost]).toEqual([[13, 14], [{ name: "c 0", why: "frame 12 lost: queue full" }]]);
    expect(pane.image.missing).toBeNull();
    navigation.goTo([0, 5]);
    await settle();
    expect([view.canvas, pane.image.missing]).toEqual([[], "frame 15 lost: queue full"]);
    pane.image.overlay.setOn(false);
    navigation.goTo([0, 4]);
    expect(pane.image.missing).toBe("frame 12 lost: queue full");
  });

  it("says why a plane cannot be shown, and shows nothing in its place; what is asked for then is shown", async () => {
    const { pane, source, navigation, view } = scene(new MemorySource(9));
    await settle();
    source.failure = new Error("chunk 3 is not there");
    navigation.step(1, 1);
    await settle();
    expect([view.canvas, pane.reads.problem]).toEqual([[], "chunk 3 is not there"]);
    expect(pane.image.missing).toBe("This frame cannot be shown: chunk 3 is not there");
    source.failure = null;
    navigation.step(1, 1);
    await settle();
    expect([view.canvas, pane.reads.problem, pane.image.missing]).toEqual([[6], null, null]);
  });

  it("shows nothing that a source answers after another took its place", async () => {
    const { pane, source, view } = scene(new MemorySource(9), { begin: false });
    source.held = [];
    pane.begin();
    pane.setSource(new MemorySource(9), { t: 3 });
    source.held.forEach((answer) => answer());
    await settle();
    expect(view.drawn).toEqual([9]);
  });
});

describe("a pane whose source has live pictures", () => {
  function live(readable: number) {
    const source = new MemorySource(null, readable);
    const wanted: boolean[] = [];
    source.live = { request: (picture) => wanted.push(picture !== null) };
    return { ...scene(source), wanted };
  }

  it("asks for none of them before it reads what is stored", async () => {
    const { navigation, wanted, view } = live(9);
    expect(navigation.live).toBe(true);
    navigation.goToFrame(5);
    expect(wanted.at(-1)).toBe(false);
    await settle();
    expect([navigation.live, view.canvas]).toEqual([false, [5]]);
  });

  it("shows no stored plane that comes when it is live again", async () => {
    const { navigation, source, view } = live(9);
    source.held = [];
    navigation.goToFrame(5);
    navigation.goLive();
    source.held.forEach((answer) => answer());
    await settle();
    expect(view.drawn).toEqual([]);
  });

  it("reads the newest stored frame of a pinned plane, and each newer one as it is stored", async () => {
    const { navigation, source, view } = live(4);
    navigation.setPin(0, 1);
    await settle();
    source.grow(5);
    await settle();
    source.grow(6);
    await settle();
    expect([navigation.live, source.asked, view.drawn]).toEqual([true, [[[1, 0]], [[1, 1]]], [1, 4]]);
  });

  it("adds a channel to an overlay as soon as it is stored", async () => {
    const { pane, navigation, source, view } = live(5);
    pane.image.overlay.setOn(true);
    navigation.goToFrame(3);
    await settle();
    expect([view.canvas, pane.channels.absence(2)?.mark]).toEqual([[3, 4], "not yet"]);
    source.grow(6);
    await settle();
    expect([view.canvas, pane.channels.absence(2)]).toEqual([[3, 4, 5], null]);
  });

  it("goes live when the frames are others", () => {
    const { navigation, source } = live(9);
    navigation.goToFrame(5);
    source.tell("others");
    expect(navigation.live).toBe(true);
  });
});
