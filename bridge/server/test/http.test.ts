import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ListedFile } from "@zarrcam/protocol";

import { type Bridge, startBridge } from "../src/index.ts";
import { get, rawRequest } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const VIEWER = "https://viewer.example";
/** Its page may do all that the bridge's own may. */
const SITE = "https://site.example";
const chunk = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251));
let folder: string;
let bridge: Bridge;
let runtime: ScriptedRuntime;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-http-"));
  const data = join(folder, "data");
  await mkdir(join(data, "a.zarr/0/c/0"), { recursive: true });
  await mkdir(join(data, "a.zarr/0/.zarrcam"));
  await mkdir(join(data, "with space"));
  await writeFile(join(data, "a.zarr/.zgroup"), '{"zarr_format": 2}');
  await writeFile(join(data, "a.zarr/zarr.json"), "{}");
  await writeFile(join(data, "a.zarr/0/c/0/0"), chunk);
  await writeFile(join(data, "a.zarr/0/.zarrcam/frames.log"), "log");
  await writeFile(join(data, "a.zarr/0/.zarrcam/spill-0"), "private");
  await writeFile(join(data, "a.zarr/empty"), "");
  await writeFile(join(data, "evil.html"), "<script>alert(1)</script>");
  await writeFile(join(data, "with space/%2e%2e"), "percent");
  await writeFile(join(folder, "secret"), "secret");
  await symlink(join(folder, "secret"), join(data, "link-out"));
  await symlink(folder, join(data, "folder-out"));
  await symlink(join(data, "a.zarr/0"), join(data, "link-in"));
  await mkdir(join(folder, "page/assets"), { recursive: true });
  await writeFile(join(folder, "page/index.html"), "<!doctype html><title>zarrcam</title>");
  await writeFile(join(folder, "page/assets/app-1a2b.js"), "export {}");
  runtime = new ScriptedRuntime(data);
  bridge = await startBridge({
    runtime: runtime.asHost(),
    port: 0,
    pageDir: join(folder, "page"),
    allowedOrigins: { read: [VIEWER], control: [SITE] },
    version: "test",
  });
});
afterAll(async () => {
  await bridge.close();
  await rm(folder, { recursive: true });
});

const ask = (target: string, headers?: Record<string, string>, method?: string) =>
  get(bridge.port, target, headers, method).then((answer) => answer!);

describe("files of the data folder", () => {
  test("are given byte for byte", async () => {
    const { status, headers, body } = await ask("/data/a.zarr/0/c/0/0");
    expect(status).toBe(200);
    expect(body.equals(chunk)).toBe(true);
    expect(headers).toMatchObject({
      "content-length": "1000",
      "content-type": "application/octet-stream",
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    });
  });

  test("HEAD gives the length and no body", async () => {
    const { status, headers, body } = await ask("/data/a.zarr/0/c/0/0", {}, "HEAD");
    expect({ status, length: headers["content-length"], body: body.length }).toEqual({
      status: 200,
      length: "1000",
      body: 0,
    });
  });

  test.each([
    ["bytes=0-9", "bytes 0-9/1000", chunk.subarray(0, 10)],
    ["bytes=990-", "bytes 990-999/1000", chunk.subarray(990)],
    ["bytes=-16", "bytes 984-999/1000", chunk.subarray(984)],
    ["bytes=-5000", "bytes 0-999/1000", chunk],
    ["bytes=500-5000", "bytes 500-999/1000", chunk.subarray(500)],
  ])("%s gives 206", async (range, contentRange, expected) => {
    const { status, headers, body } = await ask("/data/a.zarr/0/c/0/0", { Range: range });
    expect(status).toBe(206);
    expect(headers["content-range"]).toBe(contentRange);
    expect(headers["content-length"]).toBe(String(expected.length));
    expect(body.equals(expected)).toBe(true);
  });

  test("a range beyond the end gives 416 with the length", async () => {
    const { status, headers } = await ask("/data/a.zarr/0/c/0/0", { Range: "bytes=1000-" });
    expect({ status, range: headers["content-range"] }).toEqual({ status: 416, range: "bytes */1000" });
  });

  test("HEAD with a range says what GET would", async () => {
    const { status, headers, body } = await ask("/data/a.zarr/0/c/0/0", { Range: "bytes=-8" }, "HEAD");
    expect({ status, length: headers["content-length"], body: body.length }).toEqual({
      status: 206,
      length: "8",
      body: 0,
    });
  });

  test("an empty file is empty", async () => {
    expect(await ask("/data/a.zarr/empty")).toMatchObject({ status: 200, headers: { "content-length": "0" } });
  });

  test("an ETag answers 304 while nothing changed", async () => {
    const path = "/data/a.zarr/zarr.json";
    const { etag = "" } = (await ask(path)).headers;
    expect(await ask(path, { "If-None-Match": etag })).toMatchObject({ status: 304 });
    await writeFile(join(folder, "data/a.zarr/zarr.json"), '{"a": 1}');
    expect(await ask(path, { "If-None-Match": etag })).toMatchObject({ status: 200 });
    // Weak, so never good for a range of what may have changed.
    const { etag: now = "" } = (await ask(path)).headers;
    expect(await ask(path, { "If-Range": now, Range: "bytes=0-0" })).toMatchObject({ status: 200 });
    expect(await ask(path, { "If-Match": now })).toMatchObject({ status: 412 });
  });

  test.each([
    ["/data/a.zarr/.zgroup", "application/json"],
    ["/data/a.zarr/zarr.json", "application/json"],
    // Never a page of ours.
    ["/data/evil.html", "application/octet-stream"],
  ])("%s is %s, and may run nothing", async (target, type) => {
    const { headers } = await ask(target);
    expect(headers["content-type"]).toBe(type);
    expect(headers["content-security-policy"]).toContain("sandbox");
  });

  test("percent signs are decoded once", async () => {
    expect((await ask("/data/with%20space/%252e%252e")).body.toString()).toBe("percent");
  });
  test("a symbolic link inside the folder is followed", async () => {
    expect(await ask("/data/link-in/c/0/0")).toMatchObject({ status: 200 });
  });

  test.each([
    ["a folder", "/data/a.zarr"],
    ["a folder with a slash", "/data/a.zarr/"],
    ["the data folder", "/data"],
    ["a missing chunk", "/data/a.zarr/0/c/0/1"],
    ["a file taken for a folder", "/data/a.zarr/zarr.json/x"],
    ["the writer's own file", "/data/a.zarr/0/.zarrcam/spill-0"],
    ["the same, encoded", "/data/a.zarr/0/%2ezarrcam/spill-0"],
    ["the writer's folder", "/data/a.zarr/0/.zarrcam"],
    ["below what a run tells", "/data/a.zarr/0/.zarrcam/frames.log/x"],
    ["a symlink out of the folder", "/data/link-out"],
    ["through a symlink out of the folder", "/data/folder-out/secret"],
    ["double-encoded dots", "/data/%252e%252e/secret"],
    ["a name longer than the system takes", `/data/${"n".repeat(300)}`],
  ])("%s: 404", async (_what, target) => {
    expect(await ask(target)).toMatchObject({ status: 404 });
  });

  test("what a run tells of itself is there", async () => {
    expect((await ask("/data/a.zarr/0/.zarrcam/frames.log")).body.toString()).toBe("log");
  });

  describe("@files", () => {
    const listed = async (target: string) => {
      const { status, headers, body } = await ask(target);
      // Chunked, as its length is not known: the connection of these tests takes it apart by lines alone.
      const lines = body
        .toString()
        .split(/\r?\n/)
        .filter((line) => line.startsWith("{"));
      return { status, type: headers["content-type"], lines: lines.map((line) => JSON.parse(line) as ListedFile) };
    };
    test("tells every file that is served, with length and ETag", async () => {
      const { status, type, lines } = await listed("/data/a.zarr/@files");
      expect({ status, type }).toEqual({ status: 200, type: "application/x-ndjson" });
      const paths = lines.map(({ path }) => path).sort();
      expect(paths).toEqual([".zgroup", "0/.zarrcam/frames.log", "0/c/0/0", "empty", "zarr.json"]);
      for (const { path, bytes, etag } of lines) {
        const { headers } = await ask(`/data/a.zarr/${path}`, {}, "HEAD");
        expect({ path, bytes: String(bytes), etag }).toEqual({
          path,
          bytes: headers["content-length"],
          etag: headers["etag"],
        });
      }
    });
    test("says what it cannot list, and ends there", async () => {
      await mkdir(join(folder, "data/linked.zarr"));
      await symlink(join(folder, "data/a.zarr/0"), join(folder, "data/linked.zarr/0"));
      expect((await listed("/data/linked.zarr/@files")).lines).toEqual([
        { error: "0 is a link to a folder, which is not listed." },
      ]);
      await mkdir(join(folder, "data/out.zarr"));
      await symlink(join(folder, "secret"), join(folder, "data/out.zarr/zarr.json"));
      expect((await listed("/data/out.zarr/@files")).lines).toEqual([
        { error: "zarr.json is a link that leads out of the data folder, which is not listed." },
      ]);
    });
    test("more files than are looked at in one turn", async () => {
      await mkdir(join(folder, "data/many.zarr/c"), { recursive: true });
      const names = Array.from({ length: 700 }, (_, at) => `c/${at}`);
      await Promise.all(names.map((name) => writeFile(join(folder, "data/many.zarr", name), name)));
      const { lines } = await listed("/data/many.zarr/@files");
      expect(lines.map(({ path }) => path).sort()).toEqual(names.sort());
    });
    test("HEAD has no list, and what is no folder has none", async () => {
      expect((await ask("/data/a.zarr/@files", {}, "HEAD")).body.length).toBe(0);
      for (const target of [
        "/data/@files",
        "/data/a.zarr/zarr.json/@files",
        "/data/none/@files",
        "/data/a.zarr/0/.zarrcam/@files",
      ])
        expect(await ask(target)).toMatchObject({ status: 404 });
    });
  });

  test.each([
    ["dots", "/data/../secret"],
    ["dots in the middle", "/data/a.zarr/../../secret"],
    ["encoded dots", "/data/%2e%2e/secret"],
    ["mixed dots", "/data/.%2E/secret"],
    ["encoded slashes", "/data/..%2f..%2fsecret"],
    ["NUL", "/data/a.zarr%00.json"],
    ["an absolute path", "/data//etc/passwd"],
    ["an absolute address", "http://127.0.0.1/data/../secret"],
    ["broken percent signs", "/data/%zz"],
    ["bytes that are no UTF-8", "/data/%ff%fe"],
  ])("%s: 400", async (_what, target) => {
    const { status, body } = await ask(target);
    expect(status).toBe(400);
    expect(body.toString()).not.toContain("secret");
  });

  const odd = ["a:b", "C:", "a\\b", "what? #1 100%", "new\nline", "\u007f\u0001", "%2e%2e", "&<>'\""];
  test.runIf(process.platform !== "win32").each(odd)("the folder %j gives its files", async (name) => {
    await mkdir(join(folder, "data", name));
    await writeFile(join(folder, "data", name, name), name);
    const part = encodeURIComponent(name);
    const { status, body } = await ask(`/data/${part}/${part}`);
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: name });
    expect(await ask(`/data/${part}/none`)).toMatchObject({ status: 404 });
  });

  test("a folder that is called as what is read live gives its files", async () => {
    await mkdir(join(folder, "data/day/@live/a.zarr"), { recursive: true });
    await writeFile(join(folder, "data/day/@live/a.zarr/zarr.json"), "{}");
    expect(await ask("/data/day/@live/a.zarr/zarr.json")).toMatchObject({ status: 200 });
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])("%s: 405", async (method) => {
    expect(await ask("/data/a.zarr/zarr.json", {}, method)).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  });
});

describe("@live", () => {
  const frame = "/data/live.zarr/@live/0/c/0/0/0";
  const ofRun = "/data/live.zarr/@live/run1/0/c/0/0/0";

  test("a frame is given, and kept by nobody unless its run is named", async () => {
    const answer = await ask(frame);
    expect(answer).toMatchObject({
      status: 200,
      headers: { "content-length": "300", "cache-control": "no-store", etag: '"run1-0/c/0/0/0-300"' },
    });
    expect(answer.body.equals(runtime.liveFrame)).toBe(true);
    expect((await ask(ofRun)).headers["cache-control"]).toContain("immutable");
    expect((await ask("/data/live.zarr/%40live/0/c/0/0/0")).status).toBe(200);
  });

  test.each([
    ["bytes=0-9", "bytes 0-9/300", 0, 10],
    ["bytes=-16", "bytes 284-299/300", 284, 300],
    ["bytes=-900", "bytes 0-299/300", 0, 300],
    ["bytes=290-", "bytes 290-299/300", 290, 300],
    ["bytes=290-9999", "bytes 290-299/300", 290, 300],
    ["bytes=0-299", "bytes 0-299/300", 0, 300],
  ])("%s is always 206", async (range, contentRange, start, end) => {
    const { status, headers, body } = await ask(frame, { Range: range });
    expect({ status, range: headers["content-range"] }).toEqual({ status: 206, range: contentRange });
    expect(body.equals(runtime.liveFrame.subarray(start, end))).toBe(true);
  });

  test("HEAD gives the exact length, whole or of a range", async () => {
    expect(await ask(frame, {}, "HEAD")).toMatchObject({ status: 200, headers: { "content-length": "300" } });
    const ranged = await ask(frame, { Range: "bytes=-7" }, "HEAD");
    expect(ranged).toMatchObject({
      status: 206,
      headers: { "content-length": "7", "content-range": "bytes 293-299/300" },
    });
    expect(ranged.body.length).toBe(0);
  });

  test.each(["bytes=300-", "bytes=-0"])("%s is 416", async (range) => {
    expect(await ask(frame, { Range: range })).toMatchObject({
      status: 416,
      headers: { "content-range": "bytes */300" },
    });
  });

  test("conditions are by a strong ETag", async () => {
    const { etag = "" } = (await ask(frame)).headers;
    expect(await ask(frame, { "If-None-Match": etag })).toMatchObject({ status: 304 });
    expect(await ask(frame, { "If-Match": etag, Range: "bytes=0-0" })).toMatchObject({ status: 206 });
    expect(await ask(frame, { "If-Match": '"another"' })).toMatchObject({ status: 412 });
    expect(await ask(frame, { "If-Range": etag, Range: "bytes=0-0" })).toMatchObject({ status: 206 });
    expect((await ask(frame, { "If-Range": '"another"', Range: "bytes=0-0" })).body.length).toBe(300);
  });

  test("a document is asked for again, and comes whole when it has grown", async () => {
    const path = "/data/live.zarr/@live/zarr.json";
    const { headers, body } = await ask(path);
    expect(headers).toMatchObject({ "cache-control": "no-cache", "content-type": "application/json" });
    expect(JSON.parse(body.toString())).toEqual({ shape: [1] });
    runtime.liveDocument = '{"shape": [10000]}';
    const grown = await ask(path, { "If-None-Match": headers.etag! });
    expect(grown.status).toBe(200);
    expect(JSON.parse(grown.body.toString())).toEqual({ shape: [10000] });
  });

  test.each([
    ["a frame that is not stored yet", "/data/live.zarr/@live/0/c/1/0/0"],
    ["an unknown key", "/data/live.zarr/@live/.zgroup"],
    ["the group itself", "/data/live.zarr/@live/"],
    ["another run", "/data/live.zarr/@live/run2/0/c/0/0/0"],
    ["a dataset that is none of ours", "/data/a.zarr/@live/zarr.json"],
    ["no dataset", "/data/@live/zarr.json"],
  ])("%s: 404", async (_what, target) => {
    expect(await ask(target)).toMatchObject({ status: 404 });
  });
});

describe("who may read", () => {
  test("a rebound name may not", async () => {
    expect(await ask("/", { Host: `rebound.example:${bridge.port}` })).toMatchObject({ status: 403 });
    expect(await ask("/data/a.zarr/zarr.json", { Host: "rebound.example" })).toMatchObject({ status: 403 });
  });
  test("a foreign origin may not, and gets no CORS header", async () => {
    const { status, headers } = await ask("/data/a.zarr/zarr.json", { Origin: "https://rebound.example" });
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
  test("a named origin may read data with ranges, and nothing else", async () => {
    const { status, headers } = await ask("/data/a.zarr/0/c/0/0", { Origin: VIEWER, Range: "bytes=0-1" });
    expect(status).toBe(206);
    expect(headers).toMatchObject({ "access-control-allow-origin": VIEWER, vary: "Origin" });
    expect(headers["access-control-expose-headers"]).toContain("Content-Range");
    const asked = { Origin: VIEWER, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range" };
    const preflight = await ask("/data/a.zarr/0/c/0/0", asked, "OPTIONS");
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("Range");
    expect(await ask("/", { Origin: VIEWER })).toMatchObject({ status: 403 });
    expect(await ask("/streams/0/frames", { Origin: VIEWER })).toMatchObject({ status: 403 });
  });
  test("an origin that may control reads data and frames, and is shown no page", async () => {
    const { headers } = await ask("/data/a.zarr/zarr.json", { Origin: SITE });
    expect(headers["access-control-allow-origin"]).toBe(SITE);
    // Its preflight; what it then gets `frame-clients.test.ts` shows.
    const asked = { Origin: SITE, "Access-Control-Request-Method": "GET" };
    expect(await ask("/streams/0/frames?run=next", asked, "OPTIONS")).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": SITE },
    });
    expect(await ask("/", { Origin: SITE })).toMatchObject({ status: 403 });
  });
  test("an image on a foreign page may not", async () => {
    const foreign = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" };
    expect(await ask("/data/a.zarr/0/c/0/0", foreign)).toMatchObject({ status: 403 });
  });
  test("two Host headers are refused", async () => {
    const answer = await rawRequest(
      bridge.port,
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${bridge.port}\r\nHost: rebound.example\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 403]).toContain(answer!.status);
  });
});

describe("/hello", () => {
  const introduced = async (headers: Record<string, string> = {}) => {
    const answer = await ask("/hello", headers);
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
    for (const headers of [{}, { Origin: `http://127.0.0.1:${bridge.port}` }])
      expect(await introduced(headers)).toMatchObject([200, undefined, { may_control: true }]);
    expect(await ask("/hello", {}, "HEAD")).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });
  test("answers the preflight of those alone", async () => {
    const asked = { "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "cache-control" };
    expect(await ask("/hello", { ...asked, Origin: SITE }, "OPTIONS")).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": SITE },
    });
    expect(await ask("/hello", { ...asked, Origin: "https://rebound.example" }, "OPTIONS")).toMatchObject({
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
    const { status, headers, body } = await ask("/hello", asked);
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(body.toString()).not.toMatch(/version|"test"/);
  });
  test("is one address", async () => {
    expect((await ask("/hello/there")).headers["content-type"]).toContain("text/html");
  });
});

describe("the page", () => {
  test("is given with a strict policy that lets wasm and workers run", async () => {
    const { status, headers, body } = await ask("/");
    expect({ status, type: headers["content-type"] }).toEqual({ status: 200, type: "text/html; charset=utf-8" });
    expect(body.toString()).toContain("zarrcam");
    const policy = headers["content-security-policy"];
    for (const part of ["'wasm-unsafe-eval'", "worker-src 'self' blob:", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
  });
  test("its own addresses give its document, its assets are kept", async () => {
    expect((await ask("/datasets")).headers["content-type"]).toContain("text/html");
    expect(await ask("/assets/app-1a2b.js")).toMatchObject({
      status: 200,
      headers: {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": expect.stringContaining("immutable") as unknown,
      },
    });
    expect(await ask("/assets/none.js")).toMatchObject({ status: 404 });
  });
  test("GET on the control socket's address says what it is", async () => {
    expect(await ask("/ws")).toMatchObject({ status: 426 });
  });
});

describe("whatever comes over the socket", () => {
  test("is no end of the process", async () => {
    const alive = async () => expect(await ask("/data/a.zarr/zarr.json")).toMatchObject({ status: 200 });
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
        const head = host ? `Host: 127.0.0.1:${bridge.port}\r\n` : "";
        const text = `${method} /data/${target} HTTP/1.1\r\n${head}${header}\r\nConnection: close\r\n\r\n`;
        const answer = await rawRequest(bridge.port, text, 2000);
        if (answer) expect(answer.body.toString()).not.toContain("secret");
      }),
      { numRuns: 150 },
    );
    await alive();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await rawRequest(bridge.port, Buffer.concat([bytes, Buffer.from("\r\n\r\n")]), 200);
      }),
      { numRuns: 50 },
    );
    await alive();
  });

  test("a client that goes away in the middle of a body leaves nothing open", async () => {
    await writeFile(join(folder, "data/big"), Buffer.alloc(32 << 20));
    for (let round = 0; round < 10; round++) {
      await new Promise<void>((resolve) => {
        const asked = request({ port: bridge.port, path: "/data/big" }, (answer) => {
          answer.once("data", () => asked.destroy());
          answer.on("close", resolve);
          answer.on("error", () => undefined);
        });
        asked.on("error", () => undefined);
        asked.end();
      });
    }
    expect(await ask("/data/big", { Range: "bytes=0-3" })).toMatchObject({ status: 206 });
  });
});
