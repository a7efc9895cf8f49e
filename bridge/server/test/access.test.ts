// Sessions, tokens, tickets and their end, over https on another address of loopback.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";

import type { PairedDevice, Ticket } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";

import { OTHER, hasOther, headersOf } from "./lan-bridge.ts";
import { RawClient } from "./raw-client.ts";
import { reachedByOthers, refusal } from "./reached-by-others.ts";

const scene = reachedByOthers();

describe.skipIf(!hasOther)("what a session or token is good for", () => {
  test("a cookie counts for the own page alone", async () => {
    const { cookie } = await scene.lan.pairBrowser("control");
    const data = (headers: Record<string, string>) => scene.lan.ask("/data/a.bin", { headers: { cookie, ...headers } });
    expect((await data({})).status).toBe(200);
    expect((await data({ origin: scene.lan.origin })).status).toBe(200);
    for (const origin of [
      "https://public.example",
      `https://${OTHER}:1`,
      `http://${OTHER}:${scene.lan.bridge.port}`,
      "null",
    ]) {
      expect((await data({ origin })).status, origin).toBe(403);
      await expect(scene.lan.socket({ cookie }, { origin })).rejects.toThrow("closed");
      const upload = await scene.lan.ask("/uploads?name=x&files=1&bytes=1", {
        method: "POST",
        headers: { cookie, origin },
      });
      expect(upload.status, origin).toBe(403);
    }
    for (const site of ["same-site", "cross-site"])
      expect((await data({ "sec-fetch-site": site, "sec-fetch-mode": "no-cors" })).status).toBe(403);
    // Of two cookies by one name nobody can say which is the browser's own.
    expect((await data({ cookie: `${cookie}; ${cookie}` })).status).toBe(401);
    expect((await data({ cookie: cookie.slice(0, -1) })).headers["set-cookie"]?.[0]).toContain("Max-Age=0");
  });

  test("by a name that leads here from elsewhere nobody is let in", async () => {
    const script = await scene.lan.pairScript("admin");
    for (const host of [
      "rebound.example",
      `rebound.example:${scene.lan.bridge.port}`,
      `127.0.0.1:${scene.lan.bridge.port}`,
    ]) {
      const answer = await scene.lan.ask("/data/a.bin", { headers: { ...headersOf(script), host } });
      expect(answer.status, host).toBe(403);
    }
    expect(
      (await scene.lan.ask("/data/a.bin", { headers: { ...headersOf(script), host: `rig3:${scene.lan.bridge.port}` } }))
        .status,
    ).toBe(200);
  });

  test("a ticket opens one socket", async () => {
    const script = await scene.lan.pairScript("observe");
    const ask = async () => {
      const { status, text } = await scene.lan.ask("/access/ticket", { method: "POST", headers: headersOf(script) });
      expect(status).toBe(201);
      return (JSON.parse(text) as Ticket).ticket;
    };
    const ticket = await ask();
    const client = await scene.lan.socket(null, { origin: scene.lan.origin }, [`zarrcam.ticket.${ticket}`]);
    expect(client.notifications("hello")[0]).toMatchObject({ you: { id: script.id, kind: "token" } });
    expect(client.socket.protocol).toBe("zarrcam.v1");
    await client.close();
    await expect(scene.lan.socket(null, {}, [`zarrcam.ticket.${ticket}`])).rejects.toThrow("closed");
    // It is for a socket, and for nothing else.
    expect((await scene.lan.ask("/data/a.bin", { headers: { authorization: `Bearer ${await ask()}` } })).status).toBe(
      401,
    );
  });

  test("the page of another rig gets a token that is good for it alone", async () => {
    const [own, other] = ["https://192.168.7.7:8421", "https://192.168.7.8:8421"];
    const { token } = await scene.lan.invite("observe");
    const preflight = await scene.lan.ask("/access/token", { method: "OPTIONS", headers: { origin: own } });
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": own,
      "access-control-allow-headers": expect.stringContaining("Authorization") as string,
    });
    expect(preflight.headers["access-control-allow-credentials"]).toBeUndefined();
    const before = await scene.lan.ask("/data/a.bin", { method: "OPTIONS", headers: { origin: own } });
    expect([before.status, before.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    const made = await scene.lan.post("/access/token", { token, name: "Rig 7" }, { origin: own });
    expect(made.status).toBe(201);
    const bearer = headersOf(JSON.parse(made.text) as { token: string });

    const preflighted = await scene.lan.ask("/data/a.bin", { method: "OPTIONS", headers: { origin: own } });
    expect([preflighted.status, preflighted.headers["access-control-allow-origin"]]).toEqual([204, own]);
    const read = await scene.lan.ask("/data/a.bin", { headers: { ...bearer, origin: own } });
    expect([read.text, read.headers["access-control-allow-origin"], read.headers.vary]).toEqual([
      "pixels",
      own,
      "Origin",
    ]);
    const ticket = await scene.lan.ask("/access/ticket", { method: "POST", headers: { ...bearer, origin: own } });
    const { ticket: text } = JSON.parse(ticket.text) as Ticket;
    const client = await scene.lan.socket(null, { origin: own }, [`zarrcam.ticket.${text}`]);
    await client.close();
    // Nowhere else, and with nothing else.
    expect((await scene.lan.ask("/data/a.bin", { headers: { ...bearer, origin: other } })).status).toBe(403);
    expect((await scene.lan.ask("/data/a.bin", { headers: bearer })).status).toBe(401);
    expect((await scene.lan.ask("/data/a.bin", { headers: { origin: own } })).status).toBe(403);
    const devices = await scene.lan.admin.call<PairedDevice[]>("access.devices");
    expect(devices).toMatchObject([{ name: "Rig 7", origin: own, kind: "token" }]);
    await scene.lan.admin.call("access.revoke", { id: devices[0]!.id });
    const gone = await scene.lan.ask("/data/a.bin", { method: "OPTIONS", headers: { origin: own } });
    expect([gone.status, gone.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });
});

describe.skipIf(!hasOther)("what an admin does holds at once", () => {
  test("a role and a name", async () => {
    const observer = await scene.lan.pairScript("observe", "Anna");
    const client = await scene.lan.socket(observer);
    expect(await refusal(client.call("start", { record: true }))).toBe("forbidden");
    await scene.lan.admin.call("access.set_role", { id: observer.id, role: "control" });
    expect(await refusal(client.call("start", { record: true }))).toBe("already_running");
    expect(client.notifications("you")).toMatchObject([{ id: observer.id, role: "control" }]);
    expect(client.notifications("access")).toEqual([]);
    await scene.lan.admin.call("access.set_role", { id: observer.id, role: "admin" });
    await scene.lan.admin.call("access.rename", { id: observer.id, name: "Anna B." });
    await client.until(() => client.notifications("access").length > 0);
    expect(client.notifications("you").at(-1)).toMatchObject({ name: "Anna B.", role: "admin" });
    await scene.lan.admin.call("access.set_role", { id: observer.id, role: "observe" });
    expect(await refusal(client.call("access.devices"))).toBe("forbidden");
    await client.close();
  });

  test("who is revoked loses socket, stream and body, and nothing of it is heard any more", async () => {
    const { id, cookie } = await scene.lan.pairBrowser("observe");
    const client = await scene.lan.socket({ cookie });
    const { session } = client.notifications("hello")[0] as { session: string };
    const bystander = await scene.lan.socket(await scene.lan.pairScript("observe"));
    const devices = await scene.lan.admin.call<PairedDevice[]>("access.devices");
    expect(devices.find((device) => device.id === id)).toMatchObject({ connected: true, address: "127.0.0.1" });

    const stream = scene.lan.ask(`/sessions/${session}/previews`, { headers: { cookie } });
    // A key of another's session opens nothing.
    const key = (bystander.notifications("hello")[0] as { session: string }).session;
    expect((await scene.lan.ask(`/sessions/${key}/previews`, { headers: { cookie } })).status).toBe(404);
    const edits = scene.runtime.revision;
    await scene.lan.admin.call("access.revoke", { id });
    client.notify("set_configuration", { configuration: {} });
    expect(await client.closed).toEqual({ code: 4401, reason: "This browser or script is not paired any more." });
    await stream;
    expect(scene.runtime.revision).toBe(edits);
    expect((await scene.lan.ask("/data/a.bin", { headers: { cookie } })).status).toBe(401);
    await expect(scene.lan.socket({ cookie })).rejects.toThrow("closed");
    expect(await bystander.call("get_state")).toEqual({ state: "Armed" });
    expect(await refusal(scene.lan.admin.call("access.revoke", { id }))).toBe("not_found");
    await bystander.close();
  });

  test("an upload ends with the right to it", async () => {
    const script = await scene.lan.pairScript("control");
    const begun = await scene.lan.ask("/uploads?name=u.zarr&files=1&bytes=1000000", {
      method: "POST",
      headers: headersOf(script),
    });
    const { id } = JSON.parse(begun.text) as { id: string };
    const ended = new Promise<string>((resolve) => {
      const headers = { ...headersOf(script), "content-length": "1000000" };
      const options = { host: OTHER, port: scene.lan.bridge.port, ca: scene.lan.ca, servername: "", agent: false };
      const sent = request({ ...options, path: `/uploads/${id}/a/b`, method: "PUT", headers });
      sent
        .on("error", ({ message }) => resolve(message))
        .on("response", ({ statusCode }) => resolve(String(statusCode)));
      sent.write(Buffer.alloc(1000));
      sent.on("socket", (socket) =>
        socket.on("secureConnect", () =>
          setTimeout(() => void scene.lan.admin.call("access.set_role", { id: script.id, role: "observe" }), 200),
        ),
      );
    });
    expect(await ended).toMatch(/hang up|ECONNRESET|EPIPE/);
    expect((await scene.lan.ask(`/uploads/${id}`, { headers: headersOf(script) })).status).toBe(403);
  });

  test("who leaves is forgotten, and a reset forgets all", async () => {
    const { cookie } = await scene.lan.pairBrowser("observe");
    const left = await scene.lan.ask("/access/leave", {
      method: "POST",
      headers: { cookie, origin: scene.lan.origin },
    });
    expect([left.status, left.headers["set-cookie"]?.[0]]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    expect((await scene.lan.ask("/data/a.bin", { headers: { cookie } })).status).toBe(401);
    const script = await scene.lan.pairScript("admin");
    const client = await scene.lan.socket(script);
    const { token } = await scene.lan.invite("admin");
    expect(await scene.lan.admin.call("access.reset")).toEqual({ revoked: 1 });
    expect(await client.closed).toMatchObject({ code: 4401 });
    expect((await scene.lan.post("/access/token", { token })).status).toBe(403);
  });

  test("a damaged list lets nobody in over the network, says why, and the camera computer goes on", async () => {
    const script = await scene.lan.pairScript("observe");
    const client = await scene.lan.socket(script);
    await writeFile(join(scene.folder, ".state", "access.json"), "{");
    expect(await client.closed).toMatchObject({ code: 4401 });
    const refused = await scene.lan.ask("/data/a.bin", { headers: headersOf(script) });
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining("the list of who may is damaged")]);
    expect(await refusal(scene.lan.admin.call("access.invite", { role: "observe" }))).toBe("access_store");
    expect(scene.lan.said.join("\n")).toMatch(/access\.json is damaged: it is no JSON.*zarrcam access reset/);
    expect(await scene.lan.admin.call("get_state")).toEqual({ state: "Armed" });
    await scene.lan.admin.call("access.reset");
    await scene.lan.pairScript("observe");
  });
});

test.skipIf(!hasOther)("no secret is told anywhere but where it is due", async () => {
  const watcher = await RawClient.open(scene.lan.bridge);
  const told: string[] = [];
  const secrets: string[] = [];
  const keep = ({ text, headers }: { text: string; headers: object }) => told.push(text, JSON.stringify(headers));
  const { token: one } = await scene.lan.invite("admin", { name: "One" });
  const browser = await scene.lan.post("/access/pair", { token: one });
  const cookie = browser.headers["set-cookie"]![0]!.split(";")[0]!;
  const script = await scene.lan.pairScript("control", "Two");
  const { token: unused } = await scene.lan.invite("observe");
  secrets.push(one, unused, cookie.split(".")[1]!, script.token.split(".")[1]!);
  const ticket = await scene.lan.ask("/access/ticket", { method: "POST", headers: headersOf(script) });
  secrets.push((JSON.parse(ticket.text) as Ticket).ticket);
  const client = await scene.lan.socket({ cookie });
  secrets.push((client.notifications("hello")[0] as { session: string }).session);
  // What goes wrong with them.
  keep(await scene.lan.post("/access/token", { token: one }));
  keep(await scene.lan.post("/access/token", { token: one, name: 7 }));
  keep(await scene.lan.post("/access/pair", { token: [script.token] }));
  keep(await scene.lan.ask(`/data/${one}`, { headers: headersOf(script) }));
  keep(await scene.lan.ask("/data/a.bin", { headers: { authorization: `Basic ${script.token}` } }));
  keep(await scene.lan.ask("/data/a.bin", { headers: { authorization: `Bearer ${script.token}x` } }));
  keep(await scene.lan.ask("/hello", { headers: { cookie: `${cookie}x` } }));
  keep(
    await scene.lan.ask("/access/ticket", { method: "POST", headers: { cookie, origin: "https://public.example" } }),
  );
  await expect(scene.lan.socket(null, {}, [`zarrcam.ticket.${secrets.at(-1)}`])).rejects.toThrow("closed");
  for (const [method, params] of [
    ["access.rename", { id: script.id, name: one.repeat(9) }],
    ["access.revoke", { id: script.token }],
    ["access.devices", {}],
    ["access.invitations", {}],
  ] as const)
    told.push(JSON.stringify(await client.call(method, params).catch((error: unknown) => error)));
  for (let at = 0; at < 15; at++) keep(await scene.lan.post("/access/token", { token: `${one}${at}` }));
  await client.call("access.revoke", { id: script.id });
  await client.call("access.reset").catch(() => undefined);

  // Log and notifications of everybody else, what the terminal shows, and whatever lies in the folder of the bridge's memory.
  told.push(JSON.stringify(watcher.texts.filter(({ method }) => method !== "hello")), ...scene.lan.said);
  await scene.lan.close();
  const files = await readdir(join(scene.folder, ".state"));
  expect(files).toContain("access.json");
  const state = await Promise.all(files.map((name) => readFile(join(scene.folder, ".state", name), "utf8")));
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThanOrEqual(22);
    for (const text of [...told, ...state]) expect(text, secret).not.toContain(secret);
  }
});
