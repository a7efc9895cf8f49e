// `npm run tutorial`: Acquire's tutorial "Configuring Zarr storage with chunking", from a bare clone.
import { addon, bridge, packages } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";

requireForBuild();
packages();
addon();
bridge();
await import("../bridge/cli/dist/js/tutorial.js");
