import {
  type AccessPattern,
  type Configuration,
  type FrameBuffers,
  type FrameEvent,
  type Recovery,
  type Suggestion,
  type Validation,
  bytesPerPixel,
} from "@zarrcam/protocol";

import { SimulatedCamera } from "../cameras/simulated-camera.ts";
import { LiveServer, leave } from "../live-port/live-server.ts";
import { type Buffer, Core } from "./core.ts";
import { StoredDataset } from "./dataset.ts";
import { openFrames } from "./frame-reader/index.ts";
import { lackOf } from "./lack.ts";
import { OpfsTree } from "./opfs-tree.ts";
import { recordCamera } from "./record-camera.ts";
import { recordStream } from "./record-stream.ts";
import { Recording, type Report } from "./recording.ts";
import { browserShelf } from "./shelf.ts";
import type { Store } from "./store.ts";
import { inStore, withRight, withStore } from "./with-store.ts";

/** What a page records of a bridge's run. */
export interface BridgeRequest extends RecordingPlace {
  /** Where the bridge answers. */
  url: string;
  /** What stands at the path goes, once the run has begun. */
  replace: boolean;
}

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

/** What a recording into this browser would be. */
export interface BrowserCheck {
  /** The document as it is stored here. */
  configuration: Configuration;
  /** Of the storage alone: the bridge judges the cameras. */
  validation: Validation;
  /** Of the dataset that each stream makes; null: it makes none. */
  names: (string | null)[];
}

/** What the recorder's worker does for the page: one thing at a time. */
export class Recorder {
  #live: LiveServer | null = null;
  #core: Promise<Core> | null = null;
  #stop: AbortController | null = null;

  /** Why nothing can be stored in this browser, in a sentence; null: it can. */
  lack(hasCore: boolean): Promise<string | null> {
    return lackOf(hasCore);
  }

  /** As long as this worker lives nobody else gets the lock. */
  hold(lock: string): Promise<void> {
    return new Promise((resolve) => {
      void navigator.locks.request(lock, () => {
        resolve();
        return new Promise<never>(() => undefined);
      });
    });
  }

  /** What storing a bridge's run here would be, and what stands against it. `use`: laid out as the core suggests for it. */
  async check(coreUrl: string, document: Configuration, use: AccessPattern | null): Promise<BrowserCheck> {
    const core = await this.#load(coreUrl);
    const configuration = use === null ? document : laidOut(core, document, use);
    const params = { configuration, shelf: await browserShelf() };
    const { names, ...validation } = core.call<Validation & { names: (string | null)[] }>("check_bridge_run", params);
    return { configuration, validation, names };
  }

  /** Records a simulated camera of this page. `coreUrl`: where the page's `zarrcam.wasm` is. */
  recordCamera(coreUrl: string, request: RecordingPlace, tell: (report: Report) => void): Promise<Report> {
    return this.#record(coreUrl, request, async (core, recording, stop) => {
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
   * in what it says of the camera. `ready`: the run may be started. Where none begins before `stop`, nothing is made or replaced, and the answer is
   * null.
   */
  recordBridge(
    coreUrl: string,
    { url, path, configuration, stream, replace }: BridgeRequest,
    ready: () => void,
    tell: (report: Report) => void,
  ): Promise<Report | null> {
    return this.#alone(coreUrl, path, async (core, stop) => {
      let pixels: Buffer | null = null;
      const buffers: FrameBuffers = () => {
        if (!pixels) throw new Error("A frame came before its run began.");
        return core.view(pixels);
      };
      const how = { stream, nextRun: true, backPressure: true, buffers, signal: stop };
      const events = (await openFrames(url, how))[Symbol.asyncIterator]();
      ready();
      const { value: begin } = await events.next();
      if (begin?.kind !== "begin") return null;
      try {
        const work = async (store: Store): Promise<Report> => {
          const recording = new Recording(store, { path, configuration, stream, runId: begin.runId, ofBridge: true });
          try {
            const { width, height, pixelType } = begin;
            const bytes = width * height * bytesPerPixel[pixelType];
            if (bytes !== recording.frameBytes)
              throw new Error(`The frames are ${width} x ${height} ${pixelType}, and others than were set up.`);
            pixels = core.allocate(bytes);
            const into = pixels;
            // The run has begun, and fits: only now what stands there goes.
            if (replace) await (await OpfsTree.open()).remove(path);
            await store.drain();
            return await this.#whileServed(store, path, () =>
              recordStream(begun(begin, events), recording, into, stop, tell),
            );
          } finally {
            if (pixels) core.release(pixels);
            recording.close();
          }
        };
        return await inStore(core, path, work, replace);
      } finally {
        // Who records no more takes no more.
        await events.return(undefined);
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
  async recover(coreUrl: string, path: string): Promise<Recovery | null> {
    const core = await this.#load(coreUrl);
    return withStore(core, path, (store) => store.recover(path));
  }

  #record(
    coreUrl: string,
    { path, configuration, stream }: RecordingPlace,
    work: (core: Core, recording: Recording, stop: AbortSignal) => Promise<Report>,
  ): Promise<Report> {
    return this.#alone(coreUrl, path, (core, stop) =>
      inStore(core, path, async (store) => {
        const runId = crypto.randomUUID().replaceAll("-", "");
        const recording = new Recording(store, { path, configuration, stream, runId });
        try {
          await store.drain();
          return await this.#whileServed(store, path, () => work(core, recording, stop));
        } finally {
          recording.close();
        }
      }),
    );
  }

  /** One recording at a time, with the right to write its dataset. */
  async #alone<T>(coreUrl: string, path: string, work: (core: Core, stop: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#stop) throw new Error("This recorder records already.");
    const { signal } = (this.#stop = new AbortController());
    try {
      const core = await this.#load(coreUrl);
      return await withRight(path, () => work(core, signal));
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
    this.#core ??= Core.fetch(url).catch((error: unknown) => {
      this.#core = null;
      throw error;
    });
    return this.#core;
  }
}

function laidOut(core: Core, configuration: Configuration, use: AccessPattern): Configuration {
  const video = configuration.video.map((one, stream) => {
    const { storage } = one;
    if (!storage.settings.acquisition_dimensions) return one;
    const { dimensions } = core.call<Suggestion>("suggest", { configuration, stream, use });
    return { ...one, storage: { ...storage, settings: { ...storage.settings, acquisition_dimensions: dimensions } } };
  });
  return { ...configuration, video };
}

/** What was looked at already, and what follows. */
async function* begun(begin: FrameEvent, events: AsyncGenerator<FrameEvent>): AsyncGenerator<FrameEvent> {
  yield begin;
  yield* events;
}
