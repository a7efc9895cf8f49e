// Pairing, sessions, tokens, tickets and their end, over https on another address of loopback.
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { AuditEntry, PairedDevice, Ticket } from "@zarrcam/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { LanBridge, OTHER, hasOther, headersOf } from "./lan-bridge.ts";
import { RawClient } from "./raw-client.ts";
import { get, rawRequest } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

let folder: string;
let runtime: ScriptedRuntime;
let lan: LanBridge;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-paired-"));
  await writeFile(join(folder, "a.bin"), "pixels");
  await mkdir(join(folder, ".state"));
  runtime = new ScriptedRuntime(folder);
  if (hasOther) lan = await LanBridge.start(runtime.asHost(), { stateDir: join(folder, ".state") });
});
afterEach(async () => {
  await lan?.close();
  await rm(folder, { recursive: true });
});

const refusal = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => null,
    (refused: unknown) => refused,
  );
  return (error as { data?: { code: string } } | null)?.data?.code ?? error;
};

describe.skipIf(!hasOther)("pairing", () => {
  test("a link brings a browser in once, by a cookie that no script can read, and over a new start of the bridge", async () => {
    expect((await lan.ask("/data/a.bin")).status).toBe(401);
    const { token, links, fingerprint, role } = await lan.invite("observe");
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(fingerprint).toMatch(/^[\w-]{43}$/);
    expect(links[0]).toBe(`${lan.origin}/#pair=${token}&pin=${fingerprint}`);
    expect(role).toBe("observe");

    const paired = await lan.post("/access/pair", { token, name: "  Anna's laptop " }, { origin: lan.origin });
    expect([paired.status, JSON.parse(paired.text)]).toEqual([
      201,
      { id: expect.stringMatching(/^[\w-]{12}$/) as string, name: "Anna's laptop", role: "observe" },
    ]);
    const [cookie = ""] = paired.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(
      new RegExp(
        `^__Host-zarrcam-${lan.bridge.port}=[\\w-]+\\.[\\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=\\d+$`,
      ),
    );
    const shown = { cookie: cookie.split(";")[0]! };
    expect((await lan.ask("/data/a.bin", { headers: shown })).text).toBe("pixels");
    const you = {
      id: (JSON.parse(paired.text) as { id: string }).id,
      name: "Anna's laptop",
      role: "observe",
      kind: "device",
    };
    const hello = await lan.ask("/hello", { headers: shown });
    expect(JSON.parse(hello.text)).toMatchObject({ may_control: true, you });
    // It is kept for as long again.
    expect(hello.headers["set-cookie"]?.[0]).toBe(cookie);
    expect(JSON.parse((await lan.ask("/hello")).text)).toMatchObject({ you: null });
    const client = await lan.socket(shown, { origin: lan.origin });
    expect(client.notifications("hello")[0]).toMatchObject({ you });
    await client.close();

    const again = await lan.post("/access/pair", { token });
    expect([again.status, again.text]).toEqual([403, expect.stringContaining("Ask for a new link")]);

    const { port } = lan.bridge;
    await lan.close();
    lan = await LanBridge.start(runtime.asHost(), { stateDir: join(folder, ".state"), port });
    expect((await lan.ask("/data/a.bin", { headers: shown })).text).toBe("pixels");
  });

  test("a browser that uses another link stays the same device, with the larger role", async () => {
    const { id, cookie } = await lan.pairBrowser("control", "Anna's laptop");
    const client = await lan.socket({ cookie });
    const use = async (role: "observe" | "admin", shown: string) => {
      const { token } = await lan.invite(role);
      const { headers, text } = await lan.post("/access/pair", { token }, { cookie: shown, origin: lan.origin });
      expect(JSON.parse(text)).toEqual({ id, name: "Anna's laptop", role: role === "admin" ? "admin" : "control" });
      return headers["set-cookie"]![0]!.split(";")[0]!;
    };
    const second = await use("observe", cookie);
    const third = await use("admin", second);
    expect(client.notifications("you")).toMatchObject([{ id, role: "admin" }]);
    expect(await client.call("access.devices")).toHaveLength(1);
    // What it showed before is good for nothing.
    for (const [shown, status] of [
      [cookie, 401],
      [second, 401],
      [third, 200],
    ] as const)
      expect((await lan.ask("/data/a.bin", { headers: { cookie: shown } })).status).toBe(status);
    await client.close();
  });

  test("of many who use a one-time token at the same moment, one is let in", async () => {
    const { token } = await lan.invite("control");
    const answers = await Promise.all(Array.from({ length: 9 }, () => lan.post("/access/token", { token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(8).fill(403)]);
    expect(await lan.admin.call("access.devices")).toHaveLength(1);
  });

  test("an invitation for several, with their name, runs out, expires, and can be withdrawn", async () => {
    const { token, invitation } = await lan.invite("observe", { uses: 2, name: "Practical course" });
    expect(await lan.admin.call("access.invitations")).toMatchObject([
      { id: invitation, uses_left: 2, role: "observe" },
    ]);
    expect(JSON.parse((await lan.post("/access/pair", { token })).text)).toMatchObject({ name: "Practical course" });
    expect(await lan.admin.call("access.invitations")).toMatchObject([{ id: invitation, uses_left: 1 }]);
    await lan.admin.call("access.withdraw", { invitation });
    expect((await lan.post("/access/pair", { token })).status).toBe(403);
    expect(await refusal(lan.admin.call("access.withdraw", { invitation }))).toBe("not_found");
    const short = await lan.invite("observe", { expires_s: 1 });
    expect(short.expires_unix_ms - Date.now()).toBeLessThanOrEqual(1000);
    await expect.poll(() => lan.admin.call("access.invitations"), { timeout: 5000 }).toEqual([]);
    expect((await lan.post("/access/pair", { token: short.token })).status).toBe(403);
  });

  test.each([
    ["no JSON", { body: "token=x", headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
    ["text that would be JSON", { body: '{"token":"x"}', headers: { "content-type": "text/plain" } }, 415],
    ["nothing", { headers: { "content-type": "application/json" } }, 400],
    ["another key", { body: '{"token":"x","role":"admin"}', headers: { "content-type": "application/json" } }, 400],
    [
      "a name that turns letters round",
      { body: '{"token":"x","name":"a\\u202eb"}', headers: { "content-type": "application/json" } },
      400,
    ],
    [
      "too much",
      { body: JSON.stringify({ token: "x".repeat(5000) }), headers: { "content-type": "application/json" } },
      413,
    ],
    ["a wrong token", { body: '{"token":"x"}', headers: { "content-type": "application/json" } }, 403],
    [
      "a form of a foreign page",
      {
        body: '{"token":"x"}',
        headers: { "content-type": "application/json", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
      },
      403,
    ],
    [
      "a foreign page",
      { body: '{"token":"x"}', headers: { "content-type": "application/json", origin: "https://public.example" } },
      403,
    ],
  ])(
    "is refused to %s",
    async (_what, { headers, body }: { headers: Record<string, string>; body?: string }, status) => {
      const answer = await lan.ask("/access/pair", { method: "POST", headers, ...(body !== undefined && { body }) });
      expect([answer.status, answer.text], answer.text).toEqual([status, expect.stringMatching(/^[A-Z].*\.\n$/)]);
      expect((await lan.ask("/access/pair")).status).toBe(405);
    },
  );

  test("the camera computer needs none, and says so; scripts there may make a token for elsewhere", async () => {
    const { token } = await lan.invite("observe");
    const post = (path: string) => {
      const body = JSON.stringify({ token });
      const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${lan.bridge.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
      return rawRequest(lan.bridge.port, head + body);
    };
    expect(await post("/access/pair")).toMatchObject({ status: 409 });
    const made = await post("/access/token");
    expect(made).toMatchObject({ status: 201 });
    const script = JSON.parse(made!.body.toString()) as { token: string };
    expect((await lan.ask("/data/a.bin", { headers: headersOf(script) })).status).toBe(200);
    const hello = await get(lan.bridge.port, "/hello");
    expect(JSON.parse(hello!.body.toString())).toMatchObject({
      you: { id: "this_computer", name: "Camera computer", role: "admin", kind: "this_computer" },
    });
  });

  test("guessing at speed is slowed down, and locks nobody else out", async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 14; at++) statuses.push((await lan.post("/access/token", { token: `guess${at}` })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(403), ...Array<number>(4).fill(429)]);
    const { token } = await lan.invite("observe");
    const waiting = await lan.post("/access/token", { token });
    expect(waiting).toMatchObject({
      status: 429,
      headers: { "retry-after": expect.stringMatching(/^\d+$/) as string },
    });
    // From another address it is good: the guesses did not use it up.
    const elsewhere = await new Promise<number>((resolve, reject) => {
      const options = {
        host: OTHER,
        port: lan.bridge.port,
        ca: lan.ca,
        servername: "",
        localAddress: "127.0.0.3",
        agent: false,
      };
      const asked = request({
        ...options,
        path: "/access/token",
        method: "POST",
        headers: { "content-type": "application/json" },
      });
      asked.on("response", (response) => resolve(response.resume().statusCode ?? 0)).on("error", reject);
      asked.end(JSON.stringify({ token }));
    });
    expect(elsewhere).toBe(201);
    expect(lan.said.filter((line) => line.includes("wrong invitations again and again"))).toHaveLength(1);
    // Sessions are counted by themselves.
    const wrong = await lan.ask("/data/a.bin", {
      headers: headersOf({ token: `${"i".repeat(12)}.${"s".repeat(43)}` }),
    });
    expect(wrong.status).toBe(401);
  });
});

describe.skipIf(!hasOther)("what a session or token is good for", () => {
  test("a cookie counts for the own page alone", async () => {
    const { cookie } = await lan.pairBrowser("control");
    const data = (headers: Record<string, string>) => lan.ask("/data/a.bin", { headers: { cookie, ...headers } });
    expect((await data({})).status).toBe(200);
    expect((await data({ origin: lan.origin })).status).toBe(200);
    for (const origin of [
      "https://public.example",
      `https://${OTHER}:1`,
      `http://${OTHER}:${lan.bridge.port}`,
      "null",
    ]) {
      expect((await data({ origin })).status, origin).toBe(403);
      await expect(lan.socket({ cookie }, { origin })).rejects.toThrow("closed");
      const upload = await lan.ask("/uploads?name=x&files=1&bytes=1", { method: "POST", headers: { cookie, origin } });
      expect(upload.status, origin).toBe(403);
    }
    for (const site of ["same-site", "cross-site"])
      expect((await data({ "sec-fetch-site": site, "sec-fetch-mode": "no-cors" })).status).toBe(403);
    // Of two cookies by one name nobody can say which is the browser's own.
    expect((await data({ cookie: `${cookie}; ${cookie}` })).status).toBe(401);
    expect((await data({ cookie: cookie.slice(0, -1) })).headers["set-cookie"]?.[0]).toContain("Max-Age=0");
  });

  test("by a name that leads here from elsewhere nobody is let in", async () => {
    const script = await lan.pairScript("admin");
    for (const host of ["rebound.example", `rebound.example:${lan.bridge.port}`, `127.0.0.1:${lan.bridge.port}`]) {
      const answer = await lan.ask("/data/a.bin", { headers: { ...headersOf(script), host } });
      expect(answer.status, host).toBe(403);
    }
    expect(
      (await lan.ask("/data/a.bin", { headers: { ...headersOf(script), host: `rig3:${lan.bridge.port}` } })).status,
    ).toBe(200);
  });

  test("a ticket opens one socket", async () => {
    const script = await lan.pairScript("observe");
    const ask = async () => {
      const { status, text } = await lan.ask("/access/ticket", { method: "POST", headers: headersOf(script) });
      expect(status).toBe(201);
      return (JSON.parse(text) as Ticket).ticket;
    };
    const ticket = await ask();
    const client = await lan.socket(null, { origin: lan.origin }, [`zarrcam.ticket.${ticket}`]);
    expect(client.notifications("hello")[0]).toMatchObject({ you: { id: script.id, kind: "token" } });
    expect(client.socket.protocol).toBe("zarrcam.v1");
    await client.close();
    await expect(lan.socket(null, {}, [`zarrcam.ticket.${ticket}`])).rejects.toThrow("closed");
    // It is for a socket, and for nothing else.
    expect((await lan.ask("/data/a.bin", { headers: { authorization: `Bearer ${await ask()}` } })).status).toBe(401);
  });

  test("the page of another rig gets a token that is good for it alone", async () => {
    const [own, other] = ["https://192.168.7.7:8421", "https://192.168.7.8:8421"];
    const { token } = await lan.invite("observe");
    const preflight = await lan.ask("/access/token", { method: "OPTIONS", headers: { origin: own } });
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": own,
      "access-control-allow-headers": expect.stringContaining("Authorization") as string,
    });
    expect(preflight.headers["access-control-allow-credentials"]).toBeUndefined();
    const before = await lan.ask("/data/a.bin", { method: "OPTIONS", headers: { origin: own } });
    expect([before.status, before.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    const made = await lan.post("/access/token", { token, name: "Rig 7" }, { origin: own });
    expect(made.status).toBe(201);
    const bearer = headersOf(JSON.parse(made.text) as { token: string });

    const preflighted = await lan.ask("/data/a.bin", { method: "OPTIONS", headers: { origin: own } });
    expect([preflighted.status, preflighted.headers["access-control-allow-origin"]]).toEqual([204, own]);
    const read = await lan.ask("/data/a.bin", { headers: { ...bearer, origin: own } });
    expect([read.text, read.headers["access-control-allow-origin"], read.headers.vary]).toEqual([
      "pixels",
      own,
      "Origin",
    ]);
    const ticket = await lan.ask("/access/ticket", { method: "POST", headers: { ...bearer, origin: own } });
    const { ticket: text } = JSON.parse(ticket.text) as Ticket;
    const client = await lan.socket(null, { origin: own }, [`zarrcam.ticket.${text}`]);
    await client.close();
    // Nowhere else, and with nothing else.
    expect((await lan.ask("/data/a.bin", { headers: { ...bearer, origin: other } })).status).toBe(403);
    expect((await lan.ask("/data/a.bin", { headers: bearer })).status).toBe(401);
    expect((await lan.ask("/data/a.bin", { headers: { origin: own } })).status).toBe(403);
    const devices = await lan.admin.call<PairedDevice[]>("access.devices");
    expect(devices).toMatchObject([{ name: "Rig 7", origin: own, kind: "token" }]);
    await lan.admin.call("access.revoke", { id: devices[0]!.id });
    const gone = await lan.ask("/data/a.bin", { method: "OPTIONS", headers: { origin: own } });
    expect([gone.status, gone.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });
});

describe.skipIf(!hasOther)("what an admin does holds at once", () => {
  test("a role and a name", async () => {
    const observer = await lan.pairScript("observe", "Anna");
    const client = await lan.socket(observer);
    expect(await refusal(client.call("start", { record: true }))).toBe("forbidden");
    await lan.admin.call("access.set_role", { id: observer.id, role: "control" });
    expect(await refusal(client.call("start", { record: true }))).toBe("already_running");
    expect(client.notifications("you")).toMatchObject([{ id: observer.id, role: "control" }]);
    expect(client.notifications("access")).toEqual([]);
    await lan.admin.call("access.set_role", { id: observer.id, role: "admin" });
    await lan.admin.call("access.rename", { id: observer.id, name: "Anna B." });
    await client.until(() => client.notifications("access").length > 0);
    expect(client.notifications("you").at(-1)).toMatchObject({ name: "Anna B.", role: "admin" });
    await lan.admin.call("access.set_role", { id: observer.id, role: "observe" });
    expect(await refusal(client.call("access.devices"))).toBe("forbidden");
    await client.close();
  });

  test("who is revoked loses socket, stream and body, and nothing of it is heard any more", async () => {
    const { id, cookie } = await lan.pairBrowser("observe");
    const client = await lan.socket({ cookie });
    const { session } = client.notifications("hello")[0] as { session: string };
    const bystander = await lan.socket(await lan.pairScript("observe"));
    const devices = await lan.admin.call<PairedDevice[]>("access.devices");
    expect(devices.find((device) => device.id === id)).toMatchObject({ connected: true, address: "127.0.0.1" });

    const stream = lan.ask(`/sessions/${session}/previews`, { headers: { cookie } });
    // A key of another's session opens nothing.
    const key = (bystander.notifications("hello")[0] as { session: string }).session;
    expect((await lan.ask(`/sessions/${key}/previews`, { headers: { cookie } })).status).toBe(404);
    const edits = runtime.revision;
    await lan.admin.call("access.revoke", { id });
    client.notify("set_configuration", { configuration: {} });
    expect(await client.closed).toEqual({ code: 4401, reason: "This browser or script is not paired any more." });
    await stream;
    expect(runtime.revision).toBe(edits);
    expect((await lan.ask("/data/a.bin", { headers: { cookie } })).status).toBe(401);
    await expect(lan.socket({ cookie })).rejects.toThrow("closed");
    expect(await bystander.call("get_state")).toEqual({ state: "Armed" });
    expect(await refusal(lan.admin.call("access.revoke", { id }))).toBe("not_found");
    await bystander.close();
  });

  test("an upload ends with the right to it", async () => {
    const script = await lan.pairScript("control");
    const begun = await lan.ask("/uploads?name=u.zarr&files=1&bytes=1000000", {
      method: "POST",
      headers: headersOf(script),
    });
    const { id } = JSON.parse(begun.text) as { id: string };
    const ended = new Promise<string>((resolve) => {
      const headers = { ...headersOf(script), "content-length": "1000000" };
      const options = { host: OTHER, port: lan.bridge.port, ca: lan.ca, servername: "", agent: false };
      const sent = request({ ...options, path: `/uploads/${id}/a/b`, method: "PUT", headers });
      sent
        .on("error", ({ message }) => resolve(message))
        .on("response", ({ statusCode }) => resolve(String(statusCode)));
      sent.write(Buffer.alloc(1000));
      sent.on("socket", (socket) =>
        socket.on("secureConnect", () =>
          setTimeout(() => void lan.admin.call("access.set_role", { id: script.id, role: "observe" }), 200),
        ),
      );
    });
    expect(await ended).toMatch(/hang up|ECONNRESET|EPIPE/);
    expect((await lan.ask(`/uploads/${id}`, { headers: headersOf(script) })).status).toBe(403);
  });

  test("who leaves is forgotten, and a reset forgets all", async () => {
    const { cookie } = await lan.pairBrowser("observe");
    const left = await lan.ask("/access/leave", { method: "POST", headers: { cookie, origin: lan.origin } });
    expect([left.status, left.headers["set-cookie"]?.[0]]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    expect((await lan.ask("/data/a.bin", { headers: { cookie } })).status).toBe(401);
    const script = await lan.pairScript("admin");
    const client = await lan.socket(script);
    const { token } = await lan.invite("admin");
    expect(await lan.admin.call("access.reset")).toEqual({ revoked: 1 });
    expect(await client.closed).toMatchObject({ code: 4401 });
    expect((await lan.post("/access/token", { token })).status).toBe(403);
  });

  test("a damaged list lets nobody in over the network, says why, and the camera computer goes on", async () => {
    const script = await lan.pairScript("observe");
    const client = await lan.socket(script);
    await writeFile(join(folder, ".state", "access.json"), "{");
    expect(await client.closed).toMatchObject({ code: 4401 });
    const refused = await lan.ask("/data/a.bin", { headers: headersOf(script) });
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining("the list of who may is damaged")]);
    expect(await refusal(lan.admin.call("access.invite", { role: "observe" }))).toBe("access_store");
    expect(lan.said.join("\n")).toMatch(/access\.json is damaged: it is no JSON.*zarrcam access reset/);
    expect(await lan.admin.call("get_state")).toEqual({ state: "Armed" });
    await lan.admin.call("access.reset");
    await lan.pairScript("observe");
  });
});

test.skipIf(!hasOther)("what is refused is in the audit log, a flood of it in few lines", async () => {
  const observer = await lan.pairScript("observe", "Anna's script");
  const { token } = await lan.invite("control");
  await lan.post("/access/token", { token });
  await lan.post("/access/token", { token });
  await lan.ask("/data/a.bin");
  await lan.ask("/uploads?name=x&files=1&bytes=1", { method: "POST", headers: headersOf(observer) });
  await lan.ask("/data/a.bin", { headers: { host: "rebound.example" } });
  await expect(lan.socket(observer, { origin: "https://public.example" })).rejects.toThrow("closed");
  for (let at = 0; at < 30; at++)
    await lan.ask("/data/a.bin", { headers: headersOf({ token: `${"i".repeat(12)}.${"s".repeat(43)}` }) });
  await lan.close();
  const lines = (await readFile(join(folder, ".state", "audit.jsonl"), "utf8")).trim().split("\n");
  const told = lines.map((line) => JSON.parse(line) as AuditEntry).filter(({ refused }) => refused !== undefined);
  const expected = [
    { name: null, action: "POST /access", detail: "no open invitation", refused: "403" },
    { name: null, action: "GET /data/{name}/…", detail: "not paired", refused: "401" },
    { name: "Anna's script", action: "POST /uploads/…", detail: "has the role observe", refused: "403" },
    { name: null, action: "GET", detail: 'by the name "rebound.example"', refused: "403" },
    { name: null, action: "GET /ws", detail: 'by a page of "https://public.example"', refused: "403" },
    { name: null, action: "GET /data/{name}/…", detail: "too many wrong tokens", refused: "429" },
  ];
  for (const entry of expected) expect(told).toContainEqual(expect.objectContaining(entry));
  expect(told.length).toBeLessThan(12);
});

test.skipIf(!hasOther)("no secret is told anywhere but where it is due", async () => {
  const watcher = await RawClient.open(lan.bridge);
  const told: string[] = [];
  const secrets: string[] = [];
  const keep = ({ text, headers }: { text: string; headers: object }) => told.push(text, JSON.stringify(headers));
  const { token: one } = await lan.invite("admin", { name: "One" });
  const browser = await lan.post("/access/pair", { token: one });
  const cookie = browser.headers["set-cookie"]![0]!.split(";")[0]!;
  const script = await lan.pairScript("control", "Two");
  const { token: unused } = await lan.invite("observe");
  secrets.push(one, unused, cookie.split(".")[1]!, script.token.split(".")[1]!);
  const ticket = await lan.ask("/access/ticket", { method: "POST", headers: headersOf(script) });
  secrets.push((JSON.parse(ticket.text) as Ticket).ticket);
  const client = await lan.socket({ cookie });
  secrets.push((client.notifications("hello")[0] as { session: string }).session);
  // What goes wrong with them.
  keep(await lan.post("/access/token", { token: one }));
  keep(await lan.post("/access/token", { token: one, name: 7 }));
  keep(await lan.post("/access/pair", { token: [script.token] }));
  keep(await lan.ask(`/data/${one}`, { headers: headersOf(script) }));
  keep(await lan.ask("/data/a.bin", { headers: { authorization: `Basic ${script.token}` } }));
  keep(await lan.ask("/data/a.bin", { headers: { authorization: `Bearer ${script.token}x` } }));
  keep(await lan.ask("/hello", { headers: { cookie: `${cookie}x` } }));
  keep(await lan.ask("/access/ticket", { method: "POST", headers: { cookie, origin: "https://public.example" } }));
  await expect(lan.socket(null, {}, [`zarrcam.ticket.${secrets.at(-1)}`])).rejects.toThrow("closed");
  for (const [method, params] of [
    ["access.rename", { id: script.id, name: one.repeat(9) }],
    ["access.revoke", { id: script.token }],
    ["access.devices", {}],
    ["access.invitations", {}],
  ] as const)
    told.push(JSON.stringify(await client.call(method, params).catch((error: unknown) => error)));
  for (let at = 0; at < 15; at++) keep(await lan.post("/access/token", { token: `${one}${at}` }));
  await client.call("access.revoke", { id: script.id });
  await client.call("access.reset").catch(() => undefined);

  // Log and notifications of everybody else, what the terminal shows, and whatever lies in the folder of the bridge's memory.
  told.push(JSON.stringify(watcher.texts.filter(({ method }) => method !== "hello")), ...lan.said);
  await lan.close();
  const files = await readdir(join(folder, ".state"));
  expect(files).toContain("access.json");
  const state = await Promise.all(files.map((name) => readFile(join(folder, ".state", name), "utf8")));
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThanOrEqual(22);
    for (const text of [...told, ...state]) expect(text, secret).not.toContain(secret);
  }
});
