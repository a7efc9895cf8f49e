import { readdir, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { StateLock } from "../src/state-lock.ts";
import { withFolder } from "./run-cli.ts";

test("one bridge has a state folder; it is free again when that one ends, and the way out is told", () =>
  withFolder(async (folder) => {
    const lock = await StateLock.take(folder);
    await expect(StateLock.take(folder)).rejects.toThrow(
      `Another zarrcam (process ${process.pid}) that other computers reach keeps its devices, certificates and log in ${folder}. End it, or give this one a folder of its own: --state DIR.`,
    );
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await StateLock.take(folder)).release();
  }));

test.each([
  ["a process that is there no more", { pid: 2 ** 22 + 7, host: hostname() }, 0],
  ["another computer that has not been heard of for long", { pid: 1, host: "elsewhere" }, 60_000],
  ["half of it", null, 0],
])("what is left of %s is no lock", (_what, holder, agoMs) =>
  withFolder(async (folder) => {
    const path = join(folder, "bridge.lock");
    await writeFile(path, holder === null ? "{" : JSON.stringify(holder));
    const then = new Date(Date.now() - agoMs);
    await utimes(path, then, then);
    await (await StateLock.take(folder)).release();
  }),
);

test("another computer that has just been heard of has it", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "bridge.lock"), JSON.stringify({ pid: 7, host: "elsewhere" }));
    await expect(StateLock.take(folder)).rejects.toThrow("process 7 on elsewhere");
  }));
