// What the command line says: each thing once, with its fix.
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RunSummary } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { cli, smallDocument, startCli, withFolder } from "./run-cli.ts";

const fixtures = new URL("../../../native/config/tests/fixtures/saved-by-acquire-0.3.0/", import.meta.url);

async function documentIn(folder: string, document: unknown = smallDocument()): Promise<string> {
  const path = join(folder, "config.json");
  await writeFile(path, JSON.stringify(document));
  return path;
}
const times = (text: string, part: string) => text.split(part).length - 1;

/** 64 x 48 px in chunks of 4 x 4, two axes of time, and a unit that readers do not know. */
function odd() {
  const document = smallDocument({ max_frame_count: 4 });
  document.video[0]!.storage.settings.acquisition_dimensions = [
    { name: "x", kind: "Space", array_size_px: 64, chunk_size_px: 4, unit: "um" },
    { name: "y", kind: "Space", array_size_px: 48, chunk_size_px: 4 },
    { name: "a", kind: "Time", array_size_px: 2, chunk_size_px: 1 },
    { name: "t", kind: "Time", array_size_px: 0, chunk_size_px: 1 },
  ] as never;
  return document;
}

test("validate and acquire warn alike, each warning once and with its fix", () =>
  withFolder(async (folder) => {
    const path = await documentIn(folder, odd());
    const validated = await cli(["validate", path], folder);
    const acquired = await cli(["acquire", path], folder);
    expect([validated.code, acquired.code]).toEqual([0, 0]);
    for (const said of [validated.stdout, acquired.stderr]) {
      expect(times(said, "warning: ")).toBe(3);
      expect(said).toContain('Readers do not know "um" as a unit of space.');
      expect(said).toContain(
        'fix: Use micrometer (video[0].storage.settings.acquisition_dimensions[0].unit: "micrometer")',
      );
      expect(said).toContain("Chunks of 4 x 4 px hold 16 bytes: every frame is cut into 192 files");
      expect(said).toContain("fix: Use chunks of 64 x 48 px");
      expect(said).toContain("plain Zarr array, which viewers of OME-Zarr do not open");
    }
    // Of a dataset that is there already, the same.
    const { code, stdout } = await cli(["info", "out.zarr"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("It is no OME-Zarr: OME-NGFF allows one axis of time, and there are 2.");
    expect(stdout).toContain("A plane is 192 files of 16 B each");
  }));

test("what exists is said once, with both remedies", () =>
  withFolder(async (folder) => {
    const path = await documentIn(folder);
    await mkdir(join(folder, "out.zarr"));
    const { code, stdout, stderr } = await cli(["acquire", path], folder);
    expect([code, stdout]).toEqual([1, ""]);
    expect(times(stderr, "exists already")).toBe(1);
    expect(stderr).toContain('fix: Use out_002.zarr (video[0].storage.settings.uri: "out_002.zarr")');
    expect(stderr).toContain("--overwrite replaces it.");
  }));

test("all errors come at once, before anything is set", () =>
  withFolder(async (folder) => {
    const document = smallDocument({ max_frame_count: 3 });
    const [stream] = document.video;
    stream!.camera.settings.exposure_time_us = 2e6;
    await mkdir(join(folder, "out.zarr"));
    const { code, stderr } = await cli(["acquire", await documentIn(folder, document)], folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Exposure must be 0 .*s to 1,000 ms[^]*exists already/);
    expect(times(stderr, "error: ")).toBe(2);
  }));

test("a stream that fails says so once", () =>
  withFolder(async (folder) => {
    // The folder goes while it is written.
    const document = smallDocument({ max_frame_count: 2 ** 53 });
    document.video[0]!.storage.settings.acquisition_dimensions[2]!.chunk_size_px = 1;
    const run = startCli(["acquire", await documentIn(folder, document), "--uri", "gone/out.zarr"], folder);
    while (!existsSync(join(folder, "gone/out.zarr/0/c/1"))) await new Promise((resolve) => setTimeout(resolve, 20));
    const { rm } = await import("node:fs/promises");
    await rm(join(folder, "gone"), { recursive: true, maxRetries: 20 });
    await writeFile(join(folder, "gone"), "a file");
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(1);
    expect(times(stdout + stderr, "Camera 1: ")).toBe(1);
    expect(stderr).toMatch(/^error: Camera 1: /m);
    expect(stdout).toMatch(/^Camera 1 .*\d/m);
  }));

test("~/ is the home folder; what only a shell would replace is refused, and no folder of that name is made", () =>
  withFolder(async (folder) => {
    const home = join(folder, "home");
    await mkdir(home);
    const env = { ...process.env, HOME: home };
    const path = await documentIn(folder, smallDocument({ max_frame_count: 2 }));
    const there = await cli(["acquire", path, "--json", "--uri", "~/data/out.zarr"], folder, env);
    expect(there.code).toBe(0);
    const [stream] = (JSON.parse(there.stdout) as RunSummary).streams;
    expect(stream!.path).toBe(join(home, "data/out.zarr"));
    expect((await cli(["info", "~/data/out.zarr"], folder, env)).stdout).toContain("2 x 48 x 64");
    for (const uri of ["~anna/out.zarr", "$HOME/out.zarr", "a/~/out.zarr", "out.zarr ", "file:///tmp/a%2f..%2f%00"]) {
      const { code, stderr } = await cli(["acquire", path, "--uri", uri], folder, env);
      expect(code, uri).toBe(1);
      expect(times(stderr, "error: "), stderr).toBe(1);
    }
    const escaped = await cli(["acquire", path, "--uri", `file://${folder}/my%20data.zarr`], folder, env);
    expect(escaped.code).toBe(0);
    for (const data of ["~anna/x", "$HOME/x", "x "]) {
      const { code, stderr } = await cli(["serve", "--port", "0", "--data", data], folder, env);
      expect(code, data).toBe(2);
      expect(stderr).toContain(JSON.stringify(data));
    }
    expect((await readdir(folder)).sort()).toEqual(["config.json", "home", "my data.zarr"]);
  }));

test("a file that is no configuration is named with what is wrong in it, and where", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "store.zarr"));
    await writeFile(join(folder, "comma.json"), '{\n "video": [\n  {},\n ]\n}');
    await writeFile(join(folder, "picture.json"), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]));
    await writeFile(join(folder, "marked.json"), `\ufeff${JSON.stringify(smallDocument())}`);
    await writeFile(join(folder, "wide.json"), Buffer.from(`\ufeff${JSON.stringify(smallDocument())}`, "utf16le"));
    const said = async (name: string) => {
      const results = await Promise.all(["validate", "acquire"].map((command) => cli([command, name], folder)));
      expect(results.map(({ code, stdout }) => [code, stdout])).toEqual([
        [1, ""],
        [1, ""],
      ]);
      expect(results[0]!.stderr).toBe(results[1]!.stderr);
      return results[0]!.stderr;
    };
    expect(await said("comma.json")).toBe(
      "error: comma.json is not JSON: line 3, column 5: There is a comma too many before ].\n",
    );
    expect(await said("store.zarr")).toMatch(/^error: store\.zarr: it is a folder, .*`zarrcam info`/);
    expect(await said("none.json")).toBe("error: none.json: there is no such file.\n");
    expect(await said("picture.json")).toBe("error: picture.json is no text: a configuration is a JSON file.\n");
    for (const name of ["marked.json", "wide.json"]) expect((await cli(["validate", name], folder)).code).toBe(0);
    const machine = await cli(["validate", "comma.json", "--json"], folder);
    expect(JSON.parse(machine.stdout)).toMatchObject({ error: { code: "invalid_configuration" } });
  }));

test("a camera that waits for a trigger says so once; Enter fires it, Ctrl-C ends it", () =>
  withFolder(async (folder) => {
    const document = smallDocument({ max_frame_count: 3 });
    Object.assign(document.video[0]!.camera.settings, { input_triggers: { frame_start: { enable: true } } });
    const path = await documentIn(folder, document);
    const run = startCli(["acquire", path], folder, process.env, "pipe");
    await run.says(/Camera 1 waits for a trigger for each frame .*Enter fires it, Ctrl-C ends the run\./);
    for (let line = 0; line < 3; line++) run.child.stdin!.write("\n");
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Camera 1 +3 +3 +0/);
    expect(times(stderr, "waits for a trigger")).toBe(1);

    const endless = startCli(["acquire", path, "--uri", "second.zarr", "--json"], folder);
    await endless.says(/waits for a trigger/);
    endless.child.kill("SIGINT");
    const ended = await endless.finished;
    expect((JSON.parse(ended.stdout) as RunSummary).streams[0]!.ledger).toMatchObject({ captured: 0, stored: 0 });
  }));

test("a run that begins by a trigger says that", () =>
  withFolder(async (folder) => {
    const document = smallDocument({ max_frame_count: 3 });
    Object.assign(document.video[0]!.camera.settings, { input_triggers: { acquisition_start: { enable: true } } });
    const run = startCli(["acquire", await documentIn(folder, document)], folder, process.env, "pipe");
    await run.says(/Camera 1 waits for a trigger to begin/);
    run.child.stdin!.write("\n");
    expect((await run.finished).code).toBe(0);
  }));

test("documents that Acquire 0.3.0 saved with shards for Zarr V2 run, and say that those are not used", () =>
  withFolder(async (folder) => {
    for (const [index, name] of ["Zarr_2_False_True.json", "ZarrBlosc1ZstdByteShuffle_1_False_True.json"].entries()) {
      const path = join(folder, name);
      await writeFile(path, await readFile(new URL(name, fixtures)));
      const { code, stderr } = await cli(["acquire", path, "--uri", `out${index}.zarr`], folder);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^warning: .*writes no shards/);
      const info = await cli(["info", `out${index}.zarr`, "--json"], folder);
      expect(JSON.parse(info.stdout)).toMatchObject({ kind: "zarr2", shards: null, shape: [5, 2, 48, 64] });
    }
  }));
