// Pictures of a client by the stream, and by the socket where there is none, or something stands between.
import { tmpdir } from "node:os";

import { RemotePreviews, type WebSocketConstructor } from "@zarrcam/client/remote";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { type Bridge, startBridge } from "../src/index.ts";
import { Proxy } from "./proxy.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

/** Node has none of its own before 22. */
const webSocket = WebSocket as unknown as WebSocketConstructor;
const SIDE = 512;
/** Bytes of a picture. */
const PICTURE = SIDE * SIDE;

let runtime: ScriptedRuntime;
let bridge: Bridge;
let proxy: Proxy;
let previews: RemotePreviews;
let frames: number[];
/** Of a listener that does not take its picture. */
let hold: Promise<void> | null;

beforeEach(async () => {
  // Frames come by hand.
  runtime = new ScriptedRuntime(tmpdir(), { fps: 0, side: SIDE });
  bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "test" });
  proxy = await Proxy.before(bridge);
  frames = [];
  hold = null;
});
afterEach(async () => {
  previews.close();
  await proxy[Symbol.asyncDispose]();
  await bridge.close();
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let left = 1000; !isSo(); left--) {
    if (left === 0) throw new Error(`never: ${what}; ${frames.join(" ")}`);
    await sleep(10);
  }
}

async function look(options: Parameters<typeof RemotePreviews.connect>[1] = {}): Promise<void> {
  previews = await RemotePreviews.connect(`${proxy.url.replace("http", "ws")}ws`, {
    webSocket,
    reconnect: true,
    ...options,
  });
  await previews.subscribePreview({ stream: 0, maxWidth: SIDE, maxHeight: SIDE }, ({ header, pixels }) => {
    expect(pixels).toHaveLength(PICTURE);
    expect(new Set([pixels[0], pixels[PICTURE / 2], pixels[PICTURE - 1]])).toEqual(
      new Set([header.hardwareFrameId % 256]),
    );
    frames.push(header.hardwareFrameId);
    return hold ?? undefined;
  });
}
/** Takes a frame, which must come. */
async function show(): Promise<void> {
  const frame = runtime.capture();
  await until(() => frames.includes(frame), `frame ${frame}`);
}
async function showByStream(): Promise<void> {
  previews.fixRoad("stream");
  await until(() => previews.road === "stream", "the stream");
  await show();
}
const inOrder = () => expect(frames).toEqual([...frames].sort((one, other) => one - other));

test("each frame comes, in order, by the stream and by the socket, as often as the road changes", async () => {
  await look();
  for (let turn = 0; turn < 5; turn++) {
    await show();
    await showByStream();
    await show();
    previews.fixRoad("socket");
    await until(() => previews.road === "socket", "the socket");
  }
  inOrder();
  expect(new Set(frames).size).toBe(15);
});

test.each([
  ["a bridge of before, or a proxy that knows no such path", { refuses: 404 }],
  ["a gateway that does not get through", { refuses: 502 }],
  ["a proxy that keeps the body back", "keeps back"],
] as const)("%s: pictures never stop coming by the socket", async (_, mood) => {
  proxy.mood = mood;
  await look();
  await show();
  previews.fixRoad("stream");
  await until(() => proxy.asked === 1, "asked for");
  for (let count = 0; count < 5; count++) await show();
  // Who keeps a body back says nothing: it is waited for no longer than this.
  await until(() => proxy.open === 0, "given up");
  await show();
  expect([previews.road, proxy.asked]).toEqual(["socket", 1]);
  inOrder();
});

test("a stream that breaks in the middle of a picture: that frame comes by the socket", async () => {
  proxy.mood = { breaksAfter: 3.5 * PICTURE };
  await look();
  await showByStream();
  for (let count = 0; count < 6; count++) await show();
  expect(previews.road).toBe("socket");
  inOrder();
});

test(
  "a stream that stands still without ending is noticed, and its frame comes by the socket",
  { timeout: 20_000 },
  async () => {
    proxy.mood = { keepsBackAfter: 2.5 * PICTURE };
    await look();
    await showByStream();
    await show();
    expect(previews.road).toBe("stream");
    // All that comes of this one is its beginning.
    await show();
    expect(previews.road).toBe("socket");
    inOrder();
  },
);

test(
  "a stream by which nothing has to come, or whose client takes nothing, is none that stands still",
  { timeout: 20_000 },
  async () => {
    await look();
    await showByStream();
    let take = () => undefined as void;
    hold = new Promise((resolve) => (take = resolve));
    await show();
    runtime.capture();
    await sleep(2500);
    expect(previews.road).toBe("stream");
    hold = null;
    take();
    await until(() => frames.includes(3), "frame 3");
    await sleep(2500);
    expect(previews.road).toBe("stream");
    await show();
  },
);

test("out of sight the stream is given up, and its permit with it", async () => {
  const permits: string[] = [];
  const permit = () => {
    permits.push("asked");
    return Promise.resolve(() => void permits.push("given back"));
  };
  await look({ permit });
  await showByStream();
  previews.setInSight(false);
  await until(() => permits.length === 2, "given back");
  await show();
  expect(previews.road).toBe("socket");
  previews.setInSight(true);
  await until(() => previews.road === "stream", "the stream again");
  await show();
  previews.close();
  await until(() => permits.length === 4, "given back in the end");
  expect(permits).toEqual(["asked", "given back", "asked", "given back"]);
});

test("without leave to hold a connection none is opened", async () => {
  await look({ permit: () => Promise.resolve(null) });
  previews.fixRoad("stream");
  await show();
  await sleep(200);
  await show();
  expect([previews.road, proxy.asked]).toEqual(["socket", 0]);
});

test(
  "on another connection it is measured anew, and the stream goes on for the same subscription",
  { timeout: 20_000 },
  async () => {
    await look();
    await showByStream();
    const { port } = bridge;
    await bridge.close();
    await until(() => previews.road === "socket", "the socket");
    bridge = await startBridge({ runtime: runtime.asHost(), port, pageDir: null, version: "test" });
    await show();
    previews.fixRoad("stream");
    await until(() => previews.road === "stream", "the stream of the other session");
    await show();
  },
);
