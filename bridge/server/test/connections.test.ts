import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

let folder: string;
let bridge: Bridge;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-connections-"));
  await mkdir(join(folder, "data/a.zarr"), { recursive: true });
  await mkdir(join(folder, "page"));
  await writeFile(join(folder, "data/a.zarr/zarr.json"), '{"zarr_format": 3}');
  await writeFile(join(folder, "data/a.zarr/c"), Buffer.alloc(3 << 20, "pixels"));
  await writeFile(join(folder, "page/index.html"), "<!doctype html><title>zarrcam</title>");
  const runtime = new ScriptedRuntime(join(folder, "data")).asHost();
  bridge = await startBridge({ runtime, port: 0, pageDir: join(folder, "page"), version: "test" });
});
afterAll(async () => {
  await bridge.close();
  await rm(folder, { recursive: true });
});

const head = (method: string, target: string, ...lines: string[]) =>
  [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${bridge.port}`, ...lines, "", ""].join("\r\n");
const WEBSOCKET = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Protocol: zarrcam.v1",
];

/** A connection by hand, and all that came over it. */
class Talk {
  readonly socket: Socket = connect(bridge.port, "127.0.0.1");
  heard = "";
  closed = false;

  constructor() {
    this.socket.setEncoding("latin1");
    this.socket.on("data", (text: string) => (this.heard += text));
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => (this.closed = true));
  }
  say(text: string): void {
    this.socket.write(text, "latin1");
  }
  statuses(): number[] {
    return [...this.heard.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
  }
  async hears(...statuses: number[]): Promise<void> {
    await expect.poll(() => this.statuses()).toEqual(statuses);
  }
  async ends(): Promise<void> {
    await expect.poll(() => this.closed).toBe(true);
  }
}

describe("an offer to upgrade that is none of ours", () => {
  const H2C = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"];

  test("gets the page, and the connection goes on", async () => {
    const talk = new Talk();
    talk.say(head("GET", "/", ...H2C));
    await talk.hears(200);
    expect(talk.heard).toContain("<title>zarrcam</title>");
    talk.say(head("GET", "/data/a.zarr/zarr.json"));
    await talk.hears(200, 200);
    expect(talk.heard).toContain('{"zarr_format": 3}');
    talk.socket.destroy();
  });

  test("waits for the answers before it, and those after it come", async () => {
    const talk = new Talk();
    talk.say(head("GET", "/data/a.zarr/c") + head("GET", "/", ...H2C) + head("GET", "/data/none"));
    await talk.hears(200, 200, 404);
    expect(talk.heard.indexOf("zarrcam</title>")).toBeGreaterThan(3 << 20);
    talk.socket.destroy();
  });

  test.each(["h2c", "TLS/1.0", "websocket2", "h2c, websocket"])("%s", async (offer) => {
    const talk = new Talk();
    talk.say(head("GET", "/", "Connection: Upgrade", `Upgrade: ${offer}`));
    await talk.hears(200);
    talk.socket.destroy();
  });

  test("is refused like every other request where it comes from elsewhere", async () => {
    const talk = new Talk();
    talk.say(`GET / HTTP/1.1\r\nHost: rebound.example\r\n${H2C.join("\r\n")}\r\n\r\n`);
    await talk.hears(403);
    talk.socket.destroy();
  });
});

test("a handshake behind other requests of its connection waits for their answers", async () => {
  const talk = new Talk();
  talk.say(head("GET", "/data/a.zarr/c") + head("GET", "/ws", ...WEBSOCKET));
  await talk.hears(200, 101);
  await expect.poll(() => talk.heard).toContain('"method":"hello"');
  talk.socket.destroy();
});

test("what follows a handshake is no request any more", async () => {
  const talk = new Talk();
  talk.say(head("GET", "/ws", ...WEBSOCKET) + head("GET", "/"));
  await talk.ends();
  expect(talk.statuses()).toEqual([101]);
});

describe("requests that were sent at once", () => {
  test("are answered in their order, whatever they are", async () => {
    const talk = new Talk();
    talk.say(
      head("HEAD", "/data/a.zarr/c") +
        head("GET", "/data/a.zarr/c", "Range: bytes=0-9") +
        head("GET", "/data/live.zarr/@live/0/c/0/0/0") +
        head("GET", "/data/a.zarr/c", "If-None-Match: *") +
        head("GET", "/data/none") +
        head("GET", "/data/a.zarr/c", "Range: bytes=9999999-") +
        head("GET", "/data/a.zarr/c", 'If-Match: "other"') +
        head("GET", "/"),
    );
    await talk.hears(200, 206, 200, 304, 404, 416, 412, 200);
    talk.socket.destroy();
  });

  test("end where one cannot be read; the answers before it come whole, or the connection breaks off", async () => {
    const talk = new Talk();
    talk.say(head("GET", "/data/a.zarr/zarr.json") + "no request at all\r\n\r\n");
    await talk.ends();
    expect([[], [200], [200, 400]]).toContainEqual(talk.statuses().slice(0, 2));
    expect(talk.heard).not.toMatch(/^HTTP\/1\.1 400/);
  });
});

describe("a body that comes with a request", () => {
  test.each(["Content-Length: 1000000", "Transfer-Encoding: chunked"])("is not read: %s", async (length) => {
    const talk = new Talk();
    talk.say(head("POST", "/data/a.zarr/c", length) + "1000\r\n" + "x".repeat(500));
    await talk.hears(405);
    await talk.ends();
  });

  test("is not asked for", async () => {
    const talk = new Talk();
    talk.say(head("POST", "/", "Content-Length: 10", "Expect: 100-continue"));
    await talk.hears(405);
    await talk.ends();
  });
});

test("a refused connection ends, though its client holds it", async () => {
  const talk = new Talk();
  talk.socket.on("end", () => undefined);
  talk.say("what is this\r\n\r\n");
  await talk.hears(400);
  await talk.ends();
});

test("a file that is replaced in the middle of a body: the connection breaks off, nothing of the new one is sent", async () => {
  const path = join(folder, "data/replaced");
  await writeFile(path, Buffer.alloc(64 << 20, "old"));
  // All files that stay open between slices are taken, so this one is opened again for each.
  const others = Array.from({ length: 70 }, () => {
    const talk = new Talk();
    talk.socket.pause();
    talk.say(head("GET", "/data/replaced"));
    return talk;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const talk = new Talk();
  talk.say(head("GET", "/data/replaced"));
  await expect.poll(() => talk.heard.length).toBeGreaterThan(1000);
  talk.socket.pause();
  await rm(path);
  await writeFile(path, Buffer.alloc(64 << 20, "new"));
  talk.socket.resume();
  await talk.ends();
  expect(talk.heard).not.toContain("newnew");
  expect(talk.heard.length).toBeLessThan(64 << 20);
  for (const other of others) other.socket.destroy();
  await rm(path);
});
