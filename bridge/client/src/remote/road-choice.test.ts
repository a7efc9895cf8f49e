import { expect, test } from "vitest";

import { RoadChoice } from "./road-choice.ts";

const MB = 1e6;

/** Pictures of one size at one rate, as old as said when they come, by the road that is wanted; `nowMs` goes on. */
function scene() {
  let nowMs = 1000;
  const choice = new RoadChoice();
  const pass = (
    seconds: number,
    roads: Record<"socket" | "stream", { fps: number; ageMs: number }>,
    bytes = 4 * MB,
  ) => {
    const taken: string[] = [];
    for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
      const road = choice.wanted;
      choice.takes(road, nowMs);
      if (taken.at(-1) !== road) taken.push(road);
      nowMs += 1000 / roads[road].fps;
      choice.came(road, bytes, roads[road].ageMs, nowMs);
    }
    return taken;
  };
  const rest = (seconds: number) => choice.rested((nowMs += seconds * 1000));
  return { choice, pass, rest, now: () => nowMs };
}

const slow = { fps: 15, ageMs: 80 };
const fast = { fps: 60, ageMs: 20 };

test("takes the stream where it carries more, and stays with it", () => {
  const { pass } = scene();
  expect(pass(60, { socket: slow, stream: fast })).toEqual(["socket", "stream"]);
});

test("takes it where both carry all there is, and it brings pictures sooner", () => {
  const { pass } = scene();
  expect(pass(60, { socket: { fps: 60, ageMs: 30 }, stream: fast })).toEqual(["socket", "stream"]);
});

test("goes back where the stream is no better, and tries it again after a minute, then two", () => {
  const { pass } = scene();
  const roads = { socket: fast, stream: fast };
  expect(pass(50, roads)).toEqual(["socket", "stream", "socket"]);
  expect(pass(60, roads)).toEqual(["socket", "stream", "socket"]);
  expect(pass(60, roads)).toEqual(["socket"]);
  expect(pass(60, roads)).toEqual(["socket", "stream", "socket"]);
});

test("small pictures stay on the socket", () => {
  const { pass } = scene();
  expect(pass(60, { socket: { fps: 60, ageMs: 80 }, stream: fast }, 0.2 * MB)).toEqual(["socket"]);
});

test("a stream that has little to carry by now is given up, and one that has more again is compared again", () => {
  const { pass } = scene();
  const roads = { socket: slow, stream: fast };
  pass(10, roads);
  expect(pass(10, roads, 0.1 * MB)).toEqual(["stream", "socket"]);
  expect(pass(10, roads)).toEqual(["socket", "stream"]);
});

test("pictures of another size are another question, at once", () => {
  const { pass } = scene();
  const even = { socket: fast, stream: fast };
  expect(pass(20, even, 1 * MB)).toEqual(["socket", "stream", "socket"]);
  expect(pass(20, { socket: slow, stream: fast }, 4 * MB)).toEqual(["socket", "stream"]);
  expect(pass(20, even, 1 * MB)).toEqual(["stream", "socket", "stream", "socket"]);
});

test("a stream by which nothing comes is given up, and no failure", () => {
  const { choice, pass, rest } = scene();
  const roads = { socket: slow, stream: fast };
  pass(10, roads);
  rest(4);
  expect(choice.wanted).toBe("stream");
  rest(2);
  expect(choice.wanted).toBe("socket");
  expect(pass(10, roads)).toEqual(["socket", "stream"]);
});

test("one that broke is tried again after a minute, one that others hold after ten seconds", () => {
  const roads = { socket: slow, stream: fast };
  const broken = scene();
  broken.pass(10, roads);
  broken.choice.broke(broken.now());
  expect(broken.pass(55, roads)).toEqual(["socket"]);
  expect(broken.pass(10, roads)).toEqual(["socket", "stream"]);
  const held = scene();
  held.pass(2, roads);
  held.choice.heldBack(held.now());
  expect(held.pass(9, roads)).toEqual(["socket"]);
  expect(held.pass(5, roads)).toEqual(["socket", "stream"]);
});
