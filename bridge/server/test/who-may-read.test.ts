// Who may read over HTTP, what a page is told first, and that nothing which comes over a connection ends the bridge.
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { rawRequest } from "./raw-http.ts";
import { SITE, VIEWER, servedFolder } from "./served-folder.ts";

const scene = servedFolder();

describe("who may read", () => {
  test("a rebound name may not", async () => {
    expect(await scene.ask("/", { Host: `rebound.example:${scene.bridge.port}` })).toMatchObject({ status: 403 });
    expect(await scene.ask("/data/a.zarr/zarr.json", { Host: "rebound.example" })).toMatchObject({ status: 403 });
  });
  test("a foreign origin may not, and gets no CORS header", async () => {
    const { status, headers } = await scene.ask("/data/a.zarr/zarr.json", { Origin: "https://rebound.example" });
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
  test("a named origin may read data with ranges, and nothing else", async () => {
    const { status, headers } = await scene.ask("/data/a.zarr/0/c/0/0", { Origin: VIEWER, Range: "bytes=0-1" });
    expect(status).toBe(206);
    expect(headers).toMatchObject({ "access-control-allow-origin": VIEWER, vary: "Origin" });
    expect(headers["access-control-expose-headers"]).toContain("Content-Range");
    const asked = { Origin: VIEWER, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range" };
    const preflight = await scene.ask("/data/a.zarr/0/c/0/0", asked, "OPTIONS");
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("Range");
    expect(await scene.ask("/", { Origin: VIEWER })).toMatchObject({ status: 403 });
    expect(await scene.ask("/streams/0/frames", { Origin: VIEWER })).toMatchObject({ status: 403 });
  });
  test("an origin that may control reads data and frames, and is shown no page", async () => {
    const { headers } = await scene.ask("/data/a.zarr/zarr.json", { Origin: SITE });
    expect(headers["access-control-allow-origin"]).toBe(SITE);
    // Its preflight; what it then gets `frame-clients.test.ts` shows.
    const asked = { Origin: SITE, "Access-Control-Request-Method": "GET" };
    expect(await scene.ask("/streams/0/frames?run=next", asked, "OPTIONS")).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": SITE },
    });
    expect(await scene.ask("/", { Origin: SITE })).toMatchObject({ status: 403 });
  });
  test("an image on a foreign page may not", async () => {
    const foreign = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" };
    expect(await scene.ask("/data/a.zarr/0/c/0/0", foreign)).toMatchObject({ status: 403 });
  });
  test("two Host headers are refused", async () => {
    const answer = await rawRequest(
      scene.bridge.port,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${scene.bridge.port}\r\nHost: rebound.example\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 403]).toContain(answer!.status);
  });
});

describe("/hello", () => {
  const introduced = async (headers: Record<string, string> = {}) => {
    const answer = await scene.ask("/hello", headers);
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", vary: "Origin" });
    return [
      answer.status,
      answer.headers["access-control-allow-origin"],
      JSON.parse(answer.body.toString()) as unknown,
    ];
  };

  test.each([
    ["a page that may control", SITE, true],
    ["a page that may read", VIEWER, false],
  ])("tells %s the version, its name and what it may, and nothing else", async (_who, origin, may_control) => {
    expect(await introduced({ Origin: origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" })).toEqual([
      200,
      origin,
      {
        version: "test",
        protocol: "zarrcam.v1",
        may_control,
        rig_name: hostname(),
        you: { id: "this_computer", name: "Camera computer", role: "admin", kind: "this_computer" },
      },
    ]);
  });
  test("tells scripts and the own page", async () => {
    for (const headers of [{}, { Origin: `http://127.0.0.1:${scene.bridge.port}` }])
      expect(await introduced(headers)).toMatchObject([200, undefined, { may_control: true }]);
    expect(await scene.ask("/hello", {}, "HEAD")).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });
  test("answers the preflight of those alone", async () => {
    const asked = { "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "cache-control" };
    expect(await scene.ask("/hello", { ...asked, Origin: SITE }, "OPTIONS")).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": SITE },
    });
    expect(await scene.ask("/hello", { ...asked, Origin: "https://rebound.example" }, "OPTIONS")).toMatchObject({
      status: 403,
    });
  });
  test.each([
    ["another origin", { Origin: "https://rebound.example" }],
    ["an origin that begins like one", { Origin: `${SITE}.rebound.example` }],
    ["the same name without TLS", { Origin: "http://site.example" }],
    ["a sandboxed frame", { Origin: "null" }],
    ["another page of this computer", { Origin: "http://127.0.0.1:3000" }],
    ["an image on a foreign page", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }],
    ["a rebound name", { Host: "rebound.example" }],
  ])("says nothing to %s", async (_who, asked) => {
    const { status, headers, body } = await scene.ask("/hello", asked);
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(body.toString()).not.toMatch(/version|"test"/);
  });
  test("is one address", async () => {
    expect((await scene.ask("/hello/there")).headers["content-type"]).toContain("text/html");
  });
});

describe("the page", () => {
  test("is given with a strict policy that lets wasm and workers run", async () => {
    const { status, headers, body } = await scene.ask("/");
    expect({ status, type: headers["content-type"] }).toEqual({ status: 200, type: "text/html; charset=utf-8" });
    expect(body.toString()).toContain("zarrcam");
    const policy = headers["content-security-policy"];
    for (const part of ["'wasm-unsafe-eval'", "worker-src 'self' blob:", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
  });
  test("its own addresses give its document, its assets are kept", async () => {
    expect((await scene.ask("/datasets")).headers["content-type"]).toContain("text/html");
    expect(await scene.ask("/assets/app-1a2b.js")).toMatchObject({
      status: 200,
      headers: {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": expect.stringContaining("immutable") as unknown,
      },
    });
    expect(await scene.ask("/assets/none.js")).toMatchObject({ status: 404 });
  });
  test("GET on the control socket's address says what it is", async () => {
    expect(await scene.ask("/ws")).toMatchObject({ status: 426 });
  });
});

describe("whatever comes over the socket", () => {
  test("is no end of the process", async () => {
    const alive = async () => expect(await scene.ask("/data/a.zarr/zarr.json")).toMatchObject({ status: 200 });
    const target = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc
        .array(fc.constantFrom("..", "%2e", "%00", "\\", "/", "data", "%", "@live", "\u00ff"), { maxLength: 9 })
        .map((all) => all.join("/")),
    );
    const line = fc.record({
      method: fc.constantFrom("GET", "HEAD", "GE\u0000T", "", "CONNECT", "GET GET"),
      target,
      header: fc.string({ maxLength: 40 }),
      host: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(line, async ({ method, target, header, host }) => {
        const head = host ? `Host: 127.0.0.1:${scene.bridge.port}\r\n` : "";
        const text = `${method} /data/${target} HTTP/1.1\r\n${head}${header}\r\nConnection: close\r\n\r\n`;
        const answer = await rawRequest(scene.bridge.port, text, 2000);
        if (answer) expect(answer.body.toString()).not.toContain("secret");
      }),
      { numRuns: 150 },
    );
    await alive();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await rawRequest(scene.bridge.port, Buffer.concat([bytes, Buffer.from("\r\n\r\n")]), 200);
      }),
      { numRuns: 50 },
    );
    await alive();
  });

  test("a client that goes away in the middle of a body leaves nothing open", async () => {
    await writeFile(join(scene.folder, "data/big"), Buffer.alloc(32 << 20));
    for (let round = 0; round < 10; round++) {
      await new Promise<void>((resolve) => {
        const asked = request({ port: scene.bridge.port, path: "/data/big" }, (answer) => {
          answer.once("data", () => asked.destroy());
          answer.on("close", resolve);
          answer.on("error", () => undefined);
        });
        asked.on("error", () => undefined);
        asked.end();
      });
    }
    expect(await scene.ask("/data/big", { Range: "bytes=0-3" })).toMatchObject({ status: 206 });
  });
});
