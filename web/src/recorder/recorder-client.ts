import { type Remote, proxy, releaseProxy, wrap } from "comlink";
import type { Configuration } from "@zarrcam/protocol";

import type { Recorder } from "./recorder.ts";
import type { Report } from "./recording.ts";

/** The core lies beside the page; where it could not be built there is none, and `record` says so. */
const coreUrl = (): string => new URL("zarrcam.wasm", document.baseURI).href;

/** The page's hold on its recorder. */
export interface RecorderClient {
  record(
    request: { path: string; configuration: Configuration; stream: number },
    tell: (report: Report) => void,
  ): Promise<Report>;
  stop(): Promise<void>;
  recover(path: string): Promise<unknown>;
  close(): void;
}

/** A recorder in a worker of its own. */
export function openRecorder(): RecorderClient {
  const worker = new Worker(new URL("./recorder.worker.ts", import.meta.url), { type: "module" });
  const recorder: Remote<Recorder> = wrap<Recorder>(worker);
  return {
    record: (request, tell) => recorder.record(coreUrl(), request, proxy(tell)),
    stop: () => recorder.stop(),
    recover: (path) => recorder.recover(coreUrl(), path),
    close: () => {
      recorder[releaseProxy]();
      worker.terminate();
    },
  };
}
