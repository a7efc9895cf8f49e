import { connect } from "node:net";
import { tmpdir } from "node:os";

import { MAX_SUBSCRIPTIONS } from "@zarrcam/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

let runtime: ScriptedRuntime;
let bridge: Bridge;

beforeEach(async () => {
  // Pictures of 1 MiB: larger than what a socket swallows unread.
  runtime = new ScriptedRuntime(tmpdir(), { fps: 30, side: 1024 });
  bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "test" });
});
afterEach(() => bridge.close());

const request = { stream: 0, max_width: 1024, max_height: 1024 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function subscribe(client: RawClient): Promise<number> {
  const { subscription } = await client.call<{ subscription: number }>("preview.subscribe", request);
  return subscription;
}

describe("credits", () => {
  test("pictures come in order, newest first served, each once", async () => {
    const client = await RawClient.open(bridge);
    client.acknowledgeAll();
    const subscription = await subscribe(client);
    await client.until(() => client.pictures.length >= 10);
    const ids = client.pictures.map(({ frame }) => frame);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(client.pictures.every((picture) => picture.subscription === subscription)).toBe(true);
    await client.close();
  });

  test("without acknowledgement at most four come, and the bridge waits for nobody", async () => {
    const client = await RawClient.open(bridge);
    await subscribe(client);
    await sleep(1500);
    expect(client.pictures.length).toBeGreaterThanOrEqual(1);
    expect(client.pictures.length).toBeLessThanOrEqual(4);
    expect(runtime.waiting).toBe(0);
    const { frame, subscription } = client.pictures[0]!;
    const before = client.pictures.length;
    client.notify("preview.ack", { subscription, frame });
    await client.until(() => client.pictures.length > before);
    // What was skipped meanwhile is counted.
    expect(client.pictures.at(-1)!.skipped).toBeGreaterThan(20);
    await client.close();
  });

  test("an ack of a picture that was never sent gives no credit", async () => {
    const client = await RawClient.open(bridge);
    const subscription = await subscribe(client);
    await client.until(() => client.pictures.length >= 1);
    const before = client.pictures.length;
    for (let frame = 1e6; frame < 1e6 + 20; frame++) client.notify("preview.ack", { subscription, frame });
    await sleep(400);
    expect(client.pictures.length).toBe(before);
    await client.close();
  });

  test("unsubscribing and leaving end the wait for frames", async () => {
    const client = await RawClient.open(bridge);
    const subscription = await subscribe(client);
    await client.until(() => client.pictures.length >= 1);
    await client.call("preview.unsubscribe", { subscription });
    await expect(client.call("preview.unsubscribe", { subscription })).rejects.toMatchObject({
      data: { code: "unknown_subscription" },
    });
    client.acknowledgeAll();
    await subscribe(client);
    await client.until(() => client.pictures.length >= 5);
    await client.close();
    await sleep(200);
    expect(runtime.waiting).toBe(0);
  });

  test("another size comes at once, of the same subscription", async () => {
    const client = await RawClient.open(bridge);
    client.acknowledgeAll();
    const subscription = await subscribe(client);
    await client.until(() => client.pictures.length >= 3);
    expect(await client.call("preview.subscribe", { ...request, max_width: 512, subscription })).toEqual({
      subscription,
    });
    const before = client.pictures.length;
    await client.until(() => client.pictures.length > before);
    await expect(client.call("preview.subscribe", { ...request, stream: 1, subscription })).rejects.toMatchObject({
      data: { code: "invalid_params" },
    });
    await client.close();
  });

  test("a session has as many subscriptions as it may, and no more", async () => {
    const client = await RawClient.open(bridge);
    for (let count = 0; count < MAX_SUBSCRIPTIONS; count++) await subscribe(client);
    await expect(subscribe(client)).rejects.toMatchObject({ data: { code: "too_many_requests" } });
    await client.close();
  });

  test("a snap comes before its answer", async () => {
    const client = await RawClient.open(bridge);
    const snapped = await client.call<{ subscription: number; hardware_frame_id: number }>("snap", { stream: 0 });
    expect(client.pictures).toMatchObject([{ subscription: snapped.subscription, frame: 7 }]);
    expect(snapped.hardware_frame_id).toBe(7);
    await client.close();
  });
});

test("a client that asks for snaps and reads none is refused before they pile up", async () => {
  const client = await RawClient.open(bridge);
  const { _socket } = client.socket as unknown as { _socket: { pause(): void; resume(): void } };
  _socket.pause();
  for (let count = 0; count < 60; count++)
    client.socket.send(`{"jsonrpc":"2.0","id":${count},"method":"snap","params":{"stream":0}}`);
  await sleep(500);
  _socket.resume();
  await client.until(() => client.texts.filter(({ id }) => typeof id === "number").length === 60);
  const refused = client.texts.filter(
    ({ error }) => (error as { data?: { code: string } })?.data?.code === "too_many_requests",
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(client.pictures.length).toBe(60 - refused.length);
  await client.close();
});

describe("a client that stalls", () => {
  // Frames come by hand, each when the one before has arrived: how fast the machine is takes no part.
  beforeEach(async () => {
    await bridge.close();
    runtime = new ScriptedRuntime(tmpdir(), { fps: 0, side: 1024 });
    bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "test" });
  });

  /** Every frame reaches a client that acknowledges, each before the next is taken, until there were `enough`. */
  async function expectEveryFrame(enough: (taken: number) => boolean): Promise<void> {
    const client = await RawClient.open(bridge);
    client.acknowledgeAll();
    await subscribe(client);
    await client.until(() => client.pictures.length === 1);
    for (let taken = 1; !enough(taken); taken++) {
      const frame = runtime.capture();
      await client.until(() => client.pictures.length > taken, `frame ${frame}`);
      expect(client.pictures[taken]).toMatchObject({ frame, skipped: 0 });
    }
    await client.close();
  }

  test("never acknowledges, or does not even read: the other gets every frame", async () => {
    runtime.capture();
    const silent = await RawClient.open(bridge);
    await subscribe(silent);
    const deaf = await RawClient.open(bridge);
    for (let count = 0; count < 8; count++) await subscribe(deaf);
    (deaf.socket as unknown as { _socket: { pause(): void } })._socket.pause();

    await expectEveryFrame((taken) => taken > 40);
    expect(silent.pictures.length).toBeLessThanOrEqual(4);
    await silent.close();
    deaf.socket.terminate();
  });

  test("disconnects in the middle of a picture: the other gets every frame", async () => {
    runtime.capture();
    let left = 0;
    const leavers = (async () => {
      for (; left < 10; left++) await leaveInTheMiddle();
    })();
    await expectEveryFrame((taken) => taken > 40 && left === 10);
    await leavers;
    await vi.waitFor(() => expect(runtime.waiting).toBe(0));
  });
});

/** Takes some bytes of the first picture and resets the connection. */
function leaveInTheMiddle(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(bridge.port, "127.0.0.1", () => {
      socket.write(
        `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${bridge.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: zarrcam.v1\r\n\r\n",
      );
      const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "preview.subscribe", params: request });
      // A masked text frame with a mask of zeros.
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]));
    });
    let bytes = 0;
    socket.on("data", (data) => {
      bytes += data.length;
      if (bytes > 100_000) socket.resetAndDestroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.setTimeout(2000, () => socket.destroy());
  });
}
