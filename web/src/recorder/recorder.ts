import type { Configuration } from "@zarrcam/protocol";

import { SimulatedCamera } from "./camera.ts";
import { Core } from "./core.ts";
import { OpfsTree } from "./opfs-tree.ts";
import { recordCamera } from "./record-camera.ts";
import { Recording, type Report } from "./recording.ts";
import { Store } from "./store.ts";

/** What the recorder's worker does for the page. */
export class Recorder {
  #core: Promise<Core> | null = null;
  #stop: AbortController | null = null;

  /**
   * Records a stream of a configuration whose camera is a simulated one, to `path` in the browser's own storage.
   * @param coreUrl - where the page's `zarrcam.wasm` is.
   */
  async record(
    coreUrl: string,
    { path, configuration, stream }: { path: string; configuration: Configuration; stream: number },
    tell: (report: Report) => void,
  ): Promise<Report> {
    if (this.#stop) throw new Error("This recorder records already.");
    const { signal } = (this.#stop = new AbortController());
    try {
      const core = await this.#load(coreUrl);
      return await whileAlone(path, async () => {
        const store = await Store.open(core, await OpfsTree.open(), path);
        try {
          return await this.#recordTo(core, store, { path, configuration, stream }, signal, tell);
        } finally {
          store.close();
          // Of a run that failed in between; nobody else closes them.
          core.files.closeAll();
        }
      });
    } finally {
      this.#stop = null;
    }
  }

  /** Ends the run; what was captured is stored. */
  stop(): void {
    this.#stop?.abort();
  }

  /** Makes a dataset whole that was left open; `null`: nothing was to be done. */
  async recover(coreUrl: string, path: string): Promise<unknown> {
    const core = await this.#load(coreUrl);
    return whileAlone(path, async () => {
      const store = await Store.open(core, await OpfsTree.open(), path);
      try {
        return await store.recover(path);
      } finally {
        store.close();
        core.files.closeAll();
      }
    });
  }

  async #recordTo(
    core: Core,
    store: Store,
    request: { path: string; configuration: Configuration; stream: number },
    stop: AbortSignal,
    tell: (report: Report) => void,
  ): Promise<Report> {
    const video = request.configuration.video[request.stream];
    if (!video) throw new Error(`The configuration has no stream ${request.stream}.`);
    const { identifier, settings } = video.camera;
    const recording = new Recording(store, { ...request, runId: crypto.randomUUID().replaceAll("-", "") });
    const camera = new SimulatedCamera(core, identifier?.name ?? "", settings, video.frame_period_us ?? 0);
    try {
      await store.drain();
      return await recordCamera(core, camera, recording, stop, tell);
    } finally {
      camera.close();
      recording.close();
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

/** With the right to write a dataset, over all tabs of this origin. */
async function whileAlone<T>(path: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(`zarrcam ${path}`, { ifAvailable: true }, async (lock) => {
    if (!lock) throw new Error(`${path} is being written by another tab or window.`);
    return work();
  });
}
