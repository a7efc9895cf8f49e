import { spawn } from "node:child_process";
import { cp, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { connect } from "@zarrcam/client";
import { describe, expect, test } from "vitest";

import { smallDocument } from "../../client/test/small-document.ts";
import { type Finished, startCli, withFolder } from "./run-cli.ts";

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const TSX = import.meta.resolve("tsx");
/** A store of ours. */
const STORE = fileURLToPath(
  new URL("../../../native/storage/tests/fixtures/format-2/raw-v3-sharded/case.zarr", import.meta.url),
);

function run(command: string, args: string[], cwd: string): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

// What it records, `e2e/readers/test_tutorial.py` reads.
test("the tutorial runs from its source too; a store that is there stays, and it says so", () =>
  withFolder(async (folder) => {
    await cp(STORE, join(folder, "out.zarr"), { recursive: true });
    const { mtimeMs } = await stat(join(folder, "out.zarr/zarr.json"));
    const refused = await run(process.execPath, ["--import", TSX, example("chunked.ts")], folder);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/out\.zarr.*\n.*--overwrite/);
    expect((await stat(join(folder, "out.zarr/zarr.json"))).mtimeMs).toBe(mtimeMs);
  }));

describe("the Python client", () => {
  const python = process.env.ZARRCAM_PYTHON;

  test.skipIf(!python)(
    "lists devices, records 30 frames and shows the ledger",
    () =>
      withFolder(async (folder) => {
        const server = startCli(["serve", "--port", "0", "--data", folder]);
        const url = new URL(await server.says(/is ready: (http:\S+)/));
        const { code, stdout, stderr } = await run(python ?? "", [example("client.py"), `ws://${url.host}/ws`], folder);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toContain("Camera: simulated: radial sin\n");
        expect(stdout).toMatch(/picture of frame \d+: 32 x 24, 3072 pixels in the histogram/);
        const [, ledger = ""] = /^ledger: (.*)$/m.exec(stdout) ?? [];
        expect(JSON.parse(ledger)).toMatchObject({ captured: 30, stored: 30, dropped: 0, in_flight: 0 });
        expect(await readFile(join(folder, "client_example.zarr/zarr.json"), "utf8")).toContain("ome");
        server.child.kill("SIGINT");
        expect((await server.finished).code).toBe(0);
      }),
    60_000,
  );

  test.skipIf(!python)(
    "takes every frame of the next recording, byte for byte what is stored beside it",
    () =>
      withFolder(async (folder) => {
        const server = startCli(["serve", "--port", "0", "--data", folder]);
        const url = new URL(await server.says(/is ready: (http:\S+)/));
        const frames = spawn(python ?? "", [example("frames.py"), "frames.bin", url.origin], { cwd: folder });
        let said = "";
        frames.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
        const finished = new Promise((resolve) => frames.once("close", resolve));
        while (!said.includes("waiting")) await new Promise((resolve) => frames.stdout.once("data", resolve));
        const runtime = await connect(`ws://${url.host}/ws`);
        await runtime.setConfiguration(smallDocument({ storage: "raw", uri: "out.raw", frames: 40 }));
        await runtime.start();
        expect(await runtime.stop()).toMatchObject({ complete: true });
        expect(await finished).toBe(0);
        // On a busy machine a reader loses frames before the disk does, and is told which.
        const lost = [...said.matchAll(/^(\d+) frames from (\d+) .* are lost/gm)].flatMap(([, count, from]) =>
          Array.from({ length: Number(count) }, (_, at) => Number(from) + at),
        );
        expect(said).toContain(`complete: ${40 - lost.length} frames received, ${lost.length} lost\n`);
        expect(lost.length).toBeLessThan(40);
        const [taken, stored] = await Promise.all(
          ["frames.bin", "out.raw"].map((name) => readFile(join(folder, name))),
        );
        const frameBytes = stored!.length / 40;
        const planes = Array.from({ length: 40 }, (_, at) => stored!.subarray(at * frameBytes, (at + 1) * frameBytes));
        expect(taken!.equals(Buffer.concat(planes.filter((_, at) => !lost.includes(at))))).toBe(true);
        await runtime.close();
        server.child.kill("SIGINT");
        expect((await server.finished).code).toBe(0);
      }),
    60_000,
  );
});
