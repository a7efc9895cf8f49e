// `npm run tutorial`: Acquire's tutorial "Configuring Zarr storage with chunking", from a bare clone.
import { spawnSync } from "node:child_process";
import { addon, packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";

requireForBuild();
packages();
addon();
const done = spawnSync(process.execPath, ["--import", "tsx", "examples/chunked.ts", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(done.status ?? 1);
