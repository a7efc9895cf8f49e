// `npm run dev`: the bridge, and the page reloading as it is edited.
import { spawn } from "node:child_process";
import { addon, bridge, packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";

requireForBuild();
packages();
addon();
bridge();
const page = "http://127.0.0.1:5173";
const children = [
  spawn(process.execPath, ["bridge/cli/bin/zarrcam.js", "serve", "--allow-origin", page, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  }),
  spawn("npx", ["vite", "--host", "127.0.0.1", "--port", "5173", "--strictPort"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  }),
];
for (const child of children)
  child.on("exit", (code) => {
    for (const other of children) if (other !== child) other.kill();
    process.exitCode = code ?? 0;
  });
process.on("SIGINT", () => undefined);
