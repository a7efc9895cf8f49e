// One stream of a run: its camera, its recording, and who looks.
import type {
  Configuration,
  LossPage,
  Published,
  StreamErrorCode,
  StreamStats,
  StreamSummary,
} from "@zarrcam/protocol";

import type { BrowserCamera } from "../cameras/browser-camera.ts";
import { LiveServer, leave } from "../live-port/live-server.ts";
import { type Buffer, type Core, CoreError } from "../recorder/core.ts";
import { StoredDataset } from "../recorder/dataset.ts";
import { Pace, nowUnixNs } from "../recorder/pace.ts";
import { Recording, type Standing, keepingNothing } from "../recorder/recording.ts";
import { Backlog } from "./backlog.ts";
import type { OpenStore } from "./datasets-place.ts";
import type { Load, Pictures } from "./pictures.ts";

/** Somebody who waits for a frame looks this often whether there is one. */
const LONGEST_WAIT_MS = 50;
/** So often is looked at what the recording says of itself. */
const REPORT_MS = 100;
/** Of a run's time, that looking at what it stores may take. */
const LOOKING_SHARE = 0.2;
/** A loop that is behind by so many frames has no time for pictures. */
const BEHIND_FRAMES = 64;

export interface StreamRequest {
  core: Core;
  pictures: Pictures;
  configuration: Configuration;
  /** Index in `video`. */
  stream: number;
  runId: string;
  runNumber: number;
  startedUnixMs: number;
  record: boolean;
  replaceForeignFiles: boolean;
  /** Null: nothing is written. */
  store: OpenStore | null;
  events: StreamEvents;
}

export interface StreamEvents {
  published(published: Pick<Published, "frames_published" | "shape">): void;
  warning(text: string): void;
  failed(text: string): void;
}

/** What failed, by the code of the error. */
const culprit = (error: unknown): StreamErrorCode => {
  if (!(error instanceof CoreError)) return "camera";
  if (error.code === "camera") return "camera";
  return error.code === "internal" ? "internal" : "storage";
};

export class StreamRun {
  readonly stream: number;
  readonly #request: StreamRequest;
  readonly #recording: Recording;
  readonly #pace = new Pace();
  readonly #backlog = new Backlog(BEHIND_FRAMES);
  #isMade = false;
  #camera: BrowserCamera | null = null;
  #dataset: StoredDataset | null = null;
  #live: LiveServer | null = null;
  #waits = false;
  #latenessMs: number | null = null;
  #cameraEnded = false;
  #endedS: number | null = null;
  #began = performance.now();
  #published = 0;
  #reportedAt = 0;

  /** Makes the dataset. All that may fail before the camera runs fails here. */
  constructor(request: StreamRequest) {
    const { store, core, configuration, stream, runId, record, ...rest } = request;
    this.#request = request;
    this.stream = stream;
    this.#recording = new Recording(store?.store ?? keepingNothing(core), {
      ...rest,
      path: store?.path ?? null,
      configuration,
      stream,
      runId,
      preview: !record,
    });
  }

  /** Where it writes; null: nowhere. */
  get path(): string | null {
    return this.#request.store?.path ?? null;
  }

  /** The dataset is there; but one that takes the place of another is made when the run has begun, and no start can fail any more. */
  async prepared(): Promise<void> {
    if (!this.#request.store?.replaces) await this.#make();
  }

  /** What is recorded can be looked at; where it cannot, it is recorded all the same. */
  async #make(): Promise<void> {
    const { store } = this.#request;
    if (!store || this.#isMade) return;
    this.#isMade = true;
    await store.store.drain();
    this.#dataset = await StoredDataset.open(store.store, store.path, false).catch(() => null);
    this.#live = this.#dataset && new LiveServer(this.#dataset, LOOKING_SHARE);
  }

  /** Answers what is asked of the dataset, until its run has ended. */
  serveLive(port: MessagePort): void {
    if (this.#live) this.#live.connect(port);
    else leave(port);
  }

  async #endLive(): Promise<void> {
    const live = this.#live;
    this.#live = null;
    await live?.close();
    this.#dataset?.close();
    this.#dataset = null;
  }

  /** Runs the camera until the stream has its frames, or is asked to end; afterwards all is stored or lost. Never rejects. */
  async run(camera: BrowserCamera): Promise<void> {
    const { core, pictures, store } = this.#request;
    this.#camera = camera;
    this.#began = performance.now();
    const pixels = core.allocate(camera.frameBytes);
    try {
      await this.#make();
      await this.#capture(camera, pixels);
    } catch (error) {
      this.#fail(error);
    }
    this.#cameraEnded = true;
    this.#waits = false;
    try {
      await this.#recording.finish(null, this.#recording.ask(null).gives_up);
    } catch (error) {
      this.#fail(error);
    }
    this.#report(true);
    await this.#endLive();
    this.#recording.letGo();
    this.#endedS = this.#elapsedS;
    pictures.end(this.stream);
    core.release(pixels);
    camera.close();
    this.#camera = null;
    this.#pace.close();
    await store?.close();
  }

  async #capture(camera: BrowserCamera, pixels: Buffer): Promise<void> {
    for (let number = 0; !this.#recording.ends; number++) {
      const { due_us, many } = this.#recording.timePoint(number);
      if (many) {
        const dueMs = this.#began + due_us / 1e3;
        while (performance.now() < dueMs && !this.#recording.ends)
          await this.#pace.sleep(Math.min(dueMs - performance.now(), LONGEST_WAIT_MS * 20));
        if (this.#recording.ends) return;
        this.#latenessMs = performance.now() - dueMs;
      }
      camera.start();
      await this.#timePoint(camera, pixels);
    }
  }

  /** Until the time point has its frames, or capture ends. */
  async #timePoint(camera: BrowserCamera, pixels: Buffer): Promise<void> {
    while (!this.#recording.ends) {
      const polled = camera.poll();
      this.#waits = polled.kind === "awaits trigger";
      if (polled.kind === "exposed") {
        if (await this.#take(camera, polled.stamp, pixels)) return;
        await this.#pace.letMessagesIn();
      } else {
        this.#backlog.rest();
        await this.#pace.sleep(polled.kind === "not yet" ? Math.min(polled.waitMs, LONGEST_WAIT_MS) : LONGEST_WAIT_MS);
      }
      if (performance.now() - this.#reportedAt >= REPORT_MS) this.#report(false);
    }
  }

  async #take(
    camera: BrowserCamera,
    stamp: { hardwareId: bigint; hardwareClockNs: bigint },
    pixels: Buffer,
  ): Promise<boolean> {
    const { pictures, stream, configuration, runNumber } = this.#request;
    if (camera.paced) this.#backlog.begin(performance.now(), stamp);
    else this.#backlog.fill();
    pictures.withdraw(stream);
    camera.read(pixels);
    const unixNs = nowUnixNs();
    // Stored first: looking never holds it up.
    const enough = await this.#recording.take({ ...stamp, frameIndex: stamp.hardwareId, unixNs }, pixels);
    const settings = configuration.video[stream]?.camera.settings;
    if (settings) {
      const [width, height] = settings.shape;
      const { frameIndex } = this.#recording;
      pictures.offer(
        { stream, run: runNumber, frameIndex, ...stamp, unixNs, width, height, pixelType: settings.pixel_type, pixels },
        this.#load,
      );
    }
    return enough;
  }

  get #load(): Load {
    const { frames, capacity } = this.#backlog;
    return this.#request.record ? { frames, capacity } : "free";
  }

  /** `finish`: at its end, where it has one; `now`; `give_up`: what is not stored is lost. */
  ask(request: "finish" | "now" | "give_up"): void {
    this.#recording.ask(request);
    this.#pace.wake();
  }

  /** One pulse on the line `software`. */
  trigger(): void {
    this.#camera?.trigger();
    this.#pace.wake();
  }

  get captures(): boolean {
    return this.#camera !== null && !this.#cameraEnded;
  }
  /** Why it failed, for people; null: it did not. */
  get error(): { code: StreamErrorCode; message: string } | null {
    return this.summary().error;
  }

  measure(diskFreeBytes: number | null): void {
    if (this.#endedS === null) this.#recording.measure(this.#standing(diskFreeBytes));
  }
  stats(diskFreeBytes: number | null): StreamStats {
    return this.#recording.stats(this.#standing(diskFreeBytes));
  }
  summary(): StreamSummary {
    return this.#recording.summary(this.#elapsedS);
  }
  losses(from: number, count: number): LossPage {
    return this.#recording.losses(from, count);
  }

  /** Nobody asks for its figures any more. */
  forget(): void {
    this.#recording.close();
  }

  /** The start failed: nothing is left of it, and what it would have replaced stays. */
  async cancel(): Promise<void> {
    const { store } = this.#request;
    await this.#endLive();
    this.#recording.close();
    this.#pace.close();
    await (this.#isMade ? store?.remove() : store?.close());
  }

  get #elapsedS(): number {
    return this.#endedS ?? (performance.now() - this.#began) / 1e3;
  }

  #standing(diskFreeBytes: number | null): Standing {
    return {
      elapsed_s: this.#elapsedS,
      camera_ended: this.#cameraEnded,
      ended: this.#endedS !== null,
      waits: this.#waits,
      lateness_ms: this.#latenessMs,
      preview_limit_fps: this.#request.pictures.limitPerS,
      disk_free_bytes: this.#request.store ? diskFreeBytes : null,
    };
  }

  #fail(error: unknown): void {
    this.#recording.fail(culprit(error), error instanceof Error ? error.message : String(error));
  }

  #report(last: boolean): void {
    this.#reportedAt = performance.now();
    const { published, failure, warnings } = this.#recording.report();
    const { events } = this.#request;
    for (const warning of warnings) events.warning(warning);
    if (published && published.frames_published > this.#published) {
      this.#published = published.frames_published;
      events.published(published);
    }
    if (last && failure !== null) events.failed(failure);
  }
}
