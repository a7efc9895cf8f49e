// The stream of previews as the bridge gives it: whom, by which road, and what becomes of pictures when a road ends.
import { type IncomingMessage, get as httpGet } from "node:http";
import { tmpdir } from "node:os";

import { parsePreviewFrame, parsePreviewRecordHeader, filledUp } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { get } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const VIEWER = "https://viewer.example";
const SITE = "https://site.example";
let runtime: ScriptedRuntime;
let bridge: Bridge;

beforeEach(async () => {
  // Frames come by hand. Pictures of 1 MiB: larger than what a connection swallows unread.
  runtime = new ScriptedRuntime(tmpdir(), { fps: 0, side: 1024 });
  const allowedOrigins = { read: [VIEWER], control: [SITE] };
  bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "test", allowedOrigins });
});
afterEach(() => bridge.close());

const request = { stream: 0, max_width: 1024, max_height: 1024 };
const keyOf = (client: RawClient) => client.notifications("hello")[0]!["session"] as string;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function subscribe(client: RawClient): Promise<number> {
  return (await client.call<{ subscription: number }>("preview.subscribe", request)).subscription;
}

/** A stream by hand, read as its records say. */
class Stream {
  readonly pictures: { subscription: number; frame: number; skipped: number; picture: number }[] = [];
  /** How the body ended; null: it has not. */
  ended: "over" | "broken" | null = null;
  begun = false;
  readonly answer: IncomingMessage;
  #held = Buffer.alloc(0);

  private constructor(answer: IncomingMessage) {
    this.answer = answer;
    answer.on("data", (data: Buffer) => this.#take(data));
    answer.on("end", () => (this.ended ??= "over"));
    answer.on("error", () => (this.ended ??= "broken"));
  }

  static open(key: string): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const asked = httpGet(`http://127.0.0.1:${bridge.port}/sessions/${key}/previews`, { agent: false }, (answer) =>
        answer.statusCode === 200 ? resolve(new Stream(answer)) : reject(new Error(String(answer.statusCode))),
      );
      asked.on("error", reject);
    });
  }
  /** Open, begun and chosen. */
  static async chosen(client: RawClient): Promise<Stream> {
    const stream = await Stream.open(keyOf(client));
    await client.until(() => stream.begun, "a beginning");
    expect(await client.call("preview.road", { road: "stream" })).toEqual({ road: "stream", pictures: 0 });
    return stream;
  }

  #take(data: Buffer): void {
    this.#held = Buffer.concat([this.#held, data]);
    while (this.#held.length >= 32) {
      const { kind, payloadBytes, picture } = parsePreviewRecordHeader(this.#held);
      const length = 32 + filledUp(payloadBytes);
      if (this.#held.length < length) return;
      if (kind === "begin") this.begun = true;
      else {
        const { header } = parsePreviewFrame(this.#held.subarray(32, 32 + payloadBytes));
        const { subscription, hardwareFrameId: frame, skipped } = header;
        this.pictures.push({ subscription, frame, skipped, picture });
      }
      this.#held = this.#held.subarray(length);
    }
  }
}

test("pictures come by the road that was chosen, in order over both, each once", async () => {
  const client = await RawClient.open(bridge);
  const subscription = await subscribe(client);
  runtime.capture();
  await client.until(() => client.pictures.length === 1);
  const stream = await Stream.chosen(client);
  expect(stream.answer.headers).toMatchObject({
    "content-type": "application/octet-stream",
    "cache-control": "no-store",
    "transfer-encoding": "chunked",
  });
  // One is still on its way by the socket: none overtakes it.
  runtime.capture();
  await sleep(100);
  expect([stream.pictures, client.pictures.length]).toEqual([[], 1]);
  client.notify("preview.ack", { subscription, frame: 1 });
  await client.until(() => stream.pictures.length === 1, "a picture by the stream");
  client.notify("preview.ack", { subscription, frame: 2 });
  runtime.capture();
  await client.until(() => stream.pictures.length === 2, "another");
  expect(stream.pictures).toEqual([
    { subscription, frame: 2, skipped: 0, picture: 1 },
    { subscription, frame: 3, skipped: 0, picture: 2 },
  ]);
  expect(await client.call("preview.road", { road: "stream" })).toEqual({ road: "stream", pictures: 2 });
  client.notify("preview.ack", { subscription, frame: 3 });
  // Back: all was acknowledged, so nothing comes twice.
  expect(await client.call("preview.road", { road: "socket" })).toEqual({ road: "socket", pictures: 0 });
  await client.until(() => stream.ended !== null, "its end");
  await sleep(50);
  expect(client.pictures).toHaveLength(1);
  runtime.capture();
  await client.until(() => client.pictures.length === 2);
  expect(client.pictures[1]).toMatchObject({ subscription, frame: 4, skipped: 0 });
  await client.close();
});

test("without a stream there is none to choose; a snap comes by the socket always", async () => {
  const client = await RawClient.open(bridge);
  expect(await client.call("preview.road", { road: "stream" })).toEqual({ road: "socket", pictures: 0 });
  await expect(client.call("preview.road", { road: "carrier pigeon" })).rejects.toMatchObject({
    data: { code: "invalid_params" },
  });
  await Stream.chosen(client);
  await client.call("snap", { stream: 0 });
  expect(client.pictures).toHaveLength(1);
  await client.close();
});

test("the last picture of a camera that stopped is not lost with the stream that it went by", async () => {
  const client = await RawClient.open(bridge);
  const subscription = await subscribe(client);
  const stream = await Stream.chosen(client);
  runtime.capture();
  await client.until(() => stream.pictures.length === 1, "a picture");
  // It was not acknowledged: who knows whether all of it came.
  stream.answer.destroy();
  await client.until(() => client.pictures.length === 1, "the same frame by the socket");
  expect(client.pictures[0]).toMatchObject({ subscription, frame: 1 });
  expect(await client.call("preview.road", { road: "stream" })).toEqual({ road: "socket", pictures: 0 });
  await client.close();
});

test("every subscription of a session goes by its one stream; another takes the place of the one before", async () => {
  const client = await RawClient.open(bridge);
  const subscriptions = [await subscribe(client), await subscribe(client), await subscribe(client)];
  const first = await Stream.chosen(client);
  runtime.capture();
  await client.until(() => first.pictures.length === 3, "three pictures");
  expect(first.pictures.map(({ subscription }) => subscription).sort()).toEqual(subscriptions);
  const second = await Stream.open(keyOf(client));
  await client.until(() => first.ended !== null && second.begun, "the change");
  // Which is not chosen yet: what was lost with the first comes by the socket.
  await client.until(() => client.pictures.length === 3, "the three by the socket");
  for (const subscription of subscriptions) client.notify("preview.ack", { subscription, frame: 1 });
  await client.call("preview.road", { road: "stream" });
  runtime.capture();
  await client.until(() => second.pictures.length === 3, "three by the second");
  await client.close();
  await client.closed;
  while (second.ended === null) await sleep(10);
});

test("credits, latest wins and the limit of unread bytes are those of the socket", async () => {
  const client = await RawClient.open(bridge);
  for (let count = 0; count < 12; count++) await subscribe(client);
  const stream = await Stream.chosen(client);
  stream.answer.pause();
  stream.answer.socket.pause();
  for (let frame = 0; frame < 30; frame++) {
    runtime.capture();
    await sleep(10);
  }
  // Of each subscription one picture at most before the first acknowledgement, and 8 MiB and one more unread; the rest is the system's.
  const { pictures } = await client.call<{ pictures: number }>("preview.road", { road: "stream" });
  expect(pictures).toBeLessThanOrEqual(12);
  expect(client.pictures).toEqual([]);
  const other = await RawClient.open(bridge);
  other.acknowledgeAll();
  await subscribe(other);
  for (let taken = 0; taken < 20; taken++) {
    const frame = runtime.capture();
    await other.until(() => other.pictures.at(-1)?.frame === frame, `frame ${frame}`);
  }
  await Promise.all([client.close(), other.close()]);
});

test("refusals have their status, and nobody gets another session's pictures", async () => {
  const client = await RawClient.open(bridge);
  const path = `/sessions/${keyOf(client)}/previews`;
  const status = async (...args: Parameters<typeof get> extends [number, ...infer Rest] ? Rest : never) =>
    (await get(bridge.port, ...args))?.status;
  for (const key of ["client 1", "client%201", "1", "", "A".repeat(22), `${keyOf(client)}A`, "..%2f", "__proto__"])
    expect([key, [400, 404].includes((await status(`/sessions/${key}/previews`)) ?? 0)]).toEqual([key, true]);
  for (const other of ["/sessions", "/sessions/", path.replace("previews", "frames"), `${path}/1`])
    expect(await status(other)).toBe(404);
  expect(await status(`${path}?road=stream`)).toBe(400);
  for (const origin of ["https://evil.example", VIEWER, "null"])
    expect(await status(path, { Origin: origin })).toBe(403);
  expect(await status(path, { Origin: SITE }, "HEAD")).toBe(200);
  expect(await status(path, { Host: "rebound.example" })).toBe(403);
  expect(await status(path, { "Sec-Fetch-Site": "cross-site" })).toBe(403);
  expect(await status(path, {}, "POST")).toBe(405);
  expect(await status(path, {}, "HEAD")).toBe(200);
  const other = await RawClient.open(bridge);
  expect(keyOf(other)).not.toBe(keyOf(client));
  await client.close();
  expect(await status(path)).toBe(404);
  await other.close();
});

test("a bridge that shuts down ends its streams", async () => {
  const client = await RawClient.open(bridge);
  const stream = await Stream.chosen(client);
  const begunMs = performance.now();
  await bridge.close();
  while (stream.ended === null) await sleep(10);
  expect(performance.now() - begunMs).toBeLessThan(5000);
});
