import { execFile, execFileSync } from "node:child_process";
import { cp, mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { smallDocument, startCli, withFolder } from "./run-cli.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const run = promisify(execFile);

/** What the build and the command line need of the tree, with the packages and the core of this one. */
async function copyOfTheTree(folder: string): Promise<void> {
  const sources = ["bridge", "examples", "scripts", "vite.bridge.config.ts", "package.json", "package-lock.json"];
  const filter = (path: string) => !/\/(dist|node_modules)$/.test(path);
  for (const name of sources) await cp(join(root, name), join(folder, name), { recursive: true, filter });
  await mkdir(join(folder, "native/node"), { recursive: true });
  for (const name of ["node_modules", "native/node/zarrcam.node"]) await symlink(join(root, name), join(folder, name));
}

test("a tree that is not built says how it is built", () =>
  withFolder(async (folder) => {
    await copyOfTheTree(folder);
    const answer = run(process.execPath, [join(folder, "bridge/cli/bin/zarrcam.js"), "devices"]);
    await expect(answer).rejects.toMatchObject({ code: 1, stdout: "", stderr: /not built yet.*`npm start`/ });
  }));

test(
  "the build runs, is made again when a source changes, and only then",
  () =>
    withFolder(async (folder) => {
      await copyOfTheTree(folder);
      const build = () => run(process.execPath, ["scripts/build.mjs", "bridge"], { cwd: folder });
      const help = async () =>
        (await run(process.execPath, ["bridge/cli/bin/zarrcam.js", "--help"], { cwd: folder })).stdout;
      expect((await build()).stderr).toContain("building the bridge");
      expect(await help()).toContain("zarrcam COMMAND");
      expect((await build()).stderr).toBe("");
      const source = join(folder, "bridge/cli/src/main.ts");
      await writeFile(source, (await readFile(source, "utf8")).replace("zarrcam COMMAND", "zarrcam VERB"));
      expect((await build()).stderr).toContain("building the bridge");
      expect(await help()).toContain("zarrcam VERB");
    }),
  120_000,
);

test("a stack names the sources", async () => {
  const code = `process.setSourceMapsEnabled(true);
    const all = Object.values(await import(${JSON.stringify(join(root, "bridge/cli/dist/js/devices.js"))}));
    try { await all[0].run(["extra"]) } catch (error) { console.log(error.stack) }`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code]);
  expect(stdout).toMatch(/bridge\/cli\/src\/command\.ts:\d+/);
});

test.runIf(process.platform === "linux")(
  "nothing runs beside a recording: no second process, no file in the caches of the user",
  () =>
    withFolder(async (folder) => {
      const document = smallDocument({ max_frame_count: 2 ** 53 });
      await writeFile(join(folder, "config.json"), JSON.stringify(document));
      const [home, meeting] = [join(folder, "home"), join(folder, "run")];
      await Promise.all([home, meeting].map((one) => mkdir(one, { mode: 0o700 })));
      // Where programs that push frames find it is no cache.
      const env = { ...process.env, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, XDG_RUNTIME_DIR: meeting };
      const recording = startCli(["acquire", "config.json", "--events"], folder, env);
      await recording.says(/"event":"stats"/);
      const { pid } = recording.child;
      const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
      expect(children).toBe("");
      const maps = execFileSync("cat", [`/proc/${pid}/maps`], { encoding: "utf8" });
      expect(maps).not.toMatch(/esbuild|tsx/);
      recording.child.kill("SIGINT");
      expect((await recording.finished).code).toBe(0);
      expect(await readdir(home)).toEqual([]);
    }),
);
