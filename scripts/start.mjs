// `npm start`: from a bare clone to a link.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { everything, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";

requireForBuild();
everything();
const server = spawn(process.execPath, [join(root, "bridge/cli/bin/zarrcam.js"), "serve", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// The terminal sends Ctrl-C to the whole group; the bridge shuts down in order and this script goes with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && server.kill(signal));
server.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
