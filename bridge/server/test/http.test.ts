// What lies in the data folder, as files and as a running recording gives it.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { ListedFile } from "@zarrcam/protocol";

import { chunk, servedFolder } from "./served-folder.ts";

const scene = servedFolder();

describe("files of the data folder", () => {
  test("are given byte for byte", async () => {
    const { status, headers, body } = await scene.ask("/data/a.zarr/0/c/0/0");
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
    const { status, headers, body } = await scene.ask("/data/a.zarr/0/c/0/0", {}, "HEAD");
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
    const { status, headers, body } = await scene.ask("/data/a.zarr/0/c/0/0", { Range: range });
    expect(status).toBe(206);
    expect(headers["content-range"]).toBe(contentRange);
    expect(headers["content-length"]).toBe(String(expected.length));
    expect(body.equals(expected)).toBe(true);
  });

  test("a range beyond the end gives 416 with the length", async () => {
    const { status, headers } = await scene.ask("/data/a.zarr/0/c/0/0", { Range: "bytes=1000-" });
    expect({ status, range: headers["content-range"] }).toEqual({ status: 416, range: "bytes */1000" });
  });

  test("HEAD with a range says what GET would", async () => {
    const { status, headers, body } = await scene.ask("/data/a.zarr/0/c/0/0", { Range: "bytes=-8" }, "HEAD");
    expect({ status, length: headers["content-length"], body: body.length }).toEqual({
      status: 206,
      length: "8",
      body: 0,
    });
  });

  test("an empty file is empty", async () => {
    expect(await scene.ask("/data/a.zarr/empty")).toMatchObject({ status: 200, headers: { "content-length": "0" } });
  });

  test("an ETag answers 304 while nothing changed", async () => {
    const path = "/data/a.zarr/zarr.json";
    const { etag = "" } = (await scene.ask(path)).headers;
    expect(await scene.ask(path, { "If-None-Match": etag })).toMatchObject({ status: 304 });
    await writeFile(join(scene.folder, "data/a.zarr/zarr.json"), '{"a": 1}');
    expect(await scene.ask(path, { "If-None-Match": etag })).toMatchObject({ status: 200 });
    // Weak, so never good for a range of what may have changed.
    const { etag: now = "" } = (await scene.ask(path)).headers;
    expect(await scene.ask(path, { "If-Range": now, Range: "bytes=0-0" })).toMatchObject({ status: 200 });
    expect(await scene.ask(path, { "If-Match": now })).toMatchObject({ status: 412 });
  });

  test.each([
    ["/data/a.zarr/.zgroup", "application/json"],
    ["/data/a.zarr/zarr.json", "application/json"],
    // Never a page of ours.
    ["/data/evil.html", "application/octet-stream"],
  ])("%s is %s, and may run nothing", async (target, type) => {
    const { headers } = await scene.ask(target);
    expect(headers["content-type"]).toBe(type);
    expect(headers["content-security-policy"]).toContain("sandbox");
  });

  test("percent signs are decoded once", async () => {
    expect((await scene.ask("/data/with%20space/%252e%252e")).body.toString()).toBe("percent");
  });
  test("a symbolic link inside the folder is followed", async () => {
    expect(await scene.ask("/data/link-in/c/0/0")).toMatchObject({ status: 200 });
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
    expect(await scene.ask(target)).toMatchObject({ status: 404 });
  });

  test("what a run tells of itself is there", async () => {
    expect((await scene.ask("/data/a.zarr/0/.zarrcam/frames.log")).body.toString()).toBe("log");
  });

  describe("@files", () => {
    const listed = async (target: string) => {
      const { status, headers, body } = await scene.ask(target);
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
        const { headers } = await scene.ask(`/data/a.zarr/${path}`, {}, "HEAD");
        expect({ path, bytes: String(bytes), etag }).toEqual({
          path,
          bytes: headers["content-length"],
          etag: headers["etag"],
        });
      }
    });
    test("says what it cannot list, and ends there", async () => {
      await mkdir(join(scene.folder, "data/linked.zarr"));
      await symlink(join(scene.folder, "data/a.zarr/0"), join(scene.folder, "data/linked.zarr/0"));
      expect((await listed("/data/linked.zarr/@files")).lines).toEqual([
        { error: "0 is a link to a folder, which is not listed." },
      ]);
      await mkdir(join(scene.folder, "data/out.zarr"));
      await symlink(join(scene.folder, "secret"), join(scene.folder, "data/out.zarr/zarr.json"));
      expect((await listed("/data/out.zarr/@files")).lines).toEqual([
        { error: "zarr.json is a link that leads out of the data folder, which is not listed." },
      ]);
    });
    test("more files than are looked at in one turn", async () => {
      await mkdir(join(scene.folder, "data/many.zarr/c"), { recursive: true });
      const names = Array.from({ length: 700 }, (_, at) => `c/${at}`);
      await Promise.all(names.map((name) => writeFile(join(scene.folder, "data/many.zarr", name), name)));
      const { lines } = await listed("/data/many.zarr/@files");
      expect(lines.map(({ path }) => path).sort()).toEqual(names.sort());
    });
    test("HEAD has no list, and what is no folder has none", async () => {
      expect((await scene.ask("/data/a.zarr/@files", {}, "HEAD")).body.length).toBe(0);
      for (const target of [
        "/data/@files",
        "/data/a.zarr/zarr.json/@files",
        "/data/none/@files",
        "/data/a.zarr/0/.zarrcam/@files",
      ])
        expect(await scene.ask(target)).toMatchObject({ status: 404 });
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
    const { status, body } = await scene.ask(target);
    expect(status).toBe(400);
    expect(body.toString()).not.toContain("secret");
  });

  const odd = ["a:b", "C:", "a\\b", "what? #1 100%", "new\nline", "\u007f\u0001", "%2e%2e", "&<>'\""];
  test.runIf(process.platform !== "win32").each(odd)("the folder %j gives its files", async (name) => {
    await mkdir(join(scene.folder, "data", name));
    await writeFile(join(scene.folder, "data", name, name), name);
    const part = encodeURIComponent(name);
    const { status, body } = await scene.ask(`/data/${part}/${part}`);
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: name });
    expect(await scene.ask(`/data/${part}/none`)).toMatchObject({ status: 404 });
  });

  test("a folder that is called as what is read live gives its files", async () => {
    await mkdir(join(scene.folder, "data/day/@live/a.zarr"), { recursive: true });
    await writeFile(join(scene.folder, "data/day/@live/a.zarr/zarr.json"), "{}");
    expect(await scene.ask("/data/day/@live/a.zarr/zarr.json")).toMatchObject({ status: 200 });
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])("%s: 405", async (method) => {
    expect(await scene.ask("/data/a.zarr/zarr.json", {}, method)).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  });
});

describe("@live", () => {
  const frame = "/data/live.zarr/@live/0/c/0/0/0";
  const ofRun = "/data/live.zarr/@live/run1/0/c/0/0/0";

  test("a frame is given, and kept by nobody unless its run is named", async () => {
    const answer = await scene.ask(frame);
    expect(answer).toMatchObject({
      status: 200,
      headers: { "content-length": "300", "cache-control": "no-store", etag: '"run1-0/c/0/0/0-300"' },
    });
    expect(answer.body.equals(scene.runtime.liveFrame)).toBe(true);
    expect((await scene.ask(ofRun)).headers["cache-control"]).toContain("immutable");
    expect((await scene.ask("/data/live.zarr/%40live/0/c/0/0/0")).status).toBe(200);
  });

  test.each([
    ["bytes=0-9", "bytes 0-9/300", 0, 10],
    ["bytes=-16", "bytes 284-299/300", 284, 300],
    ["bytes=-900", "bytes 0-299/300", 0, 300],
    ["bytes=290-", "bytes 290-299/300", 290, 300],
    ["bytes=290-9999", "bytes 290-299/300", 290, 300],
    ["bytes=0-299", "bytes 0-299/300", 0, 300],
  ])("%s is always 206", async (range, contentRange, start, end) => {
    const { status, headers, body } = await scene.ask(frame, { Range: range });
    expect({ status, range: headers["content-range"] }).toEqual({ status: 206, range: contentRange });
    expect(body.equals(scene.runtime.liveFrame.subarray(start, end))).toBe(true);
  });

  test("HEAD gives the exact length, whole or of a range", async () => {
    expect(await scene.ask(frame, {}, "HEAD")).toMatchObject({ status: 200, headers: { "content-length": "300" } });
    const ranged = await scene.ask(frame, { Range: "bytes=-7" }, "HEAD");
    expect(ranged).toMatchObject({
      status: 206,
      headers: { "content-length": "7", "content-range": "bytes 293-299/300" },
    });
    expect(ranged.body.length).toBe(0);
  });

  test.each(["bytes=300-", "bytes=-0"])("%s is 416", async (range) => {
    expect(await scene.ask(frame, { Range: range })).toMatchObject({
      status: 416,
      headers: { "content-range": "bytes */300" },
    });
  });

  test("conditions are by a strong ETag", async () => {
    const { etag = "" } = (await scene.ask(frame)).headers;
    expect(await scene.ask(frame, { "If-None-Match": etag })).toMatchObject({ status: 304 });
    expect(await scene.ask(frame, { "If-Match": etag, Range: "bytes=0-0" })).toMatchObject({ status: 206 });
    expect(await scene.ask(frame, { "If-Match": '"another"' })).toMatchObject({ status: 412 });
    expect(await scene.ask(frame, { "If-Range": etag, Range: "bytes=0-0" })).toMatchObject({ status: 206 });
    expect((await scene.ask(frame, { "If-Range": '"another"', Range: "bytes=0-0" })).body.length).toBe(300);
  });

  test("a document is asked for again, and comes whole when it has grown", async () => {
    const path = "/data/live.zarr/@live/zarr.json";
    const { headers, body } = await scene.ask(path);
    expect(headers).toMatchObject({ "cache-control": "no-cache", "content-type": "application/json" });
    expect(JSON.parse(body.toString())).toEqual({ shape: [1] });
    scene.runtime.liveDocument = '{"shape": [10000]}';
    const grown = await scene.ask(path, { "If-None-Match": headers.etag! });
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
    expect(await scene.ask(target)).toMatchObject({ status: 404 });
  });
});
