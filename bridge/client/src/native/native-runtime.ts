import { resolve } from "node:path";

import {
  type Configuration,
  type CoreCalls,
  type Event,
  type Params,
  type PixelType,
  type PreviewFrame,
  type Result,
  type RuntimeEvents,
  type RuntimeMethodName,
  type Snapshot,
  type Validation,
  parsePreviewFrame,
} from "@zarrcam/protocol";

import { ZarrcamError, isZarrcamError } from "../errors.ts";
import { EventHub } from "../event-hub.ts";
import type { AvailableFrame, PreviewListener, PreviewRequest, PreviewSubscription } from "../previews.ts";
import { Runtime } from "../runtime.ts";
import { type AddonRuntime, fromAddonError, loadAddon } from "./addon.ts";
import type {
  FrameBytes,
  HostPreviewRequest,
  HostRuntime,
  LiveAnswer,
  LiveRange,
  PreviewPicture,
} from "./host-runtime.ts";
import { LocalPreview } from "./local-preview.ts";
import { writeSnapshot } from "./snapshot-file.ts";

/** Where a runtime in this process keeps data, and how it begins. */
export interface NativeRuntimeOptions {
  /** Folder under which relative `uri`s resolve, and which they may not leave. Default: none, they resolve under `workingDir`. */
  dataDir?: string;
  /** Folder under which relative paths resolve where there is no `dataDir`. Default: the process's working directory. */
  workingDir?: string;
  /** Whether the first configuration could record at once, as a page wants it; a script sets its own. Default false. */
  setUp?: boolean;
  /**
   * Network interfaces on which cameras are searched, `eth1` say; `all`: every one of this computer. Default: none, nothing is
   * sent to any network.
   */
  cameraInterfaces?: string[];
}

/** The runtime in this process. */
export class NativeRuntime extends Runtime implements HostRuntime {
  readonly dataDir: string;
  readonly #native: AddonRuntime;
  readonly #events = new EventHub<RuntimeEvents>();
  readonly #previews = new Set<LocalPreview>();
  #nextSubscription = 1;

  constructor({ dataDir, workingDir, setUp = false, cameraInterfaces = [] }: NativeRuntimeOptions = {}) {
    super();
    this.dataDir = resolve(dataDir ?? workingDir ?? ".");
    const { NativeRuntime: Native } = loadAddon();
    const options = {
      ...(dataDir === undefined ? {} : { data_dir: this.dataDir }),
      ...(workingDir === undefined ? {} : { working_dir: resolve(workingDir) }),
      set_up: setUp,
      camera_interfaces: cameraInterfaces,
    };
    try {
      this.#native = new Native(JSON.stringify(options), (json) => this.#onEvent(json));
    } catch (error) {
      throw fromAddonError(error);
    }
  }

  call<M extends RuntimeMethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    if (method === "save_snapshot") return this.#saveSnapshot(params as Params<"save_snapshot">);
    return this.#callCore(method, params);
  }
  override setConfiguration(
    configuration: Configuration,
    { revision, changedBy, onlyDataFolder }: { revision?: number; changedBy?: string; onlyDataFolder?: boolean } = {},
  ): Promise<Result<"set_configuration">> {
    return this.#callCore("set_configuration", {
      configuration,
      ...(revision === undefined ? {} : { revision }),
      ...(changedBy === undefined ? {} : { changed_by: changedBy }),
      ...(onlyDataFolder === undefined ? {} : { only_data_folder: onlyDataFolder }),
    });
  }
  override validate(
    configuration: Configuration,
    { storeHere = true, onlyDataFolder = false }: { storeHere?: boolean; onlyDataFolder?: boolean } = {},
  ): Promise<Validation> {
    const document = { configuration, store_here: storeHere };
    return this.#callCore("validate", onlyDataFolder ? { ...document, only_data_folder: true } : document);
  }

  async snap(stream = 0): Promise<PreviewFrame> {
    return parsePreviewFrame(await this.snapMessage(stream));
  }
  async snapMessage(stream: number): Promise<Uint8Array> {
    return (await wait(() => this.#native.snap(stream))).data;
  }

  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }
  events<E extends keyof RuntimeEvents>(event: E, { signal }: { signal?: AbortSignal } = {}) {
    return this.#events.iterate(event, signal);
  }
  subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription> {
    const preview = new LocalPreview(this, request, listener, () => this.#previews.delete(preview), onEnded);
    this.#previews.add(preview);
    return Promise.resolve(preview);
  }
  async nextPreview(
    { stream, maxWidth, maxHeight, region, endedRun = false, form, window }: HostPreviewRequest,
    after: number | null,
    signal: AbortSignal,
  ): Promise<PreviewPicture | null> {
    const picture = await this.#untilAborted(signal, (subscription) => {
      const size = { max_width: maxWidth, max_height: maxHeight, region: region ?? null };
      const request = { stream, subscription, ...size, ended_run: endedRun, ...form, window: window ?? null };
      return this.#native.nextPreview(JSON.stringify(request), after);
    });
    return picture && { message: picture.data, sequence: picture.sequence };
  }

  /** Ends with the signal, and when the runtime is closed. */
  async *getAvailableData(stream = 0, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<AvailableFrame> {
    let after: number | null = null;
    for (;;) {
      let frame: Awaited<ReturnType<AddonRuntime["nextFrame"]>> | null;
      try {
        frame = await this.#untilAborted(signal, (subscription) => this.#native.nextFrame(stream, after, subscription));
      } catch (error) {
        if (isZarrcamError(error, "closed")) return;
        throw error;
      }
      if (!frame) return;
      after = frame.sequence;
      yield {
        stream,
        hardwareFrameId: frame.hardwareId,
        frameIndex: frame.frameIndex,
        hardwareClockNs: frame.hardwareClockNs,
        unixMs: Number(frame.unixNs) / 1e6,
        width: frame.width,
        height: frame.height,
        pixelType: frame.pixelType as PixelType,
        pixels: frame.data,
        runNumber: frame.runNumber,
        skipped: frame.skipped,
      };
    }
  }

  async openFrames({
    stream,
    nextRun,
    backPressure,
  }: {
    stream: number;
    nextRun: boolean;
    backPressure: boolean;
  }): Promise<FrameBytes> {
    const request = JSON.stringify({ stream, next_run: nextRun, back_pressure: backPressure });
    const frames = await wait(() => this.#native.openFrames(request));
    return { read: (into) => wait(() => frames.read(into)), close: () => frames.close() };
  }

  async readLive(dataset: string, key: string, range: LiveRange): Promise<LiveAnswer> {
    const reading = await wait(() => this.#native.readLive(dataset, key, JSON.stringify(range)));
    const { kind, totalBytes: total_bytes, etag, immutable, body } = reading;
    switch (kind) {
      case "not_found":
        return { kind };
      case "out_of_range":
        return { kind, total_bytes, etag, immutable };
      case "found":
        return { kind, total_bytes, etag, immutable, body };
    }
  }

  async close(): Promise<void> {
    for (const preview of [...this.#previews]) preview.end();
    await wait(() => this.#native.close());
    this.#events.close();
  }

  async #callCore<M extends keyof CoreCalls>(
    method: M,
    params: CoreCalls[M]["params"],
  ): Promise<CoreCalls[M]["answer"]> {
    const json = asJson(params);
    return JSON.parse(await wait(() => this.#native.call(method, json))) as CoreCalls[M]["answer"];
  }

  async #saveSnapshot({ stream, name }: Params<"save_snapshot">): Promise<Snapshot> {
    const { resolved } = await this.validate(await this.getConfiguration());
    const pixelSizeUm = resolved[stream]?.pixel_size_um ?? [0, 0];
    return writeSnapshot(this.dataDir, await this.snap(stream), pixelSizeUm, name);
  }

  /** A wait of the core's with a number of its own, by which the signal can end it; null: it did. */
  async #untilAborted<T>(
    signal: AbortSignal | undefined,
    ask: (subscription: number) => Promise<T>,
  ): Promise<T | null> {
    if (signal?.aborted) return null;
    const subscription = this.#nextSubscription++ % 0x1_0000_0000;
    const cancel = () => this.#native.cancelPreviews(subscription);
    signal?.addEventListener("abort", cancel);
    try {
      return await wait(() => ask(subscription));
    } catch (error) {
      if (isZarrcamError(error, "cancelled")) return null;
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  #onEvent(json: string): void {
    const { event, ...data } = JSON.parse(json) as Event;
    this.#events.emit(event, data);
  }
}

/** Of parameters of which one, a document, may hold anything. */
function asJson(params: object): string {
  try {
    return JSON.stringify(params);
  } catch (cause) {
    const why = cause instanceof RangeError ? "it is nested too deep" : (cause as Error).message;
    throw new ZarrcamError("invalid_params", `configuration: ${why}.`, { path: "configuration", cause });
  }
}

/** What the addon throws at once, and what it rejects with later, alike. */
async function wait<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw fromAddonError(error);
  }
}
