// Runs configurations that come on standard input, one a line, through one runtime, and answers each with a line:
// {summary, error}. The readers' tests record dozens of stores; a process for each would cost more than the recording.
import { createInterface } from "node:readline";

import { NativeRuntime } from "@zarrcam/client/native";
import type { Configuration, RunSummary } from "@zarrcam/protocol";

const runtime = new NativeRuntime();

async function record(configuration: Configuration) {
  let summary: RunSummary | null = null;
  const off = runtime.on("run_ended", (ended) => (summary = ended));
  try {
    await runtime.setConfiguration(configuration);
    await runtime.start();
    return { summary: await runtime.stop(), error: null };
  } catch (error) {
    return { summary, error: error instanceof Error ? error.message : String(error) };
  } finally {
    off();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await record(JSON.parse(line) as Configuration))}\n`);
}
await runtime.close();
