import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { PictureRequest } from "../core/picture-request.ts";
import { CameraLink, type Previews } from "./camera-link.ts";

type Listener = Parameters<Previews["onConnection"]>[0];

/** A bridge that does as it is told, and what was asked of it. */
function scene() {
  const asked: string[] = [];
  const problems: (string | null)[] = [];
  const states: string[] = [];
  const ends: (() => void)[] = [];
  let connection: Listener = () => undefined;
  let refusal: Error | null = null;
  const previews = {
    onConnection: (listener: Listener) => {
      connection = listener;
      return () => undefined;
    },
    subscribePreview: ({ stream, maxWidth }: { stream: number; maxWidth: number }, _: unknown, ended: () => void) => {
      asked.push(`subscribe ${stream} ${maxWidth}`);
      if (refusal) return Promise.reject(refusal);
      ends.push(ended);
      return Promise.resolve({
        update: (request: { maxWidth: number }) => {
          asked.push(`update ${request.maxWidth}`);
          return Promise.resolve();
        },
        close: () => {
          asked.push("close");
          return Promise.resolve();
        },
      });
    },
  } as unknown as Previews;
  const link = new CameraLink(
    {
      link: (state) => states.push(state),
      picture: () => Promise.resolve(),
      problem: (_, problem) => problems.push(problem),
    },
    () => Promise.resolve(previews),
  );
  const refuse = (error: Error | null) => (refusal = error);
  const tell = (state: "connected" | "reconnecting") => connection({ state, reason: null });
  return { link, asked, problems, states, ends, refuse, tell };
}
const wanted = (maxWidth: number): PictureRequest => ({ maxWidth, maxHeight: 10, region: null });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("asks for what was requested last, and for nothing twice", async () => {
  const { link, asked } = scene();
  for (const width of [100, 200, 300]) link.request(0, 0, wanted(width));
  await pass(0);
  link.request(0, 0, wanted(300));
  await pass(0);
  link.request(0, 0, wanted(400));
  await pass(0);
  link.request(0, 1, wanted(400));
  await pass(0);
  link.request(0, 1, null);
  await pass(0);
  expect(asked).toEqual(["subscribe 0 300", "update 400", "close", "subscribe 1 400", "close"]);
});

it("asks again for what was refused: after a while, and at once where something has changed", async () => {
  const { link, asked, problems, refuse } = scene();
  refuse(new Error("no such stream"));
  link.request(0, 1, wanted(100));
  await pass(0);
  expect(problems.at(-1)).toBe("no such stream");
  await pass(5000);
  expect(asked).toHaveLength(2);
  refuse(null);
  link.retry();
  await pass(0);
  expect([asked.length, problems.at(-1)]).toEqual([3, null]);
  await pass(60_000);
  expect(asked).toHaveLength(3);
});

it("subscribes anew where the bridge ended it, and on another connection", async () => {
  const { link, asked, ends, states, tell } = scene();
  link.request(0, 0, wanted(100));
  await pass(0);
  ends[0]?.();
  await pass(500);
  expect(asked).toEqual(["subscribe 0 100", "subscribe 0 100"]);
  tell("reconnecting");
  tell("connected");
  await pass(0);
  expect(asked.slice(2)).toEqual(["close", "subscribe 0 100"]);
  expect(states).toEqual(["connected", "reconnecting", "connected"]);
  // The end of one that is closed by now changes nothing.
  ends[0]?.();
  await pass(1000);
  expect(asked).toHaveLength(4);
});
