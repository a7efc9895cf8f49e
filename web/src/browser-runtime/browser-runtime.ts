import { availableFrame, EventHub, iteratePreviews } from "@zarrcam/client/parts";
import {
  type AvailableFrame,
  type ConnectedRuntime,
  type ConnectionChange,
  DisconnectedError,
  type PreviewListener,
  type PreviewRequest,
  type PreviewSubscription,
  Runtime,
  errorFromData,
} from "@zarrcam/client/remote";
import {
  type DeviceIdentifier,
  type Hello,
  MAX_PREVIEW_SIDE_PX,
  type Params,
  type PreviewFrame,
  type Result,
  type RuntimeEvents,
  type RuntimeMethodName,
  type StreamStats,
  parsePreviewFrame,
} from "@zarrcam/protocol";
import { type Remote, releaseProxy, transfer, wrap } from "comlink";

import { chooseUsbCamera, serveCameras, usb3visionUrl } from "../cameras/page.ts";
import type { BrowserDatasets } from "../browser-datasets/index.ts";
import { PortPreviews } from "../previews/port-previews.ts";
import { coreUrl } from "../recorder/core-url.ts";
import { askDatasets } from "./dataset-calls.ts";
import { keptDocument, keepDocument } from "./kept-document.ts";
import type { Answer, FromRuntime, RuntimeWorker } from "./messages.ts";

/** The page itself answers. */
const VERSION = "in this browser";

/** The runtime that lives in this page: its cameras, and the browser's own storage. */
export class BrowserRuntime extends Runtime implements ConnectedRuntime {
  readonly #events = new EventHub<RuntimeEvents>();
  readonly #connections = new EventHub<{ change: ConnectionChange }>();
  readonly #worker: Worker;
  readonly #remote: Remote<RuntimeWorker>;
  #previews: PortPreviews | null = null;
  #served: { close(): void } | null = null;
  #hello!: Hello;
  #gone: DisconnectedError | null = null;
  readonly #pending = new Set<(reason: DisconnectedError) => void>();

  readonly #datasets: BrowserDatasets;
  /** By the names of what is being recorded: it is no more. */
  readonly #recordings = new Map<string, () => void>();

  private constructor(datasets: BrowserDatasets) {
    super();
    this.#datasets = datasets;
    this.#worker = new Worker(new URL("./runtime.worker.ts", import.meta.url), {
      type: "module",
      name: "zarrcam cameras",
    });
    this.#remote = wrap<RuntimeWorker>(this.#worker);
    this.#worker.addEventListener("error", ({ message }) => this.#end(message));
  }

  /** @param datasets what it records is among them, and is looked at by them */
  static async open(datasets: BrowserDatasets): Promise<BrowserRuntime> {
    const runtime = new BrowserRuntime(datasets);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<FromRuntime>) => runtime.#receive(data);
    const cameras = new MessageChannel();
    runtime.#served = serveCameras(cameras.port1);
    const request = { coreUrl: coreUrl(), usb3visionUrl: usb3visionUrl(), version: VERSION, kept: keptDocument() };
    try {
      runtime.#hello = await runtime.#ask(
        runtime.#remote.open(request, transfer(port2, [port2]), transfer(cameras.port2, [cameras.port2])),
      );
    } catch (error) {
      runtime.#served.close();
      runtime.#worker.terminate();
      throw error;
    }
    return runtime;
  }

  get hello(): Hello {
    return this.#hello;
  }

  async call<M extends RuntimeMethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (method.startsWith("datasets.")) return (await askDatasets(this.#datasets, method, params)) as Result<M>;
    return (await this.#ask(this.#remote.call(method, params))) as Result<M>;
  }
  async snap(stream = 0): Promise<PreviewFrame> {
    return parsePreviewFrame(await this.#ask(this.#remote.snap(stream)));
  }

  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }
  events<E extends keyof RuntimeEvents>(event: E, { signal }: { signal?: AbortSignal } = {}) {
    return this.#events.iterate(event, signal);
  }
  /** It breaks where its worker does, and does not come back by itself. */
  onConnection(listener: (change: ConnectionChange) => void): () => void {
    return this.#connections.on("change", listener);
  }
  /** There is one connection, whose `hello` is the first. */
  onHello(): () => void {
    return () => undefined;
  }

  /** Lets the user give this page a USB camera, which a click must ask for; `null`: none was chosen. Throws a sentence. */
  async addUsbCamera(): Promise<DeviceIdentifier | null> {
    const name = await chooseUsbCamera();
    if (name === null) return null;
    await this.#remote.camerasChanged();
    const devices = await this.call("devices", { kind: "Camera" });
    return devices.find(({ identifier }) => identifier.name === name)?.identifier ?? null;
  }

  /** A port by which its live pictures come: for a worker that draws. */
  picturesPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    void this.#remote.connectPictures(transfer(port1, [port1]));
    return port2;
  }
  subscribePreview(request: PreviewRequest, listener: PreviewListener): Promise<PreviewSubscription> {
    this.#previews ??= new PortPreviews(this.picturesPort());
    return this.#previews.subscribePreview(request, listener);
  }
  async *getAvailableData(stream = 0, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<AvailableFrame> {
    const request = { stream, maxWidth: MAX_PREVIEW_SIDE_PX, maxHeight: MAX_PREVIEW_SIDE_PX, endedRun: true };
    for await (const frame of iteratePreviews(this, request, signal)) yield availableFrame(frame);
  }

  /** A run is ended, and what was captured is stored. */
  async close(): Promise<void> {
    if (!this.#gone) await this.#remote.close();
    this.#served?.close();
    this.#remote[releaseProxy]();
    this.#worker.terminate();
    this.#events.close();
    this.#connections.close();
  }

  #receive(event: FromRuntime): void {
    const { event: name, ...data } = event;
    if (event.event === "configuration") keepDocument(event.configuration);
    if (event.event === "stats" && event.state === "Running") this.#serve(event.streams);
    if (event.event === "run_ended") this.#serveNothing();
    this.#events.emit(name, data);
  }

  #serve(streams: readonly StreamStats[]): void {
    for (const { path } of streams) {
      const name = path?.slice(1);
      if (name === undefined || this.#recordings.has(name)) continue;
      const serve = (port: MessagePort) => void this.#remote.serveLive(name, transfer(port, [port]));
      this.#recordings.set(name, this.#datasets.recording(name, serve));
    }
  }
  #serveNothing(): void {
    for (const ended of this.#recordings.values()) ended();
    this.#recordings.clear();
  }

  /** A worker that is gone answers nothing more. */
  async #ask<T>(answer: Promise<Answer<T>>): Promise<T> {
    if (this.#gone) throw this.#gone;
    let end: (reason: DisconnectedError) => void = () => undefined;
    const gone = new Promise<never>((_, reject) => (end = reject));
    this.#pending.add(end);
    try {
      const said = await Promise.race([answer, gone]);
      if ("ok" in said) return said.ok;
      const { code, message, path, problems } = said.refused;
      throw errorFromData(code, message, { path: path ?? undefined, problems });
    } finally {
      this.#pending.delete(end);
    }
  }

  #end(why: string): void {
    const reason = new DisconnectedError(
      `The cameras of this browser stopped (${why}). What was stored is kept; reload the page, and recover the dataset.`,
    );
    this.#gone = reason;
    this.#served?.close();
    this.#serveNothing();
    for (const reject of this.#pending) reject(reason);
    this.#connections.emit("change", { state: "closed", reason });
  }
}
