import { readFile } from "node:fs/promises";

import type { Runtime } from "@zarrcam/client";
import type { Configuration } from "@zarrcam/protocol";

/** The core's own document for a fresh bridge: a simulated camera, ready to record. */
const DEFAULT = new URL("../../../native/config/examples/default.json", import.meta.url);

/** A bridge that has just started is ready at once: a name that is taken already is counted up. */
export async function setFirstConfiguration(runtime: Runtime): Promise<void> {
  const configuration = JSON.parse(await readFile(DEFAULT, "utf8")) as Configuration;
  const { problems } = await runtime.validate(configuration);
  const [stream] = configuration.video;
  const free = problems.find(({ code }) => code === "exists")?.fix?.value;
  if (stream && typeof free === "string") stream.storage.settings.uri = free;
  await runtime.setConfiguration(configuration);
}
