// The table of attacks on a bridge that other computers reach: each kind is refused, and the audit log says so.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";

import type { AuditEntry, AuditPage, NewInvitation, NewToken, PairedDevice } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

import { startBridge } from "../src/index.ts";
import { LanBridge, OTHER, type Shown, hasOther, headersOf } from "./lan-bridge.ts";
import { RawClient } from "./raw-client.ts";
import { get } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const EVIL = "https://evil.example";

/** Who is there when the attacks begin. */
interface Scene {
  lan: LanBridge;
  observer: NewToken;
  controller: NewToken;
  /** A browser that may control. */
  cookie: string;
  revoked: NewToken;
  /** Was not seen for longer than a device is kept. */
  forgotten: NewToken;
  /** Of one use, which it had. */
  used: NewInvitation;
}

/** @returns what the attacker got: an HTTP status, a close code, an error's code. */
type Attack = (scene: Scene) => Promise<number | string>;
interface Row {
  kind: string;
  attack: Attack;
  got: number | string;
  logged: Partial<AuditEntry>;
}

const status = async (answer: Promise<{ status: number }>): Promise<number> => (await answer).status;
const asUpload = (headers: Record<string, string>) => ({ method: "POST", headers });

/** The status with which a socket is refused. */
function socketStatus({ lan }: Scene, headers: Record<string, string>, protocols: string[] = []): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { ca: lan.ca, servername: "", headers };
    const socket = new WebSocket(`${lan.origin.replace("https", "wss")}/ws`, ["zarrcam.v1", ...protocols], options);
    socket.on("unexpected-response", (_request, response) => {
      socket.on("error", () => undefined);
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.on("open", () => reject(new Error("It was let in.")));
    socket.on("error", reject);
  });
}

/** What a session says of one message: an error's code, or the code with which it is closed. */
async function messageOf({ lan }: Scene, shown: Shown, message: string | Buffer): Promise<number | string> {
  const client = await lan.socket(shown);
  const answer = () =>
    client.texts.find((text) => "error" in text) as { error: { data: { code: string } } } | undefined;
  client.socket.send(message);
  const closed = client.closed.then(({ code }) => code);
  const refused = client.until(() => answer() !== undefined).then(() => answer()!.error.data.code);
  refused.catch(() => undefined);
  const got = await Promise.race([closed, refused]);
  client.socket.terminate();
  return got;
}

/** The status of the answer to bytes that no HTTP client sends. */
function bytesOverTls({ lan }: Scene, bytes: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: OTHER,
      port: lan.bridge.port,
      ca: lan.ca,
      servername: "",
      checkServerIdentity: () => undefined,
    });
    let text = "";
    socket.on("secureConnect", () => socket.write(bytes));
    socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
  });
}

const ROWS: Row[] = [
  {
    kind: "cross-origin fetch",
    attack: ({ lan, cookie }) => status(lan.ask("/data/a.bin", { headers: { cookie, origin: EVIL } })),
    got: 403,
    logged: { action: "GET /data/{name}/…", detail: `by a page of "${EVIL}"`, refused: "403" },
  },
  {
    kind: "cross-origin WebSocket",
    attack: (scene) => socketStatus(scene, { cookie: scene.cookie, origin: EVIL }),
    got: 403,
    logged: { action: "GET /ws", detail: `by a page of "${EVIL}"`, refused: "403" },
  },
  {
    kind: "CSRF by a script, the cookie with it",
    attack: ({ lan, cookie }) => status(lan.ask("/uploads?name=x&files=1&bytes=1", asUpload({ cookie, origin: EVIL }))),
    got: 403,
    logged: { action: "POST /uploads/…", detail: `by a page of "${EVIL}"`, refused: "403" },
  },
  {
    kind: "CSRF by a form that names no origin",
    attack: ({ lan, cookie }) =>
      status(
        lan.ask("/access/leave", asUpload({ cookie, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })),
      ),
    got: 403,
    logged: { action: "POST /access/leave", detail: "by another page", refused: "403" },
  },
  {
    kind: "CSRF by a picture",
    attack: ({ lan, cookie }) =>
      status(
        lan.ask("/data/a.bin", { headers: { cookie, "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" } }),
      ),
    got: 403,
    logged: { action: "GET /data/{name}/…", detail: "by another page", refused: "403" },
  },
  {
    kind: "DNS rebinding",
    attack: ({ lan, cookie }) => status(lan.ask("/data/a.bin", { headers: { cookie, host: "rebound.example" } })),
    got: 403,
    logged: { action: "GET", detail: 'by the name "rebound.example"', refused: "403" },
  },
  {
    kind: "a one-time token, once more",
    attack: ({ lan, used: { token } }) => status(lan.post("/access/token", { token })),
    got: 403,
    logged: { action: "POST /access", detail: "no open invitation", refused: "403" },
  },
  {
    kind: "a ticket, once more",
    attack: async (scene) => {
      const asked = { method: "POST", headers: headersOf(scene.observer) };
      const { ticket } = JSON.parse((await scene.lan.ask("/access/ticket", asked)).text) as { ticket: string };
      await (await scene.lan.socket(null, {}, [`zarrcam.ticket.${ticket}`])).close();
      return socketStatus(scene, {}, [`zarrcam.ticket.${ticket}`]);
    },
    got: 401,
    logged: { action: "GET /ws", detail: "shows what lets nobody in: it never did, or was ended", refused: "401" },
  },
  {
    kind: "nothing at all",
    attack: ({ lan }) => status(lan.ask("/data/a.bin")),
    got: 401,
    logged: { action: "GET /data/{name}/…", detail: "not paired", refused: "401" },
  },
  {
    kind: "a revoked session",
    attack: ({ lan, revoked }) => status(lan.ask("/data/a.bin", { method: "HEAD", headers: headersOf(revoked) })),
    got: 401,
    logged: { action: "HEAD /data/{name}/…", detail: "shows what lets nobody in: it never did, or was ended" },
  },
  {
    kind: "an expired session",
    attack: ({ lan, forgotten }) => status(lan.ask("/streams/0/frames", { headers: headersOf(forgotten) })),
    got: 401,
    logged: { action: "GET /streams/{n}/frames", detail: "shows what lets nobody in: it never did, or was ended" },
  },
  {
    kind: "a role that is too small for a route",
    attack: ({ lan, observer }) => status(lan.ask("/uploads?name=x&files=1&bytes=1", asUpload(headersOf(observer)))),
    got: 403,
    logged: { name: "Observer", action: "POST /uploads/…", detail: "has the role observe", refused: "403" },
  },
  {
    kind: "a role that is too small for a method",
    attack: (scene) =>
      messageOf(scene, scene.observer, '{"jsonrpc":"2.0","id":1,"method":"start","params":{"record":true}}'),
    got: "forbidden",
    logged: { name: "Observer", action: "start", refused: "forbidden" },
  },
  {
    kind: "a role that is too small for what is asked of a route",
    attack: ({ lan, observer }) =>
      status(lan.ask("/streams/0/frames?back_pressure=true", { headers: headersOf(observer) })),
    got: 403,
    logged: { name: "Observer", action: "GET /streams/{n}/frames", detail: "forbidden", refused: "403" },
  },
  {
    kind: "a way out of the data folder",
    attack: ({ lan, observer }) => status(lan.ask("/data/..%2fsecret", { headers: headersOf(observer) })),
    got: 400,
    logged: { action: "GET", detail: "no path downwards", refused: "400" },
  },
  {
    kind: "an upload that would lie elsewhere",
    attack: ({ lan, controller }) =>
      status(lan.ask("/uploads?name=..%2Fevil.zarr&files=1&bytes=1", asUpload(headersOf(controller)))),
    got: 400,
    logged: {
      name: "Controller",
      action: "upload",
      detail: '"../evil.zarr" is no name of a dataset in the data folder.',
    },
  },
  {
    kind: "an upload of more than was announced",
    attack: async ({ lan, controller }) => {
      const headers = headersOf(controller);
      const begun = await lan.ask("/uploads?name=u.zarr&files=1&bytes=3", asUpload(headers));
      const { id } = JSON.parse(begun.text) as { id: string };
      return status(
        lan.ask(`/uploads/${id}/a`, {
          method: "PUT",
          headers: { ...headers, "content-length": "9" },
          body: "too much!",
        }),
      );
    },
    got: 413,
    logged: {
      name: "Controller",
      action: "upload",
      detail: "There are more bytes than were announced.",
      refused: "413",
    },
  },
  {
    kind: "more uploads than one may have",
    attack: async ({ lan, controller }) => {
      const begin = (at: number) =>
        lan.ask(`/uploads?name=many-${at}.zarr&files=1&bytes=1`, asUpload(headersOf(controller)));
      let last = 0;
      for (let at = 0; at < 5; at++) last = await status(begin(at));
      return last;
    },
    got: 503,
    logged: { name: "Controller", action: "upload", refused: "503" },
  },
  {
    kind: "a head that is too long",
    attack: (scene) => bytesOverTls(scene, `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`),
    got: 431,
    logged: { name: null, action: "request", detail: "request header fields too large", refused: "431" },
  },
  {
    kind: "bytes that are no HTTP",
    attack: (scene) => bytesOverTls(scene, "\u0000\u0001\u0002 no HTTP at all\r\n\r\n"),
    got: 400,
    logged: { name: null, action: "request", detail: "bad request", refused: "400" },
  },
  {
    kind: "two requests in one",
    attack: (scene) => bytesOverTls(scene, "GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
    got: 400,
    logged: { name: null, action: "request", detail: "bad request", refused: "400" },
  },
  {
    kind: "another method",
    attack: ({ lan }) => status(lan.ask("/", { method: "POST", body: '{"method":"stop"}' })),
    got: 405,
    logged: { action: "POST /", detail: "not by this method", refused: "405" },
  },
  {
    kind: "more than a pairing takes",
    attack: ({ lan }) => status(lan.post("/access/pair", { token: "x".repeat(5000) })),
    got: 413,
    logged: { action: "POST /access", detail: "too long", refused: "413" },
  },
  {
    kind: "a message that is too long",
    attack: (scene) => messageOf(scene, scene.observer, "x".repeat((1 << 20) + 1)),
    got: 1009,
    logged: { name: "Observer", action: "message", refused: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" },
  },
  {
    kind: "a message that is no JSON",
    attack: (scene) => messageOf(scene, scene.observer, "{"),
    got: "invalid_message",
    logged: { name: "Observer", action: "message", refused: "invalid_message" },
  },
  {
    kind: "a binary message",
    attack: (scene) => messageOf(scene, scene.observer, Buffer.alloc(9)),
    got: 1003,
    logged: { name: "Observer", action: "message", refused: "1003" },
  },
  {
    kind: "a method that there is not",
    attack: (scene) => messageOf(scene, scene.observer, '{"jsonrpc":"2.0","id":1,"method":"become_admin"}'),
    got: "unknown_method",
    logged: { name: "Observer", action: "message", refused: "unknown_method" },
  },
  {
    kind: "parameters of another type",
    attack: (scene) =>
      messageOf(scene, scene.observer, '{"jsonrpc":"2.0","id":1,"method":"get_losses","params":{"stream":{}}}'),
    got: "invalid_params",
    logged: { name: "Observer", refused: "invalid_params" },
  },
  {
    kind: "guessing sessions at speed",
    attack: async ({ lan }) => {
      let last = 0;
      for (let at = 0; at < 12; at++)
        last = await status(
          lan.ask("/data/a.bin", { headers: headersOf({ token: `${"i".repeat(12)}.${"s".repeat(43)}` }) }),
        );
      return last;
    },
    got: 429,
    logged: { action: "GET /data/{name}/…", detail: "too many wrong tokens", refused: "429" },
  },
  {
    kind: "guessing invitations at speed",
    attack: async ({ lan }) => {
      let last = 0;
      for (let at = 0; at < 12; at++)
        last = await status(lan.post("/access/pair", { token: `${"t".repeat(21)}${at}` }));
      return last;
    },
    got: 429,
    logged: { action: "access.guessing", refused: "refused" },
  },
];

test.skipIf(!hasOther)(`each of ${ROWS.length} kinds of attack is refused, and is in the audit log`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "zarrcam-attacked-"));
  const state = join(folder, ".state");
  await writeFile(join(folder, "a.bin"), "pixels");
  await mkdir(state);
  const runtime = new ScriptedRuntime(folder).asHost();
  const before = await LanBridge.start(runtime, { stateDir: state });
  const forgotten = await before.pairScript("control", "Forgotten");
  await before.close();
  // So long ago that it is nobody any more.
  const kept = join(state, "access.json");
  const list = JSON.parse(await readFile(kept, "utf8")) as { devices: object[] };
  const devices = list.devices.map((device) => ({ ...device, last_seen_unix_ms: 1 }));
  await writeFile(kept, JSON.stringify({ ...list, devices }), { mode: 0o600 });

  const lan = await LanBridge.start(runtime, { stateDir: state });
  try {
    const revoked = await lan.pairScript("control", "Revoked");
    const open = await lan.socket(revoked);
    await lan.admin.call("access.revoke", { id: revoked.id });
    expect(await open.closed).toMatchObject({ code: 4401 });
    const used = await lan.invite("admin");
    const scene: Scene = {
      lan,
      observer: await lan.pairScript("observe", "Observer"),
      controller: await lan.pairScript("control", "Controller"),
      cookie: (await lan.pairBrowser("control", "Browser")).cookie,
      revoked,
      forgotten,
      used,
    };
    expect((await lan.post("/access/token", { token: used.token, name: "Admin" })).status).toBe(201);
    for (const { kind, attack, got } of ROWS) expect([kind, await attack(scene)]).toEqual([kind, got]);
    // Nothing of it was carried out.
    expect(await lan.admin.call("get_state")).toEqual({ state: "Armed" });
    const names = (await lan.admin.call<PairedDevice[]>("access.devices")).map(({ name }) => name).sort();
    expect(names).toEqual(["Admin", "Browser", "Controller", "Observer"]);
  } finally {
    await lan.close();
  }
  const lines = (await readFile(join(state, "audit.jsonl"), "utf8")).trim().split("\n");
  const refused = lines.map((line) => JSON.parse(line) as AuditEntry).filter(({ refused }) => refused !== undefined);
  // A flood is few lines, and what was done stands there, too.
  expect(refused.length).toBeLessThan(2 * ROWS.length);
  expect(lines.join("\n")).toContain('"action":"upload.begin","detail":"u.zarr"');
  for (const { kind, logged } of ROWS)
    expect(refused, kind).toContainEqual(expect.objectContaining({ address: "127.0.0.1", ...logged }));
  await rm(folder, { recursive: true });
});

test("what pages of others try is told of on a bridge of this computer alone, too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zarrcam-attacked-"));
  const bridge = await startBridge({
    runtime: new ScriptedRuntime(folder).asHost(),
    port: 0,
    pageDir: null,
    version: "test",
  });
  const client = await RawClient.open(bridge);
  await get(bridge.port, "/data/a.bin", { Origin: EVIL });
  await get(bridge.port, "/data/a.bin", { Host: "rebound.example" });
  const { entries, path } = await client.call<AuditPage>("access.audit");
  expect(path).toBeNull();
  expect(entries).toMatchObject([
    { name: null, action: "GET", detail: 'by the name "rebound.example"', refused: "403" },
    { name: null, action: "GET /data/{name}/…", detail: `by a page of "${EVIL}"`, refused: "403" },
  ]);
  await client.close();
  await bridge.close();
  await rm(folder, { recursive: true });
});
