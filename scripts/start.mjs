// `npm start`: from a bare clone to a link.
import { everything } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";

requireForBuild();
everything();
// In this very process: nothing else runs beside a recording.
process.argv.splice(2, 0, "serve");
await import("../bridge/cli/bin/zarrcam.js");
