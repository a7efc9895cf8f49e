// A dataset that comes file by file: whole or not at all, under a new name, and nowhere but into the data folder.
import { mkdir, mkdtemp, readFile, readdir, rm, statfs, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { rawRequest } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const SITE = "https://site.example";
const VIEWER = "https://viewer.example";
let folder: string;
let data: string;
let bridge: Bridge;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-uploads-"));
  data = join(folder, "data");
  await mkdir(join(data, "taken.zarr"), { recursive: true });
  await symlink(folder, join(data, "out"));
  await writeFile(join(folder, "secret"), "secret");
  const allowedOrigins = { read: [VIEWER], control: [SITE] };
  const runtime = new ScriptedRuntime(data).asHost();
  bridge = await startBridge({ runtime, port: 0, pageDir: null, allowedOrigins, version: "test" });
});
afterAll(async () => {
  await bridge.close();
  await rm(folder, { recursive: true });
});

async function ask(method: string, target: string, body = "", headers: Record<string, string> = {}) {
  const lines = { Host: `127.0.0.1:${bridge.port}`, Connection: "close", ...headers };
  const length = body === "" && method !== "PUT" ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = await rawRequest(
    bridge.port,
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${head.join("")}${length}\r\n${body}`),
  );
  if (!answer) throw new Error("no answer");
  const text = answer.body.toString();
  return { status: answer.status, text, headers: answer.headers };
}
const begin = async (name: string, files: number, bytes: number): Promise<string> => {
  const { status, text } = await ask("POST", `/uploads?name=${encodeURIComponent(name)}&files=${files}&bytes=${bytes}`);
  expect([status, text.includes('"id"')]).toEqual([201, true]);
  return (JSON.parse(text) as { id: string }).id;
};
const hidden = async () => (await readdir(data)).filter((name) => name.startsWith("."));

test("a dataset comes in pieces, which may come again, and is there under its name when it is whole", async () => {
  const id = await begin("day/up.zarr", 3, 16);
  const put = (path: string, at: number, body: string) => ask("PUT", `/uploads/${id}/${path}?at=${at}`, body);
  expect((await put("zarr.json", 0, "{}")).status).toBe(204);
  expect((await put("0/c/0", 0, "0123")).status).toBe(204);
  expect((await put("0/c/0", 2, "23456789")).status).toBe(204);
  // A hole would look like data.
  const hole = await put("0/c/0", 11, "x");
  expect([hole.status, hole.text]).toEqual([409, "0/c/0 has 10 bytes; the next piece begins there.\n"]);
  const early = await ask("POST", `/uploads/${id}`);
  expect(early.status).toBe(409);
  expect(early.text).toContain("2 of 3 files");
  const here = JSON.parse((await ask("GET", `/uploads/${id}`)).text) as { here: { path: string }[] };
  expect(here).toMatchObject({ name: "day/up.zarr", files: 3, bytes: 16 });
  expect(here.here.map(({ path }) => path).sort()).toEqual(["0/c/0", "zarr.json"]);
  expect((await put("0/.zarrcam/run.json", 0, "{run}"[0] + "...")).status).toBe(204);
  expect(await readdir(data)).not.toContain("day");
  expect(await ask("POST", `/uploads/${id}`)).toMatchObject({ status: 201, text: '{"name":"day/up.zarr"}\n' });
  expect(await readFile(join(data, "day/up.zarr/0/c/0"), "utf8")).toBe("0123456789");
  expect(await hidden()).toEqual([]);
  expect((await put("zarr.json", 0, "{}")).status).toBe(404);
});

test("a path leads through no file, and no folder is written", async () => {
  const id = await begin("paths.zarr", 10, 100);
  expect((await ask("PUT", `/uploads/${id}/a`, "1")).status).toBe(204);
  expect((await ask("PUT", `/uploads/${id}/a/b`, "1")).status).toBe(409);
  expect((await ask("PUT", `/uploads/${id}/c/d`, "1")).status).toBe(204);
  expect((await ask("PUT", `/uploads/${id}/c`, "1")).status).toBe(409);
  expect((await ask("PUT", `/uploads/${id}/${"é".repeat(200)}`, "1")).status).toBe(400);
  await ask("DELETE", `/uploads/${id}`);
});

test("no more comes than was announced, and what is taken back leaves nothing", async () => {
  const id = await begin("less.zarr", 1, 4);
  expect((await ask("PUT", `/uploads/${id}/a`, "12345")).status).toBe(413);
  expect((await ask("PUT", `/uploads/${id}/b`, "1")).status).toBe(413);
  expect((await ask("DELETE", `/uploads/${id}`)).status).toBe(204);
  expect(await hidden()).toEqual([]);
  expect((await ask("DELETE", `/uploads/${id}`)).status).toBe(404);
});

test.each([
  ["", 400],
  ["../up.zarr", 400],
  ["a/../../up.zarr", 400],
  ["/tmp/up.zarr", 400],
  [".hidden.zarr", 400],
  ["a\\b", 400],
  ["a\u0000b", 400],
  ["x".repeat(300), 400],
  ["taken.zarr", 409],
])("the name %j is refused", async (name, status) => {
  const answer = await ask("POST", `/uploads?name=${encodeURIComponent(name)}&files=1&bytes=1`);
  expect(answer.status).toBe(status);
  expect(await hidden()).toEqual([]);
});

test("no file and no folder comes to be beyond what was announced", async () => {
  const id = await begin("few.zarr", 2, 100);
  const put = async (path: string) => (await ask("PUT", `/uploads/${id}/${path}`, "1")).status;
  expect([await put("a/b"), await put("c")]).toEqual([204, 204]);
  for (let at = 0; at < 20; at += 1) expect(await put(`d${at}/e/f`)).toBe(413);
  // Longer than a name may be on disk: no folder is made on the way to it.
  expect(await put(`g/h/${"é".repeat(200)}`)).toBe(400);
  expect((await readdir(join(data, `.zarrcam-upload-${id}/data`))).sort()).toEqual(["a", "c"]);
  // What is there may come again.
  expect(await put("a/b")).toBe(204);
  await ask("DELETE", `/uploads/${id}`);
});

test("what others have announced is not promised twice", async () => {
  const { bavail, bsize } = await statfs(data);
  const most = Math.floor(0.6 * bavail * bsize);
  const id = await begin("first.zarr", 1, most);
  const second = await ask("POST", `/uploads?name=second.zarr&files=1&bytes=${most}`);
  expect(second.status).toBe(507);
  expect(second.text).toMatch(/stay free for recordings, and other uploads bring/);
  await ask("DELETE", `/uploads/${id}`);
});

test("what a crash left of a beginning is removed when it is a day old", async () => {
  const left = join(data, `.zarrcam-upload-${"0".repeat(32)}`);
  const mine = join(data, ".zarrcam-upload-notes");
  await mkdir(left);
  await mkdir(mine);
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  for (const folder of [left, mine]) await utimes(folder, yesterday, yesterday);
  const id = await begin("sweep.zarr", 1, 1);
  expect((await hidden()).sort()).toEqual([`.zarrcam-upload-${id}`, ".zarrcam-upload-notes"].sort());
  await ask("DELETE", `/uploads/${id}`);
  await rm(mine, { recursive: true });
});

test("a link among the folders leads nowhere", async () => {
  const id = await begin("out/up.zarr", 1, 1);
  await ask("PUT", `/uploads/${id}/a`, "1");
  expect((await ask("POST", `/uploads/${id}`)).status).toBe(403);
  expect(await readdir(folder)).not.toContain("up.zarr");
  await ask("DELETE", `/uploads/${id}`);
});

test("more than the disk has room for is refused before its first byte", async () => {
  const { status, text } = await ask("POST", `/uploads?name=big.zarr&files=1&bytes=${2 ** 49}`);
  expect(status).toBe(507);
  expect(text).toMatch(/has .* GB free, big\.zarr takes .* GB/);
});

test("a name that was taken meanwhile stays what it is", async () => {
  const id = await begin("race.zarr", 1, 1);
  await ask("PUT", `/uploads/${id}/a`, "1");
  await mkdir(join(data, "race.zarr"));
  await writeFile(join(data, "race.zarr/mine"), "mine");
  expect((await ask("POST", `/uploads/${id}`)).status).toBe(409);
  expect(await readdir(join(data, "race.zarr"))).toEqual(["mine"]);
  await ask("DELETE", `/uploads/${id}`);
});

test("foreign pages may not upload, but those that may control do, and their browsers are told so", async () => {
  const target = "/uploads?name=f.zarr&files=1&bytes=1";
  expect((await ask("POST", target, "", { Origin: "https://evil.example" })).status).toBe(403);
  expect((await ask("POST", target, "", { Origin: VIEWER })).status).toBe(403);
  expect((await ask("POST", target, "", { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
  expect((await ask("POST", target, "", { Host: "evil.example" })).status).toBe(403);
  const preflight = await ask("OPTIONS", "/uploads/x/y", "", { Origin: SITE });
  expect(preflight.headers["access-control-allow-methods"]).toContain("PUT");
  expect(await hidden()).toEqual([]);
  const { status, text } = await ask("POST", target, "", { Origin: SITE });
  expect(status).toBe(201);
  await ask("DELETE", `/uploads/${(JSON.parse(text) as { id: string }).id}`);
});

test("there are only so many at a time", async () => {
  const ids: string[] = [];
  for (let at = 0; at < 8; at += 1) ids.push(await begin(`many-${at}.zarr`, 1, 1));
  expect((await ask("POST", "/uploads?name=one-more.zarr&files=1&bytes=1")).status).toBe(503);
  for (const id of ids) await ask("DELETE", `/uploads/${id}`);
});

test("whatever is asked for, nothing comes to lie outside of the upload", async () => {
  const id = await begin("any.zarr", 1000, 1_000_000);
  const part = fc.oneof(
    fc.constantFrom("..", ".", "%2e%2e", "%2f", ".zarrcam", "run.json", "lock", "a", "%00", "é"),
    fc.webSegment(),
  );
  const before = async () => [await readdir(folder), (await readdir(data)).sort()];
  const known = await before();
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), fc.webQueryParameters(), async (parts, query) => {
      const { status } = await ask("PUT", `/uploads/${id}/${parts.join("/")}?${query}`, "x");
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 40 },
  );
  expect(await before()).toEqual(known);
  const { here } = JSON.parse((await ask("GET", `/uploads/${id}`)).text) as { here: { path: string }[] };
  expect(here.filter(({ path }) => /(^|\/)(\.\.|lock)(\/|$)/.test(path) && path.includes(".zarrcam"))).toEqual([]);
  await ask("DELETE", `/uploads/${id}`);
});
