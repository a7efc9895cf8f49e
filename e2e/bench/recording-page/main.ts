// The page's recorder beside the two roads that it joins: reading from the bridge alone, and writing to the browser's own storage alone.
import { type Remote, wrap } from "comlink";

import type { Configuration } from "@zarrcam/protocol";
import { openRecorder } from "../../../web/src/recorder/index.ts";
import type { Roads } from "./roads.worker.ts";

/** How fast, and of what. */
export interface Measured {
  bytes: number;
  seconds: number;
}

/** What became of the frames. */
export interface Recorded extends Measured {
  captured: number;
  stored: number;
  lost: number;
  waiting: number;
  failure: string | null;
}

const roads: Remote<Roads> = wrap<Roads>(new Worker(new URL("./roads.worker.ts", import.meta.url), { type: "module" }));

let recording: Promise<Recorded> | undefined;
let recorder: ReturnType<typeof openRecorder> | undefined;

/** Resolves when the run may be started. */
async function beginRecording(bridgeUrl: string, configuration: Configuration, frameBytes: number): Promise<void> {
  const opened = (recorder = openRecorder());
  await new Promise<void>((resolve, reject) => {
    let first: { at: number; stored: number } | undefined;
    recording = opened
      .recordBridge(
        { url: bridgeUrl, path: "/run.zarr", configuration, stream: 0, replace: false },
        resolve,
        ({ ledger }) => {
          if (ledger.stored > 0) first ??= { at: performance.now(), stored: ledger.stored };
        },
      )
      .then((report) => {
        if (!report) throw new Error("there was no run");
        const { ledger, failure } = report;
        const seconds = first ? (performance.now() - first.at) / 1e3 : NaN;
        const { captured, stored, dropped: lost, in_flight: waiting } = ledger;
        return {
          bytes: (stored - (first?.stored ?? 0)) * frameBytes,
          seconds,
          captured,
          stored,
          lost,
          waiting,
          failure,
        };
      });
    recording.catch(reject);
  });
}

/** The run is over: all that came is stored, sealed and closed. */
async function ended(): Promise<Recorded> {
  const recorded = await recording;
  recorder?.close();
  if (!recorded) throw new Error("Nothing was recorded.");
  return recorded;
}

/** Ends it here, whatever goes on there. */
async function endRecording(): Promise<Recorded> {
  await recorder?.stop();
  return ended();
}

async function clear(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  for (const name of names)
    for (;;)
      try {
        await root.removeEntry(name, { recursive: true });
        break;
      } catch {
        // The browser lets go of an ended worker's files in its own time.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
}

const page = {
  read: (bridgeUrl: string, seconds: number): Promise<Measured> => roads.read(bridgeUrl, seconds),
  write: (layout: { layerBytes: number; blockBytes: number }, seconds: number): Promise<Measured> =>
    roads.write(layout, seconds),
  beginRecording,
  ended,
  endRecording,
  clear,
};
export type RecordingPage = typeof page;
Object.assign(window, { page });
