import type { AccessPattern, Configuration, Recovery } from "@zarrcam/protocol";
import { type Remote, proxy, releaseProxy, transfer, wrap } from "comlink";

import { coreUrl } from "./core-url.ts";
import type { BridgeRequest, BrowserCheck, Recorder, RecordingPlace } from "./recorder.ts";
import type { Report } from "./recording.ts";

/** The page's hold on its recorder. */
export interface RecorderClient {
  /** Why nothing can be stored in this browser, in a sentence; null: it can. `hasCore`: the page was built with one. */
  lack(hasCore: boolean): Promise<string | null>;
  /** What storing a bridge's run here would be, and what stands against it. `use`: laid out as the core suggests for it. */
  check(configuration: Configuration, use: AccessPattern | null): Promise<BrowserCheck>;
  /** Records a simulated camera of this page, until it has its frames or `stop` ends it. */
  recordCamera(request: RecordingPlace, tell: (report: Report) => void): Promise<Report>;
  /** Records the run that the bridge starts next. `ready`: it may be started, and nothing of it is missed. Null: `stop` came before it. */
  recordBridge(request: BridgeRequest, ready: () => void, tell: (report: Report) => void): Promise<Report | null>;
  /** Answers over this port what is asked of the dataset that is being recorded, until its run has ended. */
  serveLive(port: MessagePort): void;
  /** What was captured is stored. */
  stop(): Promise<void>;
  /** Makes a dataset whole that was left open; `null`: nothing was to be done. */
  recover(path: string): Promise<Recovery | null>;
  close(): void;
}

/** A recorder in a worker of its own. What is asked of one that is gone rejects. */
export function openRecorder(): RecorderClient {
  const worker = new Worker(new URL("./recorder.worker.ts", import.meta.url), { type: "module" });
  const recorder: Remote<Recorder> = wrap<Recorder>(worker);
  const life = watchLife(recorder);
  const whileAlive = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, life.ended]);
  return {
    lack: (hasCore) => whileAlive(recorder.lack(hasCore)),
    check: (configuration, use) => whileAlive(recorder.check(coreUrl(), configuration, use)),
    recordCamera: (request, tell) => whileAlive(recorder.recordCamera(coreUrl(), request, proxy(tell))),
    recordBridge: (request, ready, tell) =>
      whileAlive(recorder.recordBridge(coreUrl(), request, proxy(ready), proxy(tell))),
    stop: () => whileAlive(recorder.stop()),
    serveLive: (port) => void recorder.serveLive(transfer(port, [port])),
    recover: (path) => whileAlive(recorder.recover(coreUrl(), path)),
    close: () => {
      life.close();
      recorder[releaseProxy]();
      worker.terminate();
    },
  };
}

/** A worker that crashes says nothing; the lock that it held is free then. */
function watchLife(recorder: Remote<Recorder>): { ended: Promise<never>; close(): void } {
  const lock = `zarrcam recorder ${crypto.randomUUID()}`;
  const closed = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    const watch = async (): Promise<void> => {
      await recorder.hold(lock);
      await navigator.locks.request(lock, { signal: closed.signal }, () => {
        reject(new Error("The part of this page that stores recordings ended unexpectedly."));
      });
    };
    // Closed, or there are no locks here: then nothing is recorded either.
    watch().catch(() => undefined);
  });
  // Nobody may be asking anything.
  ended.catch(() => undefined);
  return { ended, close: () => closed.abort() };
}
