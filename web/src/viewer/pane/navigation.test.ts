import { expect, it } from "vitest";

import { MemorySource } from "./fixture.ts";
import { Navigation } from "./navigation.svelte.ts";

function scene(source: MemorySource, live = false) {
  if (live) source.live = { request: () => undefined };
  const moves: number[][] = [];
  const navigation = new Navigation(
    () => source,
    () => null,
    {
      moved: () => moves.push(navigation.position),
      pinned: () => undefined,
    },
  );
  navigation.begin({});
  return { source, navigation, moves };
}

it("goes to the nearest frame that there is", () => {
  const { navigation } = scene(new MemorySource(9));
  const goTo = (frameIndex: number) => {
    navigation.goToFrame(frameIndex);
    return navigation.currentFrameIndex;
  };
  expect([goTo(13), goTo(-5), goTo(1000)]).toEqual([13, 0, 26]);
});

it("goes no further than the time point that is being filled has come", () => {
  const { navigation, source } = scene(new MemorySource(null, 5), true);
  navigation.goTo([2, 1]);
  expect(navigation.position).toEqual([2, 0]);
  source.grow(6);
  navigation.goTo([2, 1]);
  expect([navigation.position, navigation.length(1)]).toEqual([[2, 1], 2]);
});

it("goes to a frame that is counted as saved as soon as it can be read, unless another was chosen", () => {
  const { navigation, source } = scene(new MemorySource(null, 5), true);
  const grow = (readable: number, decided: number) => {
    source.grow(readable, decided);
    navigation.sourceGrew();
    return navigation.currentFrameIndex;
  };
  source.extent = { readable: 5, decided: 9 };
  navigation.goToFrame(7);
  expect(navigation.currentFrameIndex).toBe(4);
  expect([grow(7, 9), grow(8, 9), grow(9, 9)]).toEqual([4, 7, 7]);
  // What is not captured yet is not waited for.
  navigation.goToFrame(20);
  expect(grow(30, 30)).toBe(8);
  source.extent = { readable: 30, decided: 40 };
  navigation.goToFrame(35);
  navigation.goToFrame(3);
  expect(grow(40, 40)).toBe(3);
});

it("goes to a lost frame ahead of what can be read", () => {
  const { navigation, source } = scene(new MemorySource(null, 5), true);
  source.lost.set(8, "frame 8 lost: queue full");
  navigation.goToFrame(8);
  expect(navigation.currentFrameIndex).toBe(8);
});

it("keeps to pinned elements, and takes the pin along", () => {
  const { navigation } = scene(new MemorySource(null, 9), true);
  navigation.setPin(0, 1);
  expect(navigation.live).toBe(true);
  navigation.goToFrame(6);
  expect(navigation.currentFrameIndex).toBe(4);
  navigation.step(0, 1);
  expect([navigation.pins, navigation.position]).toEqual([[{ axis: 0, index: 2 }], [2, 1]]);
  navigation.togglePin(0);
  navigation.step(0, -2);
  expect([navigation.pins, navigation.position]).toEqual([[], [0, 1]]);
});

it("begins in another source where it is told, as far as that is there", () => {
  const { navigation, source } = scene(new MemorySource(9));
  navigation.begin({ t: 4, c: 7, x: 3 });
  expect(navigation.position).toEqual([2, 4]);
  source.axes = source.axes.map((axis) => ({ ...axis, size: 0 }));
  navigation.begin({ t: 4 });
  expect([navigation.hasNoFrames, navigation.position]).toEqual([true, [0, 0]]);
});

it("tells of each move once", () => {
  const { navigation, moves } = scene(new MemorySource(9));
  navigation.step(1, 1);
  navigation.step(1, -5);
  navigation.goToFrame(4);
  expect(moves).toEqual([
    [0, 1],
    [1, 1],
  ]);
});
