// A bridge that other computers reach, at another address of loopback; in a process of its own, so that what it takes can be told.
// The command line takes addresses of networks alone.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { NativeRuntime } from "@zarrcam/client/native";
import { startBridge } from "@zarrcam/server";

const [dataDir = ""] = process.argv.slice(2);
const stateDir = join(dataDir, ".state");
await mkdir(stateDir, { recursive: true });
const runtime = new NativeRuntime({ dataDir, setUp: true });
const bridge = await startBridge({
  runtime,
  port: 0,
  pageDir: null,
  version: "test",
  stateDir,
  lan: { interfaces: [], names: [], addresses: () => ["127.0.0.2"], protection: { kind: "authority" } },
});
console.log(`is ready: ${bridge.url}`);
process.once("SIGTERM", () => void bridge.close().then(() => runtime.close()));
