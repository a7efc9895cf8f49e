import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { connect } from "@zarrcam/client";
import type { DatasetInfo, Recovery } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { cli, smallDocument, startCli, withFolder } from "./run-cli.ts";

const compressed = { identifier: { kind: "Storage", name: "ZarrV3Blosc1Lz4ByteShuffle" } };

/** A store whose writer was killed, and how many frames it had said were stored. */
async function killedRun(folder: string): Promise<number> {
  const path = join(folder, "config.json");
  await writeFile(path, JSON.stringify(smallDocument({ max_frame_count: 2 ** 53 }, compressed)));
  const run = startCli(["acquire", path, "--events"], folder);
  const stored = Number(await run.says(/"event":"stats".*?"stored":([1-9]\d)/));
  run.child.kill("SIGKILL");
  await run.finished;
  return stored;
}

test("what a kill leaves is made whole, once, with every frame that was stored", () =>
  withFolder(async (folder) => {
    const stored = await killedRun(folder);
    const info = async () => JSON.parse((await cli(["info", "out.zarr", "--json"], folder)).stdout) as DatasetInfo;
    expect((await info()).state).toBe("needs_recovery");
    expect((await cli(["info", "out.zarr"], folder)).stdout).toContain("zarrcam recover");

    const first = await cli(["recover", "out.zarr", "--json"], folder);
    expect(first.code).toBe(0);
    const recovery = JSON.parse(first.stdout) as Recovery;
    expect(recovery.was_needed).toBe(true);
    expect(recovery.frames_stored).toBeGreaterThanOrEqual(stored);
    const after = await info();
    expect(after).toMatchObject({ state: "closed", frames_stored: recovery.frames_stored });
    expect(after.shape[0]).toBeGreaterThanOrEqual(recovery.frames_stored);

    const second = await cli(["recover", "out.zarr"], folder);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing had to be done") as unknown });
  }));

test("a store that is being written is not recovered", () =>
  withFolder(async (folder) => {
    const path = join(folder, "config.json");
    await writeFile(path, JSON.stringify(smallDocument({ max_frame_count: 2 ** 53 }, compressed)));
    const run = startCli(["acquire", path, "--events"], folder);
    await run.says(/"event":"stats".*?"stored":[1-9]/);
    expect((JSON.parse((await cli(["info", "out.zarr", "--json"], folder)).stdout) as DatasetInfo).state).toBe("open");
    const { code, stderr } = await cli(["recover", "out.zarr"], folder);
    expect(code).toBe(1);
    expect(stderr).toContain("being written");
    run.child.kill("SIGINT");
    expect((await run.finished).code).toBe(0);
  }));

test("serve recovers what its folder holds, and tells whoever comes", () =>
  withFolder(async (folder) => {
    await killedRun(folder);
    const server = startCli(["serve", "--port", "0", "--data", folder]);
    const { host } = new URL(await server.says(/is ready: (http:\S+)/));
    await server.says(/out\.zarr was left open by a crash and has been recovered/);
    const remote = await connect(`ws://${host}/ws`);
    expect(remote.hello.log).toMatchObject([
      { level: "warning", message: expect.stringContaining("recovered") as unknown },
    ]);
    expect(await remote.listDatasets()).toMatchObject([{ name: "out.zarr", state: "closed" }]);
    await remote.close();
    server.child.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
  }));

test(
  "after kill -9 of a bridge that records, its successor on the port recovers the run, and a client finds it again",
  { timeout: 60_000 },
  () =>
    withFolder(async (folder) => {
      const first = startCli(["serve", "--port", "0", "--data", folder]);
      const { host, port } = new URL(await first.says(/is ready: (http:\S+)/));
      await using remote = await connect(`ws://${host}/ws`, { reconnect: true });
      await remote.setConfiguration(smallDocument({ max_frame_count: 2 ** 53 }, compressed) as never);
      await remote.start();
      for await (const { streams } of remote.events("stats")) if (streams[0]!.ledger.stored > 20) break;

      const messages: string[] = [];
      remote.onHello(({ log }) => messages.push(...log.map(({ message }) => message)));
      remote.on("log", ({ message }) => messages.push(message));
      first.child.kill("SIGKILL");
      await first.finished;
      const second = startCli(["serve", "--port", port, "--data", folder]);
      while (!messages.some((message) => message.includes("has been recovered"))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await remote.listDatasets()).toMatchObject([{ name: "out.zarr", state: "closed" }]);
      second.child.kill("SIGINT");
      expect((await second.finished).code).toBe(0);
    }),
);
