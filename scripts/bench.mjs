// `npm run bench`: our writer beside its peers, the encoder in wasm, the cameras' speed, the previews' rate,
// recording in the browser. Options go to e2e/bench/writers.py:
// `npm run bench -- --cases A-none,C-lz4 --repeats 5 --dir /dev/shm`.
import { spawnSync } from "node:child_process";
import { encoders } from "./bench-encoders.mjs";
import { writerBinary } from "./bench-writer.mjs";
import { addon, bridge, core, packages, root } from "./build.mjs";
import { requireForBuild } from "./prerequisites.mjs";
import { benchPython } from "./python.mjs";

requireForBuild();
packages();
addon();
bridge();
core();

function show(title, command, args) {
  console.log(`\n== ${title}`);
  const done = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (done.status !== 0) process.exitCode = 1;
}

const writer = JSON.stringify(writerBinary());
show("Writers", benchPython(), ["e2e/bench/writers.py", "--zarrcam", writer, ...process.argv.slice(2)]);
const { wasm, native } = encoders();
if (wasm) show("Encoders, one thread", process.execPath, ["--import", "tsx", "e2e/bench/encoders.ts", wasm, native]);
show("Cameras into trash, 1920 x 1080", process.execPath, ["--import", "tsx", "e2e/bench/cameras.ts"]);
show("Previews of 1920 x 1080, 60 frames/s", process.execPath, ["--import", "tsx", "e2e/bench/previews.ts"]);
show("Every frame over HTTP, 1920 x 1080", process.execPath, ["--import", "tsx", "e2e/bench/frames.ts"]);
show("Storage while somebody looks, 1920 x 1080 U16", process.execPath, ["--import", "tsx", "e2e/bench/storage.ts"]);
show("The page, 1920 x 1080 U16 at 60 frames/s", process.execPath, ["--import", "tsx", "e2e/bench/page.ts"]);
show("Pictures by WebSocket and by stream", process.execPath, ["--import", "tsx", "e2e/bench/roads.ts"]);
if (wasm)
  show("Recording in the browser, 1920 x 1080", process.execPath, ["--import", "tsx", "e2e/bench/recording.ts"]);
