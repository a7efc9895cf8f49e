import { tmpdir } from "node:os";

import { DisconnectedError, RunStateError, connect } from "@zarrcam/client";
import { RemotePreviews, RemoteRuntime, type WebSocketConstructor } from "@zarrcam/client/remote";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { type Bridge, startBridge } from "../src/index.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

/** Node has none of its own before 22. */
const webSocket = WebSocket as unknown as WebSocketConstructor;

let runtime: ScriptedRuntime;
let bridge: Bridge;

const start = (port: number) => startBridge({ runtime: runtime.asHost(), port, pageDir: null, version: "test" });
const url = () => `ws://127.0.0.1:${bridge.port}/ws`;

beforeEach(async () => {
  runtime = new ScriptedRuntime(tmpdir(), { fps: 50 });
  bridge = await start(0);
});
afterEach(() => bridge.close());

test("calls get their answers, events their listeners", async () => {
  await using remote = await connect(url());
  expect(remote.hello).toMatchObject({ version: "test", client: "client 1", revision: 1 });
  const heard: unknown[] = [];
  const off = remote.on("configuration", (change) => heard.push(change));
  expect(await remote.setConfiguration({ video: [] })).toMatchObject({ revision: 2 });
  expect(await remote.getState()).toBe("Armed");
  off();
  await remote.setConfiguration({ video: [] });
  expect(heard).toEqual([{ configuration: { video: [] }, revision: 2, changed_by: "client 1" }]);
});

test("a refusal is an error with its class and code", async () => {
  await using remote = await connect(url());
  const refused = remote.start();
  await expect(refused).rejects.toBeInstanceOf(RunStateError);
  await expect(refused).rejects.toMatchObject({ code: "already_running", message: "The run goes on." });
  await expect(remote.abort()).rejects.toMatchObject({ code: "internal" });
});

test("previews come with their credit, by listener and by iterator", async () => {
  await using remote = await connect(url());
  const request = { stream: 0, maxWidth: 64, maxHeight: 64 };
  const frames: number[] = [];
  const subscription = await remote.subscribePreview(request, ({ header }) => void frames.push(header.hardwareFrameId));
  while (frames.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
  await subscription.update({ maxWidth: 32, maxHeight: 32 });
  await subscription.close();
  const heard = frames.length;

  let count = 0;
  for await (const { header, pixels } of remote.previews(request)) {
    expect(pixels).toHaveLength(64 * 64);
    expect(pixels[0]).toBe(header.hardwareFrameId % 256);
    if (++count === 5) break;
  }
  expect(frames.length).toBe(heard);
  for await (const frame of remote.getAvailableData(0)) {
    expect(frame).toMatchObject({ stream: 0, width: 64, height: 64, pixelType: "U8", frameIndex: null });
    break;
  }
  while (runtime.waiting > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

test("a session of pictures alone hears nothing else, and has its subscriptions again after a restart", async () => {
  const previews = await RemotePreviews.connect(url(), { reconnect: true, webSocket });
  const states: string[] = [];
  previews.onConnection(({ state }) => states.push(state));
  let pictures = 0;
  const request = { stream: 0, maxWidth: 64, maxHeight: 64 };
  await previews.subscribePreview(request, () => void (pictures += 1));
  while (pictures < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  const { port } = bridge;
  await bridge.close();
  bridge = await start(port);
  while (!states.includes("connected")) await new Promise((resolve) => setTimeout(resolve, 10));
  const before = pictures;
  while (pictures < before + 3) await new Promise((resolve) => setTimeout(resolve, 10));
  previews.close();
  expect(states).toEqual(["reconnecting", "connected", "closed"]);
});

test("a snap is a picture", async () => {
  await using remote = await connect(url());
  expect((await remote.snap()).header).toMatchObject({ hardwareFrameId: 7, width: 64 });
});

test("a bridge that is not there is an error at once", async () => {
  const { port } = bridge;
  await bridge.close();
  await expect(connect(`ws://127.0.0.1:${port}/ws`)).rejects.toBeInstanceOf(DisconnectedError);
  bridge = await start(0);
});

test("a JavaScript without WebSocket is told what to do", async () => {
  if ("WebSocket" in globalThis) return;
  await expect(RemoteRuntime.connect(url())).rejects.toThrow(/webSocket/);
});

test("when the bridge goes, waiting calls fail and iterators end", async () => {
  await using remote = await connect(url());
  const waiting = remote.stop();
  const events = remote.events("state").next();
  const pictures = remote.previews({ stream: 0, maxWidth: 8, maxHeight: 8 });
  await pictures.next();
  const states: string[] = [];
  remote.onConnection(({ state }) => states.push(state));
  await bridge.close();
  let result = await pictures.next();
  while (!result.done) result = await pictures.next();
  await expect(waiting).rejects.toBeInstanceOf(DisconnectedError);
  expect(await events).toEqual({ done: true, value: undefined });
  expect(states).toEqual(["closed"]);
  await expect(remote.getState()).rejects.toBeInstanceOf(DisconnectedError);
  bridge = await start(0);
});

test("it finds the bridge again, takes over its state and goes on with its previews", async () => {
  await using remote = await connect(url(), { reconnect: true });
  const states: string[] = [];
  const revisions: number[] = [];
  let pictures = 0;
  remote.onConnection(({ state }) => states.push(state));
  remote.on("configuration", ({ revision }) => revisions.push(revision));
  await remote.subscribePreview({ stream: 0, maxWidth: 64, maxHeight: 64 }, () => void (pictures += 1));
  while (pictures < 3) await new Promise((resolve) => setTimeout(resolve, 10));

  const { port } = bridge;
  await bridge.close();
  runtime = new ScriptedRuntime(tmpdir(), { fps: 50 });
  runtime.revision = 41;
  bridge = await start(port);
  while (!states.includes("connected")) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(states).toEqual(["reconnecting", "connected"]);
  expect(revisions).toEqual([41]);
  expect(remote.hello.revision).toBe(41);
  const before = pictures;
  while (pictures < before + 3) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await remote.getState()).toBe("Armed");
});
