// What each role may do, asked in every cell of role x method and role x route of the protocol's own tables.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type MethodName, type Route, type RouteName, allows, methods, roles, routes } from "@zarrcam/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { LanBridge, hasOther, headersOf } from "./lan-bridge.ts";
import { rawRequest } from "./raw-http.ts";
import type { RawClient } from "./raw-client.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

/** A session is closed after 50 messages that are wrong. */
const A_SESSION = 40;
const READS = ["https://viewer.example"];
const CONTROLS = ["https://site.example"];

let folder: string;
let lan: LanBridge;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-roles-"));
  if (!hasOther) return;
  const allowedOrigins = { read: READS, control: CONTROLS };
  lan = await LanBridge.start(new ScriptedRuntime(folder).asHost(), { allowedOrigins });
});
afterAll(async () => {
  await lan?.close();
  await rm(folder, { recursive: true });
});

const names = Object.keys(methods) as MethodName[];
const parts = Array.from({ length: Math.ceil(names.length / A_SESSION) }, (_, at) =>
  names.slice(at * A_SESSION, (at + 1) * A_SESSION),
);

/** Who was refused for his role is told so before anything else; what is allowed goes on to be refused for its parameters. */
async function verdict(client: RawClient, method: MethodName): Promise<string> {
  try {
    await client.call(method, { "no such parameter": 1 });
  } catch (error) {
    return (error as { data: { code: string } }).data.code;
  }
  throw new Error(`${method} took a parameter that it does not have`);
}

/** A path of the route, as somebody would ask for it. */
const pathOf = ({ path }: Route) =>
  path.replace("{name}", "a.zarr").replace("{n}", "0").replace("{key}", "A".repeat(22)).replace("/…", "/b");

describe.skipIf(!hasOther)("over the network", () => {
  test.each(roles)("%s may call what the table of methods says, and no more", async (role) => {
    const shown = await lan.pairScript(role);
    for (const part of parts) {
      const client = await lan.socket(shown);
      expect(client.notifications("hello")[0]).toMatchObject({ you: { id: shown.id, role, kind: "token" } });
      for (const method of part) {
        const expected = allows(role, methods[method].role) ? "invalid_params" : "forbidden";
        expect(await verdict(client, method), `${role}: ${method}`).toBe(expected);
      }
      await client.close();
    }
  });

  test("a refusal names both roles and the way out", async () => {
    const client = await lan.socket(await lan.pairScript("observe", "Anna's script"));
    await expect(client.call("start", { record: true })).rejects.toMatchObject({
      code: -32019,
      message: expect.stringMatching(
        /^.*start needs the role control, and .*Anna's script.* has the role observe: an admin/,
      ) as string,
    });
    await client.close();
  });

  const cells = [null, ...roles].flatMap((role) =>
    (Object.entries(routes) as [RouteName, Route][]).map(([name, route]) => [role ?? "nobody", name, route] as const),
  );
  test.each(cells)("%s at the route %s", async (who, _name, route) => {
    const role = who === "nobody" ? null : who;
    for (const method of route.methods) {
      // Each anew: who leaves is gone.
      const headers = headersOf(role && (await lan.pairScript(role)));
      const { status, text, headers: told } = await lan.ask(pathOf(route), { method, headers });
      const isAllowed = route.role === null || (role !== null && allows(role, route.role));
      const what = `${method} ${route.path}: ${status} ${text}`;
      if (isAllowed) expect([401, 403], what).not.toContain(status);
      else expect(status, what).toBe(role === null ? 401 : 403);
      if (status === 401) expect(told["www-authenticate"]).toBe('Bearer realm="zarrcam"');
      expect(told["referrer-policy"], what).toBe("no-referrer");
    }
  });

  test("every frame: who may look may not make the run wait", async () => {
    const observer = await lan.pairScript("observe");
    const path = "/streams/0/frames?back_pressure=true";
    const refused = await lan.ask(path, { headers: headersOf(observer) });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("needs the role control")]);
    const allowed = await lan.ask(path, { headers: headersOf(await lan.pairScript("control")) });
    expect(allowed.status).not.toBe(403);
  });
});

describe("pages of other origins", () => {
  const pages = [
    ["https://public.example", []],
    ["https://192.168.7.7:8421", ["token"]],
    [READS[0]!, ["read"]],
    [CONTROLS[0]!, ["read", "control", "token"]],
  ] as const;
  const cells = pages.flatMap(([origin, may]) =>
    (Object.entries(routes) as [RouteName, Route][]).map(([name, route]) => [origin, name, route, may] as const),
  );
  test.skipIf(!hasOther).each(cells)("%s at %s, on the camera computer", async (origin, name, route, may) => {
    const isAllowed = route.foreign !== null && ["anybody", ...may].includes(route.foreign);
    const { port } = lan.bridge;
    const upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: zarrcam.v1\r\n";
    for (const method of route.methods) {
      const head = `${method} ${pathOf(route)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\n`;
      const answer = await rawRequest(port, `${head}${name === "socket" ? upgrade : "Connection: close\r\n"}\r\n`, 500);
      const what = `${method} ${route.path}: ${answer?.status}`;
      if (isAllowed) expect(answer?.status, what).not.toBe(403);
      else expect(answer?.status, what).toBe(403);
      // It cannot even know that there is a bridge.
      if (name !== "socket")
        expect(answer?.headers["access-control-allow-origin"], what).toBe(
          isAllowed && route.foreign !== "anybody" ? origin : undefined,
        );
    }
  });
});
