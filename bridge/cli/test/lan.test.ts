// What `serve --lan` and `access reset` do on the command line, where no network has anything to do with it: on an interface that is not there.
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { defaultStateDir } from "../src/state-folder.ts";
import { cli, startCli, withFolder } from "./run-cli.ts";

const NO_INTERFACE = ["--interface", "zarrcam-none"];

test("serve --lan makes an authority in the state folder, says how to trust it, and keeps it", () =>
  withFolder(async (folder) => {
    const state = join(folder, "state");
    const serve = async (...more: string[]) => {
      const running = startCli([
        "serve",
        "--port",
        "0",
        "--data",
        folder,
        "--state",
        state,
        "--lan",
        ...NO_INTERFACE,
        ...more,
      ]);
      const fingerprint = await running.says(/\n +((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/);
      running.child.kill("SIGTERM");
      const { code, stderr } = await running.finished;
      expect(code).toBe(0);
      return { fingerprint, stderr };
    };
    const first = await serve();
    expect(first.stderr).toContain("no address in a network yet");
    expect((await stat(state)).mode & 0o777).toBe(0o700);
    expect((await readdir(state)).filter((name) => name.endsWith(".pem"))).toEqual([
      "authority.pem",
      "certificate.pem",
    ]);
    expect((await stat(join(state, "authority.pem"))).mode & 0o777).toBe(0o600);
    expect((await serve()).fingerprint).toBe(first.fingerprint);

    await writeFile(join(state, "access.json"), JSON.stringify({ devices: [{}, {}] }));
    const reset = await cli(["access", "reset", "--state", state]);
    expect(reset.stdout).toMatch(/No other computer is paired any more \(2 were\)/);
    expect(await readdir(state)).not.toContain("access.json");
    expect((await serve()).fingerprint).toBe(first.fingerprint);
    expect((await cli(["access", "reset", "--state", state, "--new-authority"])).stdout).toContain("authority is gone");
    expect((await serve()).fingerprint).not.toBe(first.fingerprint);
  }));

test("an authority that is damaged ends the start with the way out", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "state"));
    await writeFile(join(folder, "state/authority.pem"), "nothing", { mode: 0o600 });
    const serve = [
      "serve",
      "--port",
      "0",
      "--data",
      folder,
      "--state",
      join(folder, "state"),
      "--lan",
      ...NO_INTERFACE,
    ];
    const { code, stdout, stderr } = await cli(serve);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/authority\.pem holds no certificate.*zarrcam access reset --new-authority/);
    expect(await readFile(join(folder, "state/authority.pem"), "utf8")).toBe("nothing");
  }));

test("a state folder that cannot be made matters where something must be kept, and only there", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "file"), "");
    const serve = ["serve", "--port", "0", "--data", join(folder, "data")];
    const refused = await cli([...serve, "--lan", ...NO_INTERFACE, "--state", join(folder, "file/state")]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/The state folder .* cannot be used: .*--state takes another folder/);
    const running = startCli(serve, undefined, { ...process.env, XDG_STATE_HOME: join(folder, "file") });
    await running.says(/is ready: http:\/\/127/);
    running.child.kill("SIGTERM");
    expect((await running.finished).code).toBe(0);
  }));

describe("the state folder lies where the system has such things:", () => {
  test.each([
    ["linux", {}, "/home/ada/.local/state/zarrcam"],
    ["linux", { XDG_STATE_HOME: "/state" }, "/state/zarrcam"],
    ["linux", { XDG_STATE_HOME: "relative" }, "/home/ada/.local/state/zarrcam"],
    ["darwin", { XDG_STATE_HOME: "/state" }, "/home/ada/Library/Application Support/zarrcam"],
  ] as const)("%s, %j", (platform, env, expected) => {
    expect(defaultStateDir(env, platform, "/home/ada")).toBe(expected);
  });
});
