/* eslint-disable @typescript-eslint/require-await -- async throughout: what the addon throws at once must reject as well */
import { resolve } from "node:path";

import {
  type AppliedConfiguration,
  type Capabilities,
  type Configuration,
  type DatasetInfo,
  type DeviceIdentifier,
  type DeviceInfo,
  type DeviceKind,
  type Event,
  type LeftOut,
  type LossPage,
  type PixelType,
  type PreviewFrame,
  type Recovery,
  type RunSummary,
  type RuntimeEvents,
  type RuntimeState,
  type Snapshot,
  type SpeedReport,
  type Started,
  type Stats,
  type Suggestion,
  type Use,
  type Validation,
  type VideoStream,
  parsePreviewFrame,
} from "@zarrcam/protocol";

import { DeviceManager } from "../device-manager.ts";
import { ZarrcamError, isZarrcamError } from "../errors.ts";
import { EventHub } from "../event-hub.ts";
import { iteratePreviews } from "../preview-iterator.ts";
import type {
  AvailableFrame,
  PreviewListener,
  PreviewRequest,
  PreviewSubscription,
  StartOptions,
  StartedRun,
} from "../runtime.ts";
import { type AddonRuntime, fromAddonError, loadAddon } from "./addon.ts";
import type { HostRuntime, LiveAnswer, LiveRange, PreviewPicture } from "./host-runtime.ts";
import { LocalPreview } from "./local-preview.ts";
import { writeSnapshot } from "./snapshot-file.ts";

export interface NativeRuntimeOptions {
  /** Relative `uri`s resolve under it and may not leave it. Default: none, they resolve under `workingDir`. */
  dataDir?: string;
  /** Default: the process's. */
  workingDir?: string;
  /** It begins with a configuration that could record at once: what a page wants, and a script sets itself. Default false. */
  setUp?: boolean;
}

/** The runtime in this process. */
export class NativeRuntime implements HostRuntime {
  readonly dataDir: string;
  readonly #native: AddonRuntime;
  readonly #events = new EventHub<RuntimeEvents>();
  readonly #previews = new Set<LocalPreview>();
  #nextSubscription = 1;

  constructor({ dataDir, workingDir, setUp = false }: NativeRuntimeOptions = {}) {
    this.dataDir = resolve(dataDir ?? workingDir ?? ".");
    const { NativeRuntime: Native } = loadAddon();
    const options = {
      ...(dataDir === undefined ? {} : { data_dir: this.dataDir }),
      ...(workingDir === undefined ? {} : { working_dir: resolve(workingDir) }),
      set_up: setUp,
    };
    this.#native = sync(() => new Native(JSON.stringify(options), (json) => this.#onEvent(json)));
  }

  deviceManager(): DeviceManager {
    return new DeviceManager(this);
  }
  async devices(kind?: DeviceKind): Promise<DeviceInfo[]> {
    const devices = sync(() => read<DeviceInfo[]>(this.#native.devices()));
    return kind ? devices.filter((device) => device.identifier.kind === kind) : devices;
  }
  async select(kind: DeviceKind, name?: string): Promise<DeviceIdentifier | null> {
    return sync(() => readOrNull(this.#native.select(kind, name ?? null)));
  }
  async selectOneOf(kind: DeviceKind, names: string[]): Promise<DeviceIdentifier | null> {
    return sync(() => readOrNull(this.#native.selectOneOf(kind, names)));
  }

  async getConfiguration(): Promise<Configuration> {
    return (await this.getRevision()).configuration;
  }
  async getRevision(): Promise<AppliedConfiguration> {
    return sync(() => read(this.#native.configuration()));
  }
  async setConfiguration(
    configuration: Configuration,
    { revision, changedBy }: { revision?: number; changedBy?: string } = {},
  ): Promise<AppliedConfiguration> {
    const json = asJson(configuration);
    return read(await wait(() => this.#native.setConfiguration(json, revision ?? null, changedBy ?? null)));
  }
  async getCapabilities(): Promise<Capabilities> {
    return sync(() => read(this.#native.capabilities()));
  }
  async validate(configuration: Configuration): Promise<Validation> {
    return read(await wait(() => this.#native.validate(asJson(configuration))));
  }
  async suggest(stream: number, use: Use): Promise<Suggestion> {
    return read(await wait(() => this.#native.suggest(stream, use)));
  }
  async nextName(uri: string, taken: readonly string[]): Promise<string> {
    return wait(() => this.#native.nextName(uri, [...taken]));
  }

  async start({
    record = true,
    nextNames = false,
    replaceForeignFiles = false,
  }: StartOptions = {}): Promise<StartedRun> {
    const how = JSON.stringify({ record, next_names: nextNames, replace_foreign_files: replaceForeignFiles });
    const { run_id: runId, run_number: runNumber } = read<Started>(await wait(() => this.#native.start(how)));
    return { runId, runNumber };
  }
  async stop(): Promise<RunSummary> {
    return read(await wait(() => this.#native.stop()));
  }
  async abort(): Promise<RunSummary> {
    return read(await wait(() => this.#native.abort()));
  }
  async giveUp(): Promise<RunSummary> {
    return read(await wait(() => this.#native.giveUp()));
  }
  async measureSpeed(): Promise<SpeedReport> {
    return read(await wait(() => this.#native.measureSpeed()));
  }
  async getSpeed(): Promise<SpeedReport | null> {
    return sync(() => read(this.#native.speed()));
  }
  async snap(stream = 0): Promise<PreviewFrame> {
    return parsePreviewFrame(await this.snapMessage(stream));
  }
  async snapMessage(stream: number): Promise<Uint8Array> {
    return (await wait(() => this.#native.snap(stream))).data;
  }
  async saveSnapshot(stream = 0, name?: string): Promise<Snapshot> {
    const { meanings } = await this.validate(await this.getConfiguration());
    const pixelSizeUm = meanings[stream]?.pixel_size_um ?? [0, 0];
    return writeSnapshot(this.dataDir, await this.snap(stream), pixelSizeUm, name);
  }
  async executeTrigger(stream = 0): Promise<void> {
    sync(() => this.#native.executeTrigger(stream));
  }

  async getState(): Promise<RuntimeState> {
    return sync(() => this.#native.state()) as RuntimeState;
  }
  async getStats(): Promise<Stats> {
    return sync(() => read(this.#native.stats()));
  }
  async getLosses(
    stream: number,
    { from = 0, count = 1000 }: { from?: number; count?: number } = {},
  ): Promise<LossPage> {
    return sync(() => read(this.#native.losses(stream, from, count)));
  }

  on<E extends keyof RuntimeEvents>(event: E, listener: (data: RuntimeEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }
  events<E extends keyof RuntimeEvents>(event: E, { signal }: { signal?: AbortSignal } = {}) {
    return this.#events.iterate(event, signal);
  }
  async subscribePreview(
    request: PreviewRequest,
    listener: PreviewListener,
    onEnded?: () => void,
  ): Promise<PreviewSubscription> {
    const preview = new LocalPreview(this, request, listener, () => this.#previews.delete(preview), onEnded);
    this.#previews.add(preview);
    return preview;
  }
  previews(request: PreviewRequest, { signal }: { signal?: AbortSignal } = {}) {
    return iteratePreviews(this, request, signal);
  }

  async nextPreview(
    { stream, maxWidth, maxHeight, region, endedRun = false }: PreviewRequest,
    after: number | null,
    signal: AbortSignal,
  ): Promise<PreviewPicture | null> {
    const picture = await this.#untilAborted(signal, (subscription) => {
      const size = { max_width: maxWidth, max_height: maxHeight, region: region ?? null };
      const request = { stream, subscription, ...size, ended_run: endedRun };
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
        place: frame.place,
        hardwareClockNs: frame.hardwareClockNs,
        hostClockMs: Number(frame.hostClockNs) / 1e6,
        width: frame.width,
        height: frame.height,
        pixelType: frame.pixelType as PixelType,
        pixels: frame.data,
        runNumber: frame.runNumber,
        skipped: frame.skipped,
      };
    }
  }

  async listDatasets(): Promise<DatasetInfo[]> {
    return read(await wait(() => this.#native.datasets()));
  }
  async getLeftOutDatasets(): Promise<LeftOut[]> {
    return read(await wait(() => this.#native.datasetsLeftOut()));
  }
  async getDatasetInfo(name: string): Promise<DatasetInfo> {
    return read(await wait(() => this.#native.datasetInfo(name)));
  }
  async getDatasetLosses(
    name: string,
    { from = 0, count = 1000 }: { from?: number; count?: number } = {},
  ): Promise<LossPage> {
    return read(await wait(() => this.#native.datasetLosses(name, from, count)));
  }
  async getDatasetSettings(name: string): Promise<VideoStream | null> {
    return read(await wait(() => this.#native.datasetSettings(name)));
  }
  async recoverDataset(name: string): Promise<Recovery> {
    return read(await wait(() => this.#native.recover(name)));
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
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
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

/** Of a document that may hold anything. */
function asJson(configuration: Configuration): string {
  try {
    return JSON.stringify(configuration);
  } catch (cause) {
    const why = cause instanceof RangeError ? "it is nested too deep" : (cause as Error).message;
    throw new ZarrcamError("invalid_params", `configuration: ${why}.`, { path: "configuration", cause });
  }
}

function read<T>(json: string): T {
  return JSON.parse(json) as T;
}
function readOrNull<T>(json: string | null): T | null {
  return json === null ? null : read<T>(json);
}
function sync<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw fromAddonError(error);
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
