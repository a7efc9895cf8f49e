import type { DatasetInfo, LeftOut, LossPage, Recovery, VideoStream } from "@zarrcam/protocol";
import { type Remote, releaseProxy, transfer, wrap } from "comlink";

import { GoneError, LivePort } from "../live-port/live-port.ts";
import { coreUrl } from "../recorder/core-url.ts";
import type { Datasets } from "./datasets.ts";

/** What the browser's own storage has room for. */
export interface StorageUsage {
  /** By this page, whatever it stores. */
  usedBytes: number;
  /** What the browser lets the page use, `usedBytes` included. It is an estimate: the disk may be full before. */
  quotaBytes: number;
  /** Whether the browser keeps it until the user deletes it; false: it may clear it when its disk gets full. */
  persisted: boolean;
}

/** Whoever records a dataset in this page: its worker answers over the ports that it is given. */
export type LiveServing = (port: MessagePort) => void;

/** Where archives are put together before they are downloaded. */
const EXPORTS = "exports";

/** What a recording of this page is asked for and does not answer is asked of its files. */
const ANSWER_MS = 2000;

/** The datasets in the browser's own storage. A name is a path in it, without the first slash: `embryo.zarr`. */
export class BrowserDatasets {
  #worker: Worker | null = null;
  #datasets: Remote<Datasets> | null = null;
  readonly #recordings = new Map<string, LiveServing>();
  readonly #ports = new Map<string, LivePort>();
  #leftOut: LeftOut[] = [];

  /** Why there are none in this browser, in a sentence; null: there may be. */
  static unavailable(): string | null {
    if (!globalThis.isSecureContext)
      return "This page was not loaded over https or from this computer, so the browser gives it no storage of its own.";
    if (typeof navigator.storage?.getDirectory !== "function" || !("locks" in navigator))
      return "This browser has no storage of its own for pages (OPFS): recordings cannot be kept in it.";
    return null;
  }

  async list(): Promise<DatasetInfo[]> {
    // Most browsers have none: they need no worker and no core to say so.
    if (!this.#worker && !(await hasFolders())) return [];
    const { datasets, leftOut } = await this.#remote.list(coreUrl());
    this.#leftOut = leftOut;
    return Promise.all(datasets.map((info) => this.#asRecorded(info)));
  }
  /** What the last `list` left out, and why. */
  leftOut(): LeftOut[] {
    return this.#leftOut;
  }

  async info(name: string): Promise<DatasetInfo> {
    return this.#asRecorded(await this.#remote.info(coreUrl(), name));
  }
  async losses(name: string, from = 0, count = 1000): Promise<LossPage> {
    const said = await this.#askRecording<LossPage>(name, { losses: { from, count } });
    return said ?? this.#remote.losses(coreUrl(), name, from, count);
  }
  /** The stream that it was recorded with. */
  settings(name: string): Promise<VideoStream> {
    return this.#remote.settings(coreUrl(), name);
  }
  /** Makes a dataset whole that was left open. */
  recover(name: string): Promise<Recovery> {
    return this.#remote.recover(coreUrl(), name);
  }
  /** Deletes a dataset, for good. One that is being recorded stays. */
  remove(name: string): Promise<void> {
    return this.#remote.remove(name);
  }

  async usage(): Promise<StorageUsage> {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    const persisted = await navigator.storage.persisted().catch(() => false);
    return { usedBytes: usage, quotaBytes: quota, persisted };
  }
  /** Asks the browser to keep what is stored; it may ask the user, or decide by itself. @returns whether it does */
  persist(): Promise<boolean> {
    return navigator.storage.persist();
  }

  /**
   * A recording of this page has begun. While it goes on its own worker answers what is asked of the dataset.
   * @returns a function that says that it has ended
   */
  recording(name: string, serve: LiveServing): () => void {
    this.#recordings.set(name, serve);
    return () => {
      if (this.#recordings.get(name) === serve) this.#recordings.delete(name);
    };
  }

  /** A port (`live-port`) to whoever has the dataset: the worker that records it, or else that of the datasets. */
  connect(name: string): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const serve = this.#recordings.get(name);
    if (serve) serve(port2);
    else void this.#remote.serveLive(coreUrl(), name, transfer(port2, [port2]));
    return port1;
  }

  dispose(): void {
    this.#datasets?.[releaseProxy]();
    this.#worker?.terminate();
  }

  /** Of a recording of this page its own worker knows best. */
  async #asRecorded(info: DatasetInfo): Promise<DatasetInfo> {
    const said = await this.#askRecording<DatasetInfo>(info.name, { info: { bytes: info.bytes } });
    return said ?? info;
  }

  async #askRecording<T>(name: string, question: { info: object } | { losses: { from: number; count: number } }) {
    if (!this.#recordings.has(name)) return null;
    let port = this.#ports.get(name);
    if (!port || port.isGone) {
      port = new LivePort(this.connect(name));
      this.#ports.set(name, port);
    }
    try {
      return await port.ask<T>(question, AbortSignal.timeout(ANSWER_MS));
    } catch (error) {
      if (error instanceof GoneError || error instanceof DOMException) return null;
      throw error;
    }
  }

  get #remote(): Remote<Datasets> {
    const refusal = BrowserDatasets.unavailable();
    if (refusal !== null) throw new Error(refusal);
    this.#worker ??= new Worker(new URL("./datasets.worker.ts", import.meta.url), {
      type: "module",
      name: "zarrcam datasets",
    });
    return (this.#datasets ??= wrap<Datasets>(this.#worker));
  }
}

async function hasFolders(): Promise<boolean> {
  const root = await navigator.storage.getDirectory();
  for await (const [name, entry] of root.entries()) if (entry.kind === "directory" && name !== EXPORTS) return true;
  return false;
}
