import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { rawRequest } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

/** Of a session, which it alone is told. */
const KEY = expect.stringMatching(/^[\w-]{22}$/) as string;
/** Who everybody on the camera computer is. */
const YOU = { id: "this_computer", name: "Camera computer", role: "admin", kind: "this_computer" };
let folder: string;
let runtime: ScriptedRuntime;
let bridge: Bridge;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-session-"));
  runtime = new ScriptedRuntime(folder);
  bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "1.2.3", allowedOrigins });
});
afterEach(async () => {
  await bridge.close();
  await rm(folder, { recursive: true });
});

const allowedOrigins = { read: ["https://viewer.example"], control: ["https://site.example"] };

/** Whoever else is there is served as before. */
async function expectAlive(): Promise<void> {
  const client = await RawClient.open(bridge);
  expect(await client.call("get_state")).toEqual({ state: "Armed" });
  await client.close();
}

function upgrade(headers: Record<string, string>, path = "/ws") {
  const all: Record<string, string> = {
    Host: `127.0.0.1:${bridge.port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "zarrcam.v1",
    ...headers,
  };
  const head = Object.entries(all)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return rawRequest(bridge.port, `GET ${path} HTTP/1.1\r\n${head.join("")}\r\n`, 300);
}

describe("connecting", () => {
  test("hello comes first, with the whole state", async () => {
    bridge.log("warning", "a.zarr has been recovered");
    const client = await RawClient.open(bridge);
    expect(client.texts[0]).toMatchObject({
      method: "hello",
      params: {
        version: "1.2.3",
        rig_name: hostname(),
        client: "client 1",
        alone: true,
        data_dir: folder,
        configuration: { video: [] },
        revision: 1,
        state: "Armed",
        stats: { streams: [] },
        last_run: null,
        devices: [],
        log: [{ level: "warning", message: "a.zarr has been recovered", stream: null }],
      },
    });
    expect(client.socket.protocol).toBe("zarrcam.v1");
    await client.close();
  });

  test.each([
    ["no subprotocol", { "Sec-WebSocket-Protocol": "" }, 400],
    ["an unknown subprotocol", { "Sec-WebSocket-Protocol": "zarrcam.v2, chat" }, 400],
    ["a rebound name", { Host: "rebound.example" }, 403],
    ["a foreign page", { Origin: "https://rebound.example" }, 403],
    ["another page of this computer", { Origin: "http://127.0.0.1:3000" }, 403],
    ["a page that may read", { Origin: "https://viewer.example" }, 403],
    ["a page whose name begins like one that may control", { Origin: "https://site.example.rebound.example" }, 403],
    ["an old version", { "Sec-WebSocket-Version": "7" }, 400],
    ["no key", { "Sec-WebSocket-Key": "" }, 400],
  ])("%s is refused", async (_what, headers, status) => {
    expect((await upgrade(headers as unknown as Record<string, string>))?.status).toBe(status);
    await expectAlive();
  });
  test("a notification that is none is refused", async () => {
    const answer = await upgrade({}, "/ws?notifications=state,weather");
    expect(answer?.status).toBe(400);
    expect(answer?.body.toString()).toBe('There is no notification "weather".\n');
    await expectAlive();
  });
  test("another path is refused", async () => {
    expect((await upgrade({}, "/other"))?.status).toBe(404);
  });
  test("several subprotocols with ours among them are taken", async () => {
    const answer = await upgrade({ "Sec-WebSocket-Protocol": "chat, zarrcam.v1" });
    expect(answer).toMatchObject({ status: 101, headers: { "sec-websocket-protocol": "zarrcam.v1" } });
  });
  test("the own page is taken", async () => {
    expect((await upgrade({ Origin: `http://127.0.0.1:${bridge.port}` }))?.status).toBe(101);
  });
  test("a page that was named for it is taken", async () => {
    expect((await upgrade({ Origin: "https://site.example" }))?.status).toBe(101);
  });
});

describe("a session that wants only some notifications", () => {
  test("is told of these, and nothing of the rest in hello", async () => {
    const client = await RawClient.open(bridge, "?notifications=state,log");
    const everything = await RawClient.open(bridge);
    expect(client.notifications("hello")).toEqual([
      {
        version: "1.2.3",
        rig_name: hostname(),
        client: "client 1",
        session: KEY,
        you: YOU,
        encodings: ["blosc", "jpeg"],
        alone: true,
        data_dir: folder,
        state: "Armed",
        log: [],
      },
    ]);
    await client.call("set_configuration", { configuration: {} });
    bridge.log("info", "heard");
    await client.until(() => client.notifications("log").length === 1);
    await everything.until(() => everything.notifications("log").length === 1);
    expect(everything.notifications("configuration")).toHaveLength(1);
    expect(client.notifications("configuration")).toEqual([]);
    await Promise.all([client.close(), everything.close()]);
  });

  test("gets pictures and answers alone where it wants none", async () => {
    const client = await RawClient.open(bridge, "?notifications=");
    expect(client.notifications("hello")).toEqual([
      {
        version: "1.2.3",
        rig_name: hostname(),
        client: "client 1",
        session: KEY,
        you: YOU,
        encodings: ["blosc", "jpeg"],
        alone: true,
        data_dir: folder,
      },
    ]);
    await client.call("preview.subscribe", { stream: 0, max_width: 64, max_height: 64 });
    await client.until(() => client.pictures.length > 0);
    bridge.log("info", "not heard");
    expect(await client.call("get_state")).toEqual({ state: "Armed" });
    expect(client.texts.filter((message) => "method" in message)).toHaveLength(1);
    await client.close();
  });
});

describe("malformed input", () => {
  test.each([
    ["no JSON", "{", -32700, "invalid_message", null],
    ["JSON that is no object", "3", -32600, "invalid_message", null],
    ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"get_state"}]', -32600, "invalid_message", null],
    ["no version", '{"id":1,"method":"get_state"}', -32600, "invalid_message", 1],
    [
      "parameters by position",
      '{"jsonrpc":"2.0","id":1,"method":"get_state","params":[]}',
      -32600,
      "invalid_message",
      1,
    ],
    ["an unknown method", '{"jsonrpc":"2.0","id":"a","method":"format_disk"}', -32601, "unknown_method", "a"],
    ["a method of Object", '{"jsonrpc":"2.0","id":1,"method":"constructor"}', -32601, "unknown_method", 1],
    ["__proto__", '{"jsonrpc":"2.0","id":1,"method":"__proto__"}', -32601, "unknown_method", 1],
    ["a missing parameter", '{"jsonrpc":"2.0","id":1,"method":"start"}', -32602, "invalid_params", 1],
    [
      "a wrong type",
      '{"jsonrpc":"2.0","id":1,"method":"start","params":{"record":"yes"}}',
      -32602,
      "invalid_params",
      1,
    ],
    [
      "an unknown parameter",
      '{"jsonrpc":"2.0","id":1,"method":"get_state","params":{"x":1}}',
      -32602,
      "invalid_params",
      1,
    ],
    [
      "a negative stream",
      '{"jsonrpc":"2.0","id":1,"method":"snap","params":{"stream":-1}}',
      -32602,
      "invalid_params",
      1,
    ],
    ["half a stream", '{"jsonrpc":"2.0","id":1,"method":"snap","params":{"stream":0.5}}', -32602, "invalid_params", 1],
    [
      "a huge stream",
      '{"jsonrpc":"2.0","id":1,"method":"snap","params":{"stream":1e300}}',
      -32602,
      "invalid_params",
      1,
    ],
    [
      "a configuration that is a list",
      '{"jsonrpc":"2.0","id":1,"method":"validate","params":{"configuration":[]}}',
      -32602,
      "invalid_params",
      1,
    ],
    [
      "a picture of 0 px",
      '{"jsonrpc":"2.0","id":1,"method":"preview.subscribe","params":{"stream":0,"max_width":0,"max_height":9}}',
      -32602,
      "invalid_params",
      1,
    ],
    [
      "a subscription of nobody",
      '{"jsonrpc":"2.0","id":1,"method":"preview.ack","params":{"subscription":9,"frame":0}}',
      -32012,
      "unknown_subscription",
      1,
    ],
  ])("%s gets its error", async (_what, text, number, code, id) => {
    const client = await RawClient.open(bridge);
    expect(await client.answerTo(text)).toMatchObject({ jsonrpc: "2.0", id, error: { code: number, data: { code } } });
    expect(await client.call("get_state")).toEqual({ state: "Armed" });
    await client.close();
  });

  test("a wrong parameter is named", async () => {
    const client = await RawClient.open(bridge);
    const region = { x: 0, y: 0, width: 0, height: 1 };
    const params = { stream: 0, max_width: 10, max_height: 10, region };
    await expect(client.call("preview.subscribe", params)).rejects.toMatchObject({ data: { path: "region.width" } });
    await client.close();
  });

  test("a binary message closes with 1003", async () => {
    const client = await RawClient.open(bridge);
    client.socket.send(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"get_state"}'));
    expect((await client.closed).code).toBe(1003);
    await expectAlive();
  });

  test("a message over 1 MiB closes with 1009, one just under is read", async () => {
    const client = await RawClient.open(bridge);
    const names = (bytes: number) => `{"jsonrpc":"2.0","id":1,"method":"no","params":{"a":"${"x".repeat(bytes)}"}}`;
    expect(await client.answerTo(names((1 << 20) - 100))).toMatchObject({ error: { code: -32601 } });
    client.socket.send(names(1 << 20));
    expect((await client.closed).code).toBe(1009);
    await expectAlive();
  });

  test("text that is no UTF-8 closes with 1007", async () => {
    const client = await RawClient.open(bridge);
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).toBe(1007);
    await expectAlive();
  });

  test("a broken WebSocket frame closes the connection", async () => {
    const client = await RawClient.open(bridge);
    const { _socket } = client.socket as unknown as { _socket: { write(bytes: Buffer): void } };
    _socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await client.closed;
    await expectAlive();
  });

  test("more than 50 bad messages in 10 s close with 1008", async () => {
    const client = await RawClient.open(bridge);
    for (let sent = 0; sent < 60; sent++) client.socket.send("{");
    expect((await client.closed).code).toBe(1008);
    await expectAlive();
  });

  test("more than 64 waiting requests are refused", async () => {
    const client = await RawClient.open(bridge);
    for (let sent = 0; sent < 64; sent++) void client.call("stop").catch(() => undefined);
    await expect(client.call("get_state")).rejects.toMatchObject({ data: { code: "too_many_requests" } });
    await client.close();
  });

  test("a fault in the bridge is an answer", async () => {
    const client = await RawClient.open(bridge);
    await expect(client.call("abort")).rejects.toMatchObject({ code: -32603, data: { code: "internal" } });
    await client.close();
  });

  test("a notification is carried out and not answered", async () => {
    const client = await RawClient.open(bridge);
    client.socket.send('{"jsonrpc":"2.0","method":"set_configuration","params":{"configuration":{}}}');
    client.socket.send('{"jsonrpc":"2.0","method":"no_such_method"}');
    await client.until(() => client.notifications("configuration").length === 1);
    await client.call("get_state");
    expect(client.texts.filter((message) => "error" in message)).toEqual([]);
    await client.close();
  });

  test("whatever comes, the bridge lives", async () => {
    const method = fc.constantFrom(
      "devices",
      "select",
      "set_configuration",
      "validate",
      "preview.subscribe",
      "preview.ack",
    );
    const message = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ jsonrpc: fc.constant("2.0"), id: fc.oneof(fc.nat(), fc.string()), method, params: fc.object() })
        .map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
        const client = await RawClient.open(bridge);
        for (const text of messages) client.socket.send(text);
        await client.close();
      }),
      { numRuns: 40 },
    );
    await expectAlive();
  });
});

describe("several clients", () => {
  test("see the same changes, and whose they are", async () => {
    const [one, two] = [await RawClient.open(bridge), await RawClient.open(bridge)];
    expect(await one.call("set_configuration", { configuration: {} })).toMatchObject({ revision: 2 });
    await two.until(() => two.notifications("configuration").length === 1);
    expect(two.notifications("configuration")).toEqual([
      { configuration: { video: [] }, revision: 2, changed_by: "client 1" },
    ]);
    expect(one.notifications("configuration")).toEqual(two.notifications("configuration"));
    await one.close();
    await two.close();
  });

  test("a change while a client is welcomed comes after its hello", async () => {
    const opening = RawClient.open(bridge);
    const changes = setInterval(() => void runtime.setConfiguration({}), 0);
    const client = await opening;
    await client.until(() => client.notifications("configuration").length > 2);
    clearInterval(changes);
    expect(client.texts[0]?.method).toBe("hello");
    const revisions = client.notifications("configuration").map(({ revision }) => revision as number);
    const [hello] = client.notifications("hello");
    expect(revisions.some((revision) => revision > (hello!.revision as number) + 1 && revision > 0)).toBe(true);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    // None is missing between hello and what is heard now.
    expect(revisions.at(-1)! - revisions[0]!).toBe(revisions.length - 1);
    expect(revisions[0]!).toBeLessThanOrEqual((hello!.revision as number) + 1);
    await client.close();
  });
});

describe("shutting down", () => {
  test("tells the clients, and lets go of the runtime", async () => {
    const client = await RawClient.open(bridge);
    await bridge.close();
    expect(await client.closed).toEqual({ code: 1001, reason: "The bridge shuts down." });
    expect(runtime.listenerCount).toBe(0);
    bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "1.2.3" });
  });

  test("does not wait for a client that does not answer", async () => {
    const client = await RawClient.open(bridge);
    (client.socket as unknown as { _socket: { pause(): void } })._socket.pause();
    await bridge.close();
    bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "1.2.3" });
    client.socket.terminate();
  });
});
