import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { DatasetInfo, DeviceInfo, RunSummary, Validation } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { cli, smallDocument, startCli, withFolder } from "./run-cli.ts";

async function documentIn(folder: string, document: unknown = smallDocument()): Promise<string> {
  const path = join(folder, "config.json");
  await writeFile(path, JSON.stringify(document));
  return path;
}
const json = <T>(text: string) => JSON.parse(text) as T;

test("devices: the cameras and all ten storage devices", async () => {
  const { code, stdout } = await cli(["devices", "--json"]);
  expect(code).toBe(0);
  const found = json<DeviceInfo[]>(stdout);
  const names = (kind: string) =>
    found.filter(({ identifier }) => identifier.kind === kind).map(({ identifier }) => identifier.name);
  expect(names("Camera")).toEqual(
    expect.arrayContaining(["simulated: uniform random", "simulated: radial sin", "simulated: empty", "replay"]),
  );
  expect(names("Storage").sort()).toEqual([
    "Zarr",
    "ZarrBlosc1Lz4ByteShuffle",
    "ZarrBlosc1ZstdByteShuffle",
    "ZarrV3",
    "ZarrV3Blosc1Lz4ByteShuffle",
    "ZarrV3Blosc1ZstdByteShuffle",
    "raw",
    "tiff",
    "tiff-json",
    "trash",
  ]);
  expect((await cli(["devices"])).stdout).toContain("simulated: radial sin");
});

test("validate: the plan of what is right", () =>
  withFolder(async (folder) => {
    const { code, stdout } = await cli(["validate", await documentIn(folder), "--json"], folder);
    expect(code).toBe(0);
    const { problems, plans } = json<Validation>(stdout);
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(plans).toMatchObject([{ shape: [30, 48, 64] }]);
    const text = await cli(["validate", join(folder, "config.json")], folder);
    expect(text.stdout).toContain("30 x 48 x 64");
  }));

test("validate: every problem at once, with its path; a misspelt device proposes the nearest", () =>
  withFolder(async (folder) => {
    const document = smallDocument();
    const [stream] = document.video;
    stream!.camera.identifier.name = "simulated: radial sine";
    stream!.storage.settings.acquisition_dimensions[0]!.chunk_size_px = 0;
    const path = await documentIn(folder, document);
    const { code, stdout } = await cli(["validate", path, "--json"], folder);
    expect(code).toBe(1);
    const { problems } = json<Validation>(stdout);
    const messageAt = (field: string) => problems.find((problem) => problem.path === field)?.message;
    expect(messageAt("video[0].camera.identifier.name")).toContain("simulated: radial sin");
    expect(messageAt("video[0].storage.settings.acquisition_dimensions[0].chunk_size_px")).toBeTruthy();
  }));

test.each([
  ["no file", null, /there is no such file/],
  ["no JSON", "{", /is not JSON/],
  ["a field twice", '{"video": [{"name": "a", "name": "b"}]}', /"video\[0\]\.name" is given twice/],
  ["no document", "[1]", /./],
])("validate: %s is exit 1 and said on standard error or as a problem", async (_what, text, message) => {
  await withFolder(async (folder) => {
    const path = join(folder, "config.json");
    if (text !== null) await writeFile(path, text);
    const { code, stdout, stderr } = await cli(["validate", path], folder);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(message);
  });
});

test("a configuration is read from a plain file only: nobody waits for a pipe", () =>
  withFolder(async (folder) => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const [path, what] of [
      [pipe, "it is a pipe, no file"],
      [folder, "it is a folder, no file"],
      ["/dev/zero", "it is a device, no file"],
    ] as const) {
      for (const command of ["validate", "acquire"]) {
        const { code, stderr } = await cli([command, path], folder);
        expect(code).toBe(1);
        expect(stderr).toContain(what);
      }
    }
  }));

test("a configuration is read from standard input where its name is -", () =>
  withFolder(async (folder) => {
    const given = (args: string[], text: string) => {
      const run = startCli(args, folder, process.env, "pipe");
      run.child.stdin!.end(text);
      return run.finished;
    };
    const text = JSON.stringify(smallDocument({ max_frame_count: 3 }));
    expect(await given(["validate", "-"], text)).toMatchObject({ code: 0, stderr: "" });
    const { code, stdout } = await given(["acquire", "-", "--json"], text);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, streams: [{ ledger: { stored: 3 } }] });
    expect(await given(["acquire", "-"], "{")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: standard input is not JSON: line 1, column \d/) as string,
    });
  }));

test("a pipe as the file to be played is refused, and the process ends", () =>
  withFolder(async (folder) => {
    const pipe = join(folder, "pipe.tif");
    execFileSync("mkfifo", [pipe]);
    const document = smallDocument();
    const { camera } = document.video[0]!;
    camera.identifier.name = "replay";
    Object.assign(camera.settings, { replay: { path: pipe } });
    const path = await documentIn(folder, document);
    for (const command of ["validate", "acquire"]) {
      const { code, stdout, stderr } = await cli([command, path], folder);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(`${pipe} cannot be played: it is a pipe, no file`);
    }
  }));

test(
  "acquire: the ledger is exact; what exists is kept unless asked; info says what is there",
  () =>
    withFolder(async (folder) => {
      const path = await documentIn(folder);
      const first = await cli(["acquire", path, "--json"], folder);
      expect(first.code).toBe(0);
      const summary = json<RunSummary>(first.stdout);
      expect(summary.complete).toBe(true);
      const { captured, stored, dropped, in_flight } = summary.streams[0]!.ledger;
      expect({ captured, stored, dropped, in_flight }).toEqual({ captured: 30, stored: 30, dropped: 0, in_flight: 0 });

      const before = await readFile(join(folder, "out.zarr/zarr.json"));
      const second = await cli(["acquire", path, "--json"], folder);
      expect(second.code).toBe(1);
      expect(second.stderr).toContain("--overwrite");
      expect(json<{ error: { code: string } }>(second.stdout).error.code).toMatch(/exists|invalid_configuration/);
      expect(await readFile(join(folder, "out.zarr/zarr.json"))).toEqual(before);

      const third = await cli(["acquire", path, "--json", "--overwrite", "--frames", "12"], folder);
      expect(third.code).toBe(0);
      expect(json<RunSummary>(third.stdout).streams[0]!.ledger.stored).toBe(12);

      const info = await cli(["info", "out.zarr", "--json"], folder);
      expect(info.code).toBe(0);
      expect(json<DatasetInfo>(info.stdout)).toMatchObject({
        kind: "zarr3",
        state: "closed",
        shape: [12, 48, 64],
        frames_stored: 12,
        losses: { stored: 12, dropped: 0 },
      });
      expect((await cli(["info", "out.zarr"], folder)).stdout).toContain("12 x 48 x 64");
    }),
  60_000,
);

test.each(["acquire-0.3-tutorial-as-saved", "acquire-0.3-tutorial-as-applied"])(
  "acquire: %s runs as Acquire wrote it",
  (name) =>
    withFolder(async (folder) => {
      const path = fileURLToPath(new URL(`../../../native/config/tests/fixtures/${name}.json`, import.meta.url));
      const { code, stdout } = await cli(["acquire", path, "--frames", "12", "--json"], folder);
      expect(code).toBe(0);
      expect(json<RunSummary>(stdout).streams).toMatchObject([
        { path: join(folder, "out.zarr"), ledger: { captured: 12, stored: 12, dropped: 0, in_flight: 0 } },
      ]);
      const info = await cli(["info", "out.zarr", "--json"], folder);
      expect(json<DatasetInfo>(info.stdout)).toMatchObject({
        kind: "zarr2",
        shape: [1, 3, 10, 1080, 1920],
        frames_stored: 12,
      });
      // The same with the new name of the field.
      const renamed = (await readFile(path, "utf8")).replaceAll('"filename"', '"uri"');
      await writeFile(join(folder, "uri.json"), renamed);
      const again = await cli(["acquire", "uri.json", "--frames", "3", "--json", "--overwrite"], folder);
      expect(json<RunSummary>(again.stdout).streams[0]!.ledger).toMatchObject({ captured: 3, stored: 3 });
    }),
);

test("acquire: --uri names another dataset, for one stream", () =>
  withFolder(async (folder) => {
    const path = await documentIn(folder);
    expect((await cli(["acquire", path, "--uri", "there/b.zarr"], folder)).code).toBe(0);
    expect(await readFile(join(folder, "there/b.zarr/zarr.json"), "utf8")).toContain("zarr_format");
    const [stream] = smallDocument().video;
    const two = await documentIn(folder, { video: [stream, stream] });
    expect((await cli(["acquire", two, "--uri", "c.zarr"], folder)).code).toBe(2);
  }));

test("acquire: --events is one JSON document a line, the stats among them", () =>
  withFolder(async (folder) => {
    const path = await documentIn(folder, smallDocument({ max_frame_count: 100 }));
    const { code, stdout } = await cli(["acquire", path, "--events", "--frames", "400"], folder);
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => json<{ event: string }>(line));
    const names = events.map(({ event }) => event);
    expect(names.filter((name) => name === "stats").length).toBeGreaterThanOrEqual(2);
    expect(names).toEqual(expect.arrayContaining(["configuration", "state", "published", "run_ended"]));
    expect(events.find(({ event }) => event === "run_ended")).toMatchObject({ complete: true });
  }));

test("acquire: a misspelt device is refused, and nothing is written", () =>
  withFolder(async (folder) => {
    const document = smallDocument({}, { identifier: { kind: "Storage", name: "Zar" } });
    const { code, stderr } = await cli(["acquire", await documentIn(folder, document)], folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/video\[0\]\.storage\.identifier\.name: .*Zarr/);
  }));

test("the first Ctrl-C stores what was captured and exits 0", () =>
  withFolder(async (folder) => {
    const path = await documentIn(folder, smallDocument({ max_frame_count: 2 ** 53 }));
    const run = startCli(["acquire", path, "--events"], folder);
    await run.says(/"event":"stats".*"stored":[1-9]/);
    run.child.kill("SIGINT");
    const { code, stdout } = await run.finished;
    expect(code).toBe(0);
    const ended = stdout
      .trim()
      .split("\n")
      .map((line) => json<{ event: string } & RunSummary>(line))
      .find(({ event }) => event === "run_ended");
    const { captured, stored, dropped } = ended!.streams[0]!.ledger;
    expect({ stored, dropped }).toEqual({ stored: captured, dropped: 0 });
    expect(stored).toBeGreaterThan(0);
  }));

test("the second Ctrl-C gives up what is not stored, counts it, and exits 1", () =>
  withFolder(async (folder) => {
    const slow = smallDocument({ max_frame_count: 2 ** 53 }, { write_delay_ms: 300 });
    const run = startCli(["acquire", await documentIn(folder, slow), "--events"], folder);
    await run.says(/"event":"stats".*"captured":\d\d/);
    run.child.kill("SIGINT");
    await run.says(/Ctrl-C again/);
    await new Promise((resolve) => setTimeout(resolve, 400));
    run.child.kill("SIGINT");
    const { code, stdout } = await run.finished;
    expect(code).toBe(1);
    const ended = stdout
      .trim()
      .split("\n")
      .map((line) => json<{ event: string } & RunSummary>(line))
      .find(({ event }) => event === "run_ended");
    const { captured, stored, dropped, in_flight } = ended!.streams[0]!.ledger;
    expect(in_flight).toBe(0);
    expect(captured).toBe(stored + dropped);
    expect(dropped).toBeGreaterThan(0);
  }));

test("info and recover: what is not there is exit 1", () =>
  withFolder(async (folder) => {
    for (const command of ["info", "recover"]) {
      const { code, stdout, stderr } = await cli([command, "none.zarr"], folder);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain("none.zarr");
    }
  }));

test("serve: page and data behind the link; a second one on the port says so; Ctrl-C ends it with 0", () =>
  withFolder(async (folder) => {
    const server = startCli(["serve", "--port", "0", "--data", join(folder, "new/data")]);
    const url = await server.says(/is ready: (http:\/\/127\.0\.0\.1:\d+\/)/);
    await writeFile(join(folder, "new/data/a.json"), "{}");
    expect(await (await fetch(`${url}data/a.json`)).text()).toBe("{}");
    const again = await cli(["serve", "--port", new URL(url).port, "--data", folder]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("in use");
    server.child.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
  }));
