import { NotPairedError } from "@zarrcam/client/remote";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { PictureRequest } from "../core/picture-request.ts";
import { CameraLink } from "./camera-link.ts";
import type { Previews } from "./pictures-source.ts";

type Listener = Parameters<Previews["onConnection"]>[0];

/** A bridge that does as it is told, and what was asked of it. */
function bridge() {
  const asked: string[] = [];
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
    close: () => asked.push("end"),
  } as unknown as Previews;
  const refuse = (error: Error | null) => (refusal = error);
  const tell = (state: "connected" | "reconnecting" | "closed", reason: NotPairedError | null = null) =>
    connection({ state, reason });
  return { previews, asked, ends, refuse, tell };
}

function scene() {
  const problems: (string | null)[] = [];
  const states: string[] = [];
  const link = new CameraLink({
    link: (state) => states.push(state),
    picture: () => Promise.resolve(),
    problem: (_, problem) => problems.push(problem),
  });
  const first = bridge();
  link.use(() => Promise.resolve(first.previews));
  return { link, problems, states, ...first };
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

it("takes pictures from elsewhere: what is requested stays, and what was there is heard no more", async () => {
  const { link, asked, states, problems, ends, tell } = scene();
  link.request(0, 0, wanted(100));
  await pass(0);
  const other = bridge();
  link.use(() => Promise.resolve(other.previews));
  await pass(0);
  expect([asked, other.asked]).toEqual([["subscribe 0 100", "end"], ["subscribe 0 100"]]);
  tell("reconnecting");
  ends[0]?.();
  await pass(10_000);
  expect([states, other.asked.length]).toEqual([["connected", "connected"], 1]);
  link.use(null);
  link.request(0, 0, wanted(200));
  await pass(10_000);
  expect([other.asked, problems]).toEqual([
    ["subscribe 0 100", "end"],
    [null, null],
  ]);
});

it("tries no more where nobody is let in from here any more, and says so", async () => {
  const { link, asked, states, tell } = scene();
  await pass(0);
  tell("closed", new NotPairedError("not let in any more"));
  let tries = 0;
  link.use(() => Promise.reject(new NotPairedError(`try ${(tries += 1)}`)));
  await pass(60_000);
  expect([states, tries, asked]).toEqual([["connected", "closed", "closed"], 1, ["end"]]);
});

it("gives up a connection that is made too late, and one that is refused", async () => {
  const { link, asked, states } = scene();
  await pass(0);
  const late = bridge();
  link.use(() => new Promise((resolve) => setTimeout(() => resolve(late.previews), 1000)));
  link.use(() => Promise.reject(new Error("nobody there")));
  await pass(0);
  const last = bridge();
  link.use(() => Promise.resolve(last.previews));
  link.request(0, 0, wanted(100));
  await pass(5000);
  expect([asked, late.asked, last.asked]).toEqual([["end"], ["end"], ["subscribe 0 100"]]);
  expect(states).toEqual(["connected", "reconnecting", "connected"]);
});

it("tells the contrast that was set where pictures have but 8 bits, once the hand rests", async () => {
  type Picture = { header: { adaptation: unknown } };
  const windows: unknown[] = [];
  let show: (picture: Picture) => void = () => undefined;
  const link = new CameraLink({ link: () => undefined, picture: () => Promise.resolve(), problem: () => undefined });
  link.use(() =>
    Promise.resolve({
      onConnection: () => () => undefined,
      subscribePreview: ({ encodings }: { encodings: string[] }, listener: typeof show) => {
        expect(encodings).toEqual(["blosc", "jpeg"]);
        show = listener;
        return Promise.resolve({ update: ({ window }: { window: unknown }) => Promise.resolve(windows.push(window)) });
      },
      close: () => undefined,
    } as unknown as Previews),
  );
  link.request(0, 0, wanted(100));
  await pass(10);
  link.setWindow(0, { minimum: 1, maximum: 2 });
  await pass(1000);
  show({ header: { adaptation: null } });
  await pass(1000);
  expect(windows).toEqual([]);
  show({ header: { adaptation: { encoding: "jpeg", reduced: 1, window: { minimum: 0, maximum: 255 } } } });
  await pass(10);
  expect(windows).toEqual([{ minimum: 1, maximum: 2 }]);
  for (const maximum of [3, 4, 5]) link.setWindow(0, { minimum: 1, maximum });
  await pass(1000);
  link.setWindow(0, null);
  await pass(1000);
  expect(windows.slice(1)).toEqual([{ minimum: 1, maximum: 5 }, undefined]);
});
