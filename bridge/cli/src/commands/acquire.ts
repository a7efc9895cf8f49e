import { NativeRuntime, errorFromData, isZarrcamError } from "@zarrcam/client/native";
import type { Configuration, RunSummary } from "@zarrcam/protocol";

import { defineCommand, wholeNumber } from "../command.ts";
import { STANDARD_INPUT, readConfiguration } from "../config-file.ts";
import { UsageError, exitCodes } from "../exit-codes.ts";
import { bytes, duration, plural, table } from "../format.ts";
import { errorDocument, errorText, print, printJson, printLine, problemsText, say } from "../output.ts";
import { ProgressBar } from "../progress-bar.ts";
import { withInterrupts } from "../interrupts.ts";
import { TriggerKey } from "../trigger-key.ts";

const eventNames = ["state", "configuration", "stats", "published", "run_ended", "log"] as const;

export const acquire = defineCommand({
  name: "acquire",
  summary: "Runs a configuration to its end and reports the ledger; exit 1 if anything was lost or failed.",
  positionals: ["CONFIG.json"],
  options: {
    uri: { type: "string" },
    frames: { type: "string" },
    overwrite: { type: "boolean", default: false },
    "replace-foreign-files": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    events: { type: "boolean", default: false },
  },
  optionHelp: {
    uri: { value: "PATH", text: "write there; a configuration of one stream" },
    frames: { value: "N", text: "record N frames, whatever max_frame_count says" },
    overwrite: { text: "replace a dataset of this name, if zarrcam wrote it" },
    "replace-foreign-files": { text: "with --overwrite: also one that holds files of yours; they are deleted with it" },
    json: { text: "one JSON document at the end: the run's summary with the ledgers" },
    events: { text: "one JSON line an event, the stats four times a second among them" },
  },
  notes:
    "With - for CONFIG.json the configuration is read from standard input.\n" +
    "Ctrl-C ends capture and stores what was captured; the second one gives up what is not stored (exit 1).\n" +
    "Where a camera waits for a trigger on its line `software`, Enter fires it.",
  run: async ({ uri, frames, overwrite, json, events, "replace-foreign-files": replaceForeignFiles }, [path = ""]) => {
    if (json && events) throw new UsageError("--json and --events exclude one another.");
    const count = frames === undefined ? undefined : wholeNumber(frames, "frames", 0, 2 ** 53 - 1);
    const said = new Set<string>();
    try {
      const configuration = await readConfiguration(path);
      adjust(configuration, { uri, frames: count, overwrite });
      await using runtime = new NativeRuntime();
      if (events) {
        for (const name of eventNames) runtime.on(name, (data) => printLine({ event: name, ...data }));
      }
      const { summary, gaveUp } = await record(runtime, configuration, {
        showProgress: !json && !events,
        hasKeyboard: path !== STANDARD_INPUT,
        replaceForeignFiles,
        said,
      });
      if (json) printJson(summary);
      else if (!events) print(summaryText(summary, said));
      // Where the summary is for programs, people read why it failed here.
      if (json || events) for (const text of failures(summary)) sayOnce(said, `error: ${text}`);
      const complete = summary.complete && !gaveUp;
      return complete ? exitCodes.done : exitCodes.failed;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (json) printJson({ error: errorDocument(error) });
      else if (events) printLine({ event: "error", ...errorDocument(error) });
      sayOnce(said, hint(error));
      return exitCodes.failed;
    }
  },
});

/** What the command line changes; a document that is no configuration is left to the core to judge. */
function adjust(
  configuration: Configuration,
  { uri, frames, overwrite }: { uri: string | undefined; frames: number | undefined; overwrite: boolean },
): void {
  const video: unknown = (configuration as Configuration | null)?.video;
  if (!Array.isArray(video)) return;
  const streams = (video as Configuration["video"]).filter((stream) => {
    const identifier = stream?.camera?.identifier;
    return identifier && identifier.kind !== "NONE" && identifier.name !== "";
  });
  if (uri !== undefined && streams.length !== 1) {
    throw new UsageError(`--uri names one dataset, and the configuration has ${plural(streams.length, "stream")}.`);
  }
  for (const stream of streams) {
    const settings = stream.storage?.settings as
      (Configuration["video"][0]["storage"]["settings"] & { filename?: unknown }) | undefined;
    if (uri !== undefined && settings) {
      delete settings.filename;
      settings.uri = uri;
    }
    if (frames !== undefined) stream.max_frame_count = frames;
    if (overwrite && settings) settings.overwrite = true;
  }
}

interface RecordOptions {
  showProgress: boolean;
  /** Standard input is free: Enter may fire triggers. */
  hasKeyboard: boolean;
  replaceForeignFiles: boolean;
  /** What was said already. */
  said: Set<string>;
}

async function record(
  runtime: NativeRuntime,
  configuration: Configuration,
  { showProgress, hasKeyboard, replaceForeignFiles, said }: RecordOptions,
): Promise<{ summary: RunSummary; gaveUp: boolean }> {
  const { problems, refusal } = await runtime.validate(configuration);
  if (refusal) {
    const { code, message, path } = refusal;
    throw errorFromData(code, message, { problems, ...(path === null ? {} : { path }) });
  }
  if (problems.length > 0) say(problemsText(problems));
  // What was said of the document is not said again by the run.
  for (const { message } of problems) said.add(`warning: ${message}`);
  await runtime.setConfiguration(configuration);
  const progress = showProgress && process.stderr.isTTY ? new ProgressBar(process.stderr) : null;
  if (progress) runtime.on("stats", (stats) => progress.show(stats));
  if (showProgress)
    runtime.on("log", ({ level, message }) => level !== "info" && sayOnce(said, `${level}: ${message}`));
  let ended: RunSummary | null = null;
  runtime.on("run_ended", (summary) => (ended = summary));
  await using triggers = new TriggerKey(runtime, configuration, hasKeyboard);
  let gaveUp = false;
  try {
    const summary = await withInterrupts(runtime, {
      start: () => runtime.start({ replaceForeignFiles }),
      unlimited: isUnlimited(configuration),
      onStarted: () => triggers.listen(),
      onGiveUp: () => (gaveUp = true),
    });
    return { summary, gaveUp };
  } catch (error) {
    // A stream failed: its ledger still says what was stored, and why it did.
    if (!ended) throw error;
    return { summary: ended, gaveUp };
  } finally {
    progress?.clear();
  }
}

/** A run without an end of its own goes on until Ctrl-C. */
function isUnlimited({ video }: Configuration): boolean {
  return video.some(
    ({ camera, max_frame_count }) =>
      camera.identifier && camera.identifier.kind !== "NONE" && !(max_frame_count < 2 ** 53),
  );
}

function hint(error: unknown): string {
  const exists =
    isZarrcamError(error) && (error.code === "exists" || error.problems.some(({ code }) => code === "exists"));
  if (isZarrcamError(error, "foreign_files")) {
    return `${errorText(error)}\n--replace-foreign-files with --overwrite deletes them too.`;
  }
  return errorText(error) + (exists ? "\n--overwrite replaces it." : "");
}

function sayOnce(said: Set<string>, text: string): void {
  if (said.has(text)) return;
  said.add(text);
  say(text);
}

/** What made a stream end before it was complete. */
function failures({ streams }: Pick<RunSummary, "streams">): string[] {
  return streams.flatMap(({ name, error }) => (error ? [`${name}: ${error.message}`] : []));
}

function summaryText({ streams, elapsed_s }: RunSummary, said: ReadonlySet<string>): string {
  const rows = [["stream", "captured", "stored", "dropped", "camera", "queue", "storage", "path"]];
  for (const { name, ledger, path } of streams) {
    const { captured, stored, dropped, dropped_camera, dropped_queue, dropped_storage } = ledger;
    const counts = [captured, stored, dropped, dropped_camera, dropped_queue, dropped_storage];
    rows.push([name, ...counts.map(String), path ?? ""]);
  }
  const total = streams.reduce((sum, { bytes_stored }) => sum + bytes_stored, 0);
  const errors = failures({ streams }).filter((text) => !said.has(`error: ${text}`));
  return [table(rows), `${bytes(total)} in ${duration(elapsed_s)}`, ...errors].join("\n");
}
