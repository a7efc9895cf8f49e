import type { Configuration } from "@zarrcam/protocol";

import { SimulatedCamera } from "../cameras/simulated-camera.ts";
import { Core } from "./core.ts";
import { StoredDataset } from "./dataset.ts";
import { openFrames } from "./frame-reader/index.ts";
import { LiveServer, leave } from "../live-port/live-server.ts";
import { recordCamera } from "./record-camera.ts";
import { framesInto, recordStream } from "./record-stream.ts";
import { Recording, type Report } from "./recording.ts";
import type { Store } from "./store.ts";
import { withStore } from "./with-store.ts";

/** What is recorded, and where to. */
export interface RecordingPlace {
  /** Of the dataset, in the browser's own storage: `/embryo.zarr`. */
  path: string;
  configuration: Configuration;
  /** Which of the configuration's. */
  stream: number;
}

/** Of the recorder's time that may go into what looks at the recording. */
const LOOKING_SHARE = 0.2;

/** What the recorder's worker does for the page: one thing at a time. */
export class Recorder {
  #live: LiveServer | null = null;
  #core: Promise<Core> | null = null;
  #stop: AbortController | null = null;

  /** Records a simulated camera of this page. `coreUrl`: where the page's `zarrcam.wasm` is. */
  recordCamera(coreUrl: string, request: RecordingPlace, tell: (report: Report) => void): Promise<Report> {
    return this.#record(coreUrl, request, false, async (core, recording, stop) => {
      const video = request.configuration.video[request.stream];
      if (!video) throw new Error(`The configuration has no stream ${request.stream}.`);
      const { identifier, settings } = video.camera;
      const camera = new SimulatedCamera(core, identifier?.name ?? "", settings, video.frame_period_us ?? 0);
      try {
        return await recordCamera(core, camera, recording, stop, tell);
      } finally {
        camera.close();
      }
    });
  }

  /**
   * Records the run that a bridge starts next, from its first frame on. `configuration` says how it is stored here, and is the bridge's
   * in what it says of the camera. `ready`: the run may be started.
   */
  recordBridge(
    coreUrl: string,
    bridgeUrl: string,
    request: RecordingPlace,
    ready: () => void,
    tell: (report: Report) => void,
  ): Promise<Report> {
    return this.#record(coreUrl, request, true, async (core, recording, stop) => {
      const pixels = core.allocate(recording.frameBytes);
      try {
        const buffers = framesInto(core, pixels);
        const frames = await openFrames(bridgeUrl, {
          stream: request.stream,
          nextRun: true,
          backPressure: true,
          buffers,
          signal: stop,
        });
        ready();
        return await recordStream(frames, recording, pixels, stop, tell);
      } finally {
        core.release(pixels);
      }
    });
  }

  /** Answers what is asked of the dataset that is being recorded (`live-port`), until its run has ended. */
  serveLive(port: MessagePort): void {
    if (this.#live) this.#live.connect(port);
    else leave(port);
  }

  /** Ends the run; what was captured is stored. */
  stop(): void {
    this.#stop?.abort();
  }

  /** Makes a dataset whole that was left open; `null`: nothing was to be done. */
  async recover(coreUrl: string, path: string): Promise<unknown> {
    return withStore(await this.#load(coreUrl), path, (store) => store.recover(path));
  }

  async #record(
    coreUrl: string,
    { path, configuration, stream }: RecordingPlace,
    ofBridge: boolean,
    work: (core: Core, recording: Recording, stop: AbortSignal) => Promise<Report>,
  ): Promise<Report> {
    if (this.#stop) throw new Error("This recorder records already.");
    const { signal } = (this.#stop = new AbortController());
    try {
      const core = await this.#load(coreUrl);
      return await withStore(core, path, async (store) => {
        const runId = crypto.randomUUID().replaceAll("-", "");
        const recording = new Recording(store, { path, configuration, stream, runId, ofBridge });
        try {
          await store.drain();
          return await this.#whileServed(store, path, () => work(core, recording, signal));
        } finally {
          recording.close();
        }
      });
    } finally {
      this.#stop = null;
    }
  }

  /** What is recorded can be looked at; where it cannot, it is recorded all the same. */
  async #whileServed<T>(store: Store, path: string, work: () => Promise<T>): Promise<T> {
    const dataset = await StoredDataset.open(store, path, false).catch(() => null);
    const live = (this.#live = dataset && new LiveServer(dataset, LOOKING_SHARE));
    try {
      return await work();
    } finally {
      this.#live = null;
      await live?.close();
      dataset?.close();
    }
  }

  #load(url: string): Promise<Core> {
    this.#core ??= fetch(url)
      .then((response) => {
        if (!response.ok) throw new Error(`This page has no core for the browser (${url}: ${response.status}).`);
        return response.arrayBuffer();
      })
      .then((module) => Core.load(module))
      .catch((error: unknown) => {
        this.#core = null;
        throw error;
      });
    return this.#core;
  }
}
