// Longer than the rest: what the runtime does is one thing at a time, and each method is one step of it.
import type {
  AppliedChange,
  AppliedConfiguration,
  Configuration,
  DeviceInfo,
  Hello,
  LogLevel,
  LossPage,
  Problem,
  RunSummary,
  RuntimeState,
  Started,
  Stats,
  Suggestion,
  Validation,
} from "@zarrcam/protocol";

import type { BrowserDriver } from "../cameras/browser-camera.ts";
import { leave } from "../live-port/live-server.ts";
import type { Core } from "../recorder/core.ts";
import type { DatasetsPlace } from "./datasets-place.ts";
import type { Pictures } from "./pictures.ts";
import type { FromRuntime } from "./messages.ts";
import { RefusedError } from "./refusal.ts";
import { NO_RUN, type Session, failureOf, summaryOf } from "./session.ts";
import { RuntimeLog } from "./runtime-log.ts";
import { type HowToStart, isActive, openCameras, prepareStreams } from "./start-run.ts";
import type { StreamRun } from "./stream-run.ts";

/** Statistics are sent so often. */
const TICK_MS = 250;
/** A snap waits no longer for its frame. */
const SNAP_MS = 10_000;

export interface LocalRuntimeParts {
  core: Core;
  /** Of zarrcam. */
  version: string;
  drivers: readonly BrowserDriver[];
  /** Tells the core of the cameras that JavaScript drives, as they are now. Asks the user nothing. */
  learnCameras(): Promise<void>;
  /** Tells when they come and go, or can do something else than before. */
  watchCameras(changed: () => void): Promise<void>;
  pictures: Pictures;
  place: DatasetsPlace | null;
  /** Why nothing can be stored here, in a sentence; null: it can. */
  lack: string | null;
  /** The document that the page kept over its reload; null: none. */
  kept: unknown;
  /** What should be known of the room that there is; null: nothing. */
  remark: string | null;
  readonly emit: (event: FromRuntime) => void;
}

interface StartParams {
  record: boolean;
  next_names?: boolean;
  replace_foreign_files?: boolean;
}

/** What a document asks of the cameras, for whoever wants to know whether they have to start anew. */
const cameraPart = ({ video }: Configuration): string =>
  JSON.stringify(video.map(({ camera, frame_period_us }) => [camera, frame_period_us]));

/** Cameras of this page, their configuration, and the run that goes on: what the bridge's runtime is for a camera computer. */
export class LocalRuntime {
  readonly #parts: LocalRuntimeParts;
  readonly #log = new RuntimeLog();
  #session: Session | null = null;
  #last: Session | null = null;
  /** A run failed when nobody waited: the next stop says so. */
  #unreported: { code: "camera" | "storage" | "internal"; message: string } | null = null;
  #runNumber = 0;
  #freeBytes: number | null = null;
  /** Calls that may not overlap, one after the other. */
  #exclusive: Promise<unknown> = Promise.resolve();

  private constructor(parts: LocalRuntimeParts) {
    this.#parts = parts;
  }

  static async open(parts: LocalRuntimeParts): Promise<LocalRuntime> {
    const runtime = new LocalRuntime(parts);
    await parts.learnCameras();
    await parts.watchCameras(() => void runtime.camerasChanged());
    parts.core.call("restore_configuration", { configuration: parts.kept, shelf: await runtime.#shelf() });
    runtime.#tellDrivers();
    for (const text of [parts.lack, parts.remark]) if (text !== null) runtime.#say("warning", text);
    return runtime;
  }

  /** All that a page needs to draw itself. */
  async hello(): Promise<Hello> {
    const { configuration, revision } = this.#applied;
    return {
      version: this.#parts.version,
      client: "page",
      data_dir: "/",
      configuration,
      revision,
      state: this.#state,
      stats: this.#stats(),
      last_run: this.#last?.records ? summaryOf(this.#last) : null,
      speed: null,
      devices: await this.#devices(),
      log: this.#log.entries,
    };
  }

  /** What `Runtime.call` carries out, by the same names. */
  async call(method: string, params: object): Promise<unknown> {
    const { core } = this.#parts;
    switch (method) {
      case "devices": {
        const { kind } = params as { kind?: string };
        return (await this.#devices()).filter(({ identifier }) => kind === undefined || identifier.kind === kind);
      }
      case "refresh_devices":
        return { devices: await this.#devices(), advice: [] };
      case "camera.features":
        return [];
      case "select":
      case "select_one_of":
      case "get_configuration":
      case "get_capabilities":
        return core.call(method, params);
      case "set_configuration":
        return this.#alone(() => this.#setConfiguration(params as { configuration: object; revision?: number }));
      case "validate": {
        // Where else it might be stored is a question to a camera computer: what is recorded here stays here.
        const { configuration } = params as { configuration: object };
        return core.call<Validation>("validate", { configuration, shelf: await this.#shelf() });
      }
      case "suggest":
        return core.call<Suggestion>("suggest", { ...params, configuration: this.#applied.configuration });
      case "next_name":
        return { name: core.call<string>("next_name", { ...params, shelf: await this.#shelf() }) };
      case "start":
        return this.#alone(() => this.#start(params as StartParams));
      case "stop":
        return this.#stop("finish");
      case "abort":
        return this.#stop("now");
      case "give_up":
        return this.#stop("give_up");
      case "execute_trigger":
        this.#streamRun((params as { stream: number }).stream).trigger();
        return {};
      case "get_state":
        return { state: this.#state };
      case "get_stats":
        return this.#stats();
      case "get_losses":
        return this.#losses(params as { stream: number; from?: number; count?: number });
      case "get_speed":
        return null;
      case "measure_speed":
        throw new RefusedError(
          "invalid_params",
          "This browser does not measure its speed; record a short run, and look at Rates.",
        );
      case "save_snapshot":
        throw new RefusedError(
          "invalid_params",
          "This browser saves no TIFF. Record a run of one frame, or save the picture as shown (PNG).",
        );
    }
    throw new RefusedError("invalid_params", `There is no call "${method}".`);
  }

  /** One frame, at full resolution, as the message of a preview; nothing is saved. */
  snap(stream: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#alone(async () => {
      this.#checkNotRecording("snap");
      const { pictures } = this.#parts;
      const runs = this.#session;
      if (!runs) await this.#begin({ record: false, only: stream });
      const timer = setTimeout(() => pictures.cancelSnaps(), SNAP_MS);
      try {
        const message = await pictures.snap(stream);
        if (!message) throw new RefusedError("camera", "The camera gave no frame; does it wait for a trigger?");
        return message;
      } finally {
        clearTimeout(timer);
        if (!runs) await this.#end("now");
      }
    });
  }

  /** Answers what is asked of a dataset that is being recorded. */
  serveLive(name: string, port: MessagePort): void {
    const run = this.#session?.streams.find(({ path }) => path === `/${name}`);
    if (run) run.serveLive(port);
    else leave(port);
  }

  connectPictures(port: MessagePort): void {
    this.#parts.pictures.connect(port);
  }

  /** Cameras came or went, or can do something else than before. */
  async camerasChanged(): Promise<void> {
    this.#parts.emit({ event: "devices", devices: await this.#devices() });
  }

  /** Ends what goes on, and stores what was captured. */
  async close(): Promise<void> {
    await this.#end("now");
  }

  get #applied(): AppliedConfiguration {
    return this.#parts.core.call("get_configuration");
  }

  get #state(): RuntimeState {
    if (this.#session) return this.#session.records ? "Running" : "Previewing";
    return this.#applied.configuration.video.some(isActive) ? "Armed" : "AwaitingConfiguration";
  }

  async #devices(): Promise<DeviceInfo[]> {
    await this.#parts.learnCameras();
    return this.#parts.core.call<DeviceInfo[]>("devices");
  }

  /** The cameras that the document names, and their settings. */
  #tellDrivers(): void {
    const wanted = this.#applied.configuration.video.map(({ camera, frame_period_us }) => ({
      name: camera.identifier?.name ?? "",
      settings: camera.settings,
      framePeriodUs: frame_period_us ?? 0,
    }));
    for (const driver of this.#parts.drivers) driver.use?.(wanted);
  }

  async #shelf() {
    const shelf = (await this.#parts.place?.shelf()) ?? { names: [], free_bytes: 0 };
    this.#freeBytes = shelf.free_bytes;
    return shelf;
  }

  async #lookAtRoom(): Promise<void> {
    this.#freeBytes = (await this.#parts.place?.freeBytes()) ?? null;
  }

  /** After what goes on now. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#exclusive.then(work, work);
    this.#exclusive = done.catch(() => undefined);
    return done;
  }

  #checkNotRecording(wanted: string): void {
    if (this.#session?.records)
      throw new RefusedError("already_running", `A recording is running; ${wanted} when it has ended.`);
  }

  async #setConfiguration({ configuration, revision }: { configuration: object; revision?: number }) {
    this.#checkNotRecording("change the configuration");
    const { core } = this.#parts;
    const before = cameraPart(this.#applied.configuration);
    const params = { configuration, revision: revision ?? null, changed_by: "page", shelf: await this.#shelf() };
    const { changed, ...applied } = core.call<AppliedChange & { changed: boolean }>("set_configuration", params);
    if (changed) {
      this.#emitConfiguration("page");
      if (this.#session && cameraPart(applied.configuration) !== before) {
        await this.#end("now");
        if (applied.configuration.video.some(isActive)) await this.#begin({ record: false });
      } else this.#emitState();
      this.#tellDrivers();
    }
    return applied;
  }

  async #start({ record, next_names = false, replace_foreign_files = false }: StartParams): Promise<Started> {
    this.#checkNotRecording("start again");
    if (!record && this.#session) throw new RefusedError("already_running", "The preview is running already.");
    const { core } = this.#parts;
    if (!this.#applied.configuration.video.some(isActive))
      throw new RefusedError("not_configured", "No stream is configured; choose a camera first.");
    let paths: (string | null)[] = [];
    if (record) {
      const cleared = core.call<{ problems: Problem[]; paths: (string | null)[] }>("recording_problems", {
        shelf: await this.#shelf(),
      });
      for (const { message } of cleared.problems) this.#say("warning", message);
      ({ paths } = cleared);
    } else core.call("camera_problems");
    return this.#begin({ record, paths, nextNames: next_names, replaceForeignFiles: replace_foreign_files });
  }

  /** Stores that are open, cameras that run; a start that fails leaves nothing behind. */
  async #begin(how: HowToStart & { nextNames?: boolean }): Promise<Started> {
    const { configuration } = this.#applied;
    const runId = crypto.randomUUID().replaceAll("-", "");
    const runNumber = ++this.#runNumber;
    const streams: StreamRun[] = [];
    try {
      const ids = { runId, runNumber };
      const say = (level: LogLevel, text: string, stream: number) => this.#say(level, text, stream);
      for await (const stream of prepareStreams(this.#parts, configuration, how, ids, say)) streams.push(stream);
      // All that may fail before the preview has to end.
      await this.#end("now");
      return await this.#launch(
        { ...ids, records: how.record, nextNames: how.nextNames ?? false, streams, ended: Promise.resolve() },
        configuration,
        how.only !== undefined,
      );
    } catch (error) {
      for (const stream of streams) await stream.cancel();
      throw error;
    }
  }

  async #launch(session: Session, configuration: Configuration, quiet: boolean): Promise<Started> {
    const { pictures } = this.#parts;
    const cameras = await openCameras(this.#parts, session.streams, configuration);
    this.#last?.streams.forEach((stream) => stream.forget());
    this.#last = null;
    this.#session = session;
    pictures.begin();
    const runs = session.streams.map((stream, n) => {
      const camera = cameras[n];
      return camera ? stream.run(camera) : Promise.resolve();
    });
    if (!quiet) this.#emitState();
    const tick = setInterval(() => this.#tick(session), TICK_MS);
    if (!quiet) this.#tick(session);
    session.ended = Promise.all(runs).then(async () => {
      clearInterval(tick);
      await this.#ended(session, quiet);
    });
    return { run_id: session.runId, run_number: session.runNumber };
  }

  async #ended(session: Session, quiet: boolean): Promise<void> {
    const { core, emit, pictures } = this.#parts;
    pictures.cancelSnaps();
    this.#session = null;
    this.#last = session;
    this.#unreported = failureOf(session);
    if (quiet) return;
    emit({ event: "stats", ...this.#stats(session) });
    if (session.records) emit({ event: "run_ended", ...summaryOf(session) });
    if (session.records && session.nextNames) {
      const streams = session.streams.filter((run) => run.summary().path !== null).map(({ stream }) => stream);
      const params = { streams, shelf: await this.#shelf() };
      if (core.call<AppliedConfiguration | null>("count_names_on", params)) this.#emitConfiguration("runtime");
    }
    this.#emitState();
  }

  async #stop(request: "finish" | "now" | "give_up"): Promise<RunSummary> {
    const session = await this.#end(request);
    const failure = this.#unreported;
    this.#unreported = null;
    if (failure) throw new RefusedError(failure.code, failure.message);
    const told = session ?? this.#last;
    return told ? summaryOf(told) : NO_RUN;
  }

  /** Ends what goes on, and waits for it. */
  async #end(request: "finish" | "now" | "give_up"): Promise<Session | null> {
    const session = this.#session;
    if (!session) return null;
    // A preview has no end of its own.
    for (const stream of session.streams) stream.ask(session.records ? request : "now");
    await session.ended;
    return session;
  }

  #tick(session: Session): void {
    for (const stream of session.streams) stream.measure(this.#freeBytes);
    this.#parts.emit({ event: "stats", ...this.#stats(session) });
    if (session.records) void this.#lookAtRoom().catch(() => undefined);
  }

  #stats(session: Session | null = this.#session ?? this.#last): Stats {
    return {
      state: this.#state,
      unix_ms: Date.now(),
      run_id: session?.records ? session.runId : null,
      run_number: session?.runNumber ?? null,
      streams: session?.streams.map((stream) => stream.stats(this.#freeBytes)) ?? [],
    };
  }

  #losses({ stream, from = 0, count = 1000 }: { stream: number; from?: number; count?: number }): LossPage {
    const session = this.#session ?? this.#last;
    const run = session?.streams.find((one) => one.stream === stream);
    return run?.losses(from, count) ?? { from, total: 0, ranges: [], captured_end: null };
  }

  #streamRun(stream: number): StreamRun {
    if (!this.#session) throw new RefusedError("not_running", "No camera runs; start Live or Record first.");
    const run = this.#session.streams.find((one) => one.stream === stream);
    if (!run?.captures) throw new RefusedError("unknown_stream", `Stream ${stream} does not run.`);
    return run;
  }

  #emitState(): void {
    const session = this.#session ?? this.#last;
    this.#parts.emit({
      event: "state",
      state: this.#state,
      run_id: session?.records ? session.runId : null,
      run_number: session?.runNumber ?? null,
    });
  }

  #emitConfiguration(changedBy: string): void {
    this.#parts.emit({ event: "configuration", ...this.#applied, changed_by: changedBy });
  }

  #say(level: LogLevel, message: string, stream: number | null = null): void {
    this.#parts.emit({ event: "log", ...this.#log.add(level, message, stream) });
  }
}
