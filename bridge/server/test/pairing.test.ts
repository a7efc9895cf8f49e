// Pairing: invitations and what comes of them, over https on another address of loopback.
import { request } from "node:https";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { LanBridge, OTHER, hasOther, headersOf } from "./lan-bridge.ts";
import { get, rawRequest } from "./raw-http.ts";
import { reachedByOthers, refusal } from "./reached-by-others.ts";

const scene = reachedByOthers();

describe.skipIf(!hasOther)("pairing", () => {
  test("a link brings a browser in once, by a cookie that no script can read, and over a new start of the bridge", async () => {
    expect((await scene.lan.ask("/data/a.bin")).status).toBe(401);
    const { token, links, fingerprint, role } = await scene.lan.invite("observe");
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(fingerprint).toMatch(/^[\w-]{43}$/);
    expect(links[0]).toBe(`${scene.lan.origin}/#pair=${token}&pin=${fingerprint}`);
    expect(role).toBe("observe");

    const paired = await scene.lan.post(
      "/access/pair",
      { token, name: "  Anna's laptop " },
      { origin: scene.lan.origin },
    );
    expect([paired.status, JSON.parse(paired.text)]).toEqual([
      201,
      { id: expect.stringMatching(/^[\w-]{12}$/) as string, name: "Anna's laptop", role: "observe" },
    ]);
    const [cookie = ""] = paired.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(
      new RegExp(
        `^__Host-zarrcam-${scene.lan.bridge.port}=[\\w-]+\\.[\\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=\\d+$`,
      ),
    );
    const shown = { cookie: cookie.split(";")[0]! };
    expect((await scene.lan.ask("/data/a.bin", { headers: shown })).text).toBe("pixels");
    const you = {
      id: (JSON.parse(paired.text) as { id: string }).id,
      name: "Anna's laptop",
      role: "observe",
      kind: "device",
    };
    const hello = await scene.lan.ask("/hello", { headers: shown });
    expect(JSON.parse(hello.text)).toMatchObject({ may_control: true, you });
    // It is kept for as long again.
    expect(hello.headers["set-cookie"]?.[0]).toBe(cookie);
    expect(JSON.parse((await scene.lan.ask("/hello")).text)).toMatchObject({ you: null });
    const client = await scene.lan.socket(shown, { origin: scene.lan.origin });
    expect(client.notifications("hello")[0]).toMatchObject({ you });
    await client.close();

    const again = await scene.lan.post("/access/pair", { token });
    expect([again.status, again.text]).toEqual([403, expect.stringContaining("Ask for a new link")]);

    const { port } = scene.lan.bridge;
    await scene.lan.close();
    scene.lan = await LanBridge.start(scene.runtime.asHost(), { stateDir: join(scene.folder, ".state"), port });
    expect((await scene.lan.ask("/data/a.bin", { headers: shown })).text).toBe("pixels");
  });

  test("a browser that uses another link stays the same device, with the larger role", async () => {
    const { id, cookie } = await scene.lan.pairBrowser("control", "Anna's laptop");
    const client = await scene.lan.socket({ cookie });
    const use = async (role: "observe" | "admin", shown: string) => {
      const { token } = await scene.lan.invite(role);
      const { headers, text } = await scene.lan.post(
        "/access/pair",
        { token },
        { cookie: shown, origin: scene.lan.origin },
      );
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
      expect((await scene.lan.ask("/data/a.bin", { headers: { cookie: shown } })).status).toBe(status);
    await client.close();
  });

  test("of many who use a one-time token at the same moment, one is let in", async () => {
    const { token } = await scene.lan.invite("control");
    const answers = await Promise.all(Array.from({ length: 9 }, () => scene.lan.post("/access/token", { token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(8).fill(403)]);
    expect(await scene.lan.admin.call("access.devices")).toHaveLength(1);
  });

  test("an invitation for several, with their name, runs out, expires, and can be withdrawn", async () => {
    const { token, invitation } = await scene.lan.invite("observe", { uses: 2, name: "Practical course" });
    expect(await scene.lan.admin.call("access.invitations")).toMatchObject([
      { id: invitation, uses_left: 2, role: "observe" },
    ]);
    expect(JSON.parse((await scene.lan.post("/access/pair", { token })).text)).toMatchObject({
      name: "Practical course",
    });
    expect(await scene.lan.admin.call("access.invitations")).toMatchObject([{ id: invitation, uses_left: 1 }]);
    await scene.lan.admin.call("access.withdraw", { invitation });
    expect((await scene.lan.post("/access/pair", { token })).status).toBe(403);
    expect(await refusal(scene.lan.admin.call("access.withdraw", { invitation }))).toBe("not_found");
    const short = await scene.lan.invite("observe", { expires_s: 1 });
    expect(short.expires_unix_ms - Date.now()).toBeLessThanOrEqual(1000);
    await expect.poll(() => scene.lan.admin.call("access.invitations"), { timeout: 5000 }).toEqual([]);
    expect((await scene.lan.post("/access/pair", { token: short.token })).status).toBe(403);
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
      const answer = await scene.lan.ask("/access/pair", {
        method: "POST",
        headers,
        ...(body !== undefined && { body }),
      });
      expect([answer.status, answer.text], answer.text).toEqual([status, expect.stringMatching(/^[A-Z].*\.\n$/)]);
      expect((await scene.lan.ask("/access/pair")).status).toBe(405);
    },
  );

  test("the camera computer needs none, and says so; scripts there may make a token for elsewhere", async () => {
    const { token } = await scene.lan.invite("observe");
    const post = (path: string) => {
      const body = JSON.stringify({ token });
      const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${scene.lan.bridge.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
      return rawRequest(scene.lan.bridge.port, head + body);
    };
    expect(await post("/access/pair")).toMatchObject({ status: 409 });
    const made = await post("/access/token");
    expect(made).toMatchObject({ status: 201 });
    const script = JSON.parse(made!.body.toString()) as { token: string };
    expect((await scene.lan.ask("/data/a.bin", { headers: headersOf(script) })).status).toBe(200);
    const hello = await get(scene.lan.bridge.port, "/hello");
    expect(JSON.parse(hello!.body.toString())).toMatchObject({
      you: { id: "this_computer", name: "Camera computer", role: "admin", kind: "this_computer" },
    });
  });

  test("guessing at speed is slowed down, and locks nobody else out", async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 14; at++)
      statuses.push((await scene.lan.post("/access/token", { token: `guess${at}` })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(403), ...Array<number>(4).fill(429)]);
    const { token } = await scene.lan.invite("observe");
    const waiting = await scene.lan.post("/access/token", { token });
    expect(waiting).toMatchObject({
      status: 429,
      headers: { "retry-after": expect.stringMatching(/^\d+$/) as string },
    });
    // From another address it is good: the guesses did not use it up.
    const elsewhere = await new Promise<number>((resolve, reject) => {
      const options = {
        host: OTHER,
        port: scene.lan.bridge.port,
        ca: scene.lan.ca,
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
    expect(scene.lan.said.filter((line) => line.includes("wrong invitations again and again"))).toHaveLength(1);
    // Sessions are counted by themselves.
    const wrong = await scene.lan.ask("/data/a.bin", {
      headers: headersOf({ token: `${"i".repeat(12)}.${"s".repeat(43)}` }),
    });
    expect(wrong.status).toBe(401);
  });
});
