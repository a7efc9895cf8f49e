import { type Remote, proxy, releaseProxy, transfer, wrap } from "comlink";

import { coreUrl } from "./core-url.ts";
import type { Recorder, RecordingPlace } from "./recorder.ts";
import type { Report } from "./recording.ts";

/** The page's hold on its recorder. */
export interface RecorderClient {
  /** Records a simulated camera of this page, until it has its frames or `stop` ends it. */
  recordCamera(request: RecordingPlace, tell: (report: Report) => void): Promise<Report>;
  /** Records the run that the bridge starts next. `ready`: it may be started, and nothing of it is missed. */
  recordBridge(
    bridgeUrl: string,
    request: RecordingPlace,
    ready: () => void,
    tell: (report: Report) => void,
  ): Promise<Report>;
  /** Answers over this port what is asked of the dataset that is being recorded, until its run has ended. */
  serveLive(port: MessagePort): void;
  /** What was captured is stored. */
  stop(): Promise<void>;
  /** Makes a dataset whole that was left open; `null`: nothing was to be done. */
  recover(path: string): Promise<unknown>;
  close(): void;
}

/** A recorder in a worker of its own. */
export function openRecorder(): RecorderClient {
  const worker = new Worker(new URL("./recorder.worker.ts", import.meta.url), { type: "module" });
  const recorder: Remote<Recorder> = wrap<Recorder>(worker);
  return {
    recordCamera: (request, tell) => recorder.recordCamera(coreUrl(), request, proxy(tell)),
    recordBridge: (bridgeUrl, request, ready, tell) =>
      recorder.recordBridge(coreUrl(), bridgeUrl, request, proxy(ready), proxy(tell)),
    serveLive: (port) => void recorder.serveLive(transfer(port, [port])),
    stop: () => recorder.stop(),
    recover: (path) => recorder.recover(coreUrl(), path),
    close: () => {
      recorder[releaseProxy]();
      worker.terminate();
    },
  };
}
