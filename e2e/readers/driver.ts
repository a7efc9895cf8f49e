// Does what comes on standard input, one JSON line a request, through one runtime, and answers each with a line:
// {record: Configuration} -> {summary, losses, error}, {recover: path} -> {error}, {info: path} -> {info, error}. The readers' tests make dozens of stores;
// a process for each would cost more than the recording.
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
    summary = await runtime.stop();
    const losses = await Promise.all(summary.streams.map(({ stream }) => runtime.getLosses(stream)));
    return { summary, losses, error: null };
  } catch (error) {
    return { summary, losses: [], error: error instanceof Error ? error.message : String(error) };
  } finally {
    off();
  }
}

async function recover(path: string) {
  try {
    await runtime.recoverDataset(path);
    return { error: null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function info(path: string) {
  try {
    return { info: await runtime.getDatasetInfo(path), error: null };
  } catch (error) {
    return { info: null, error: error instanceof Error ? error.message : String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as { record: Configuration } | { recover: string } | { info: string };
  const answer =
    "record" in request
      ? await record(request.record)
      : "info" in request
        ? await info(request.info)
        : await recover(request.recover);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await runtime.close();
