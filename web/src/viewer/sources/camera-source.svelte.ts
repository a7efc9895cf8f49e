import type { ConnectedRuntime } from "@zarrcam/client/remote";
import type { Configuration, Published, Stats, VideoStream } from "@zarrcam/protocol";

import { pixelSizeUm } from "../../configuration/sizes.ts";
import type { PlaneAxis } from "../core/axes.ts";
import type { Caption } from "../core/picture.ts";
import type { PictureRequest } from "../core/picture-request.ts";
import type {
  FrameAvailability,
  LivePictures,
  PixelSize,
  PlaneImage,
  PlaneRequest,
  PlaneSink,
  PlaneSource,
  ShownPicture,
  SourceChange,
  SourceExtent,
  SourceGaps,
} from "../core/plane-source.ts";
import { ShownRate } from "../core/shown-rate.ts";
import { Standstill } from "../core/standstill.ts";
import type { StoreReader } from "../data/store-reader.ts";
import type { PaneLink } from "../live/view-client.ts";
import { lossAt, lossLabel } from "../time/segments.ts";
import { Listeners } from "./listeners.ts";
import { type FollowedHere, RunFollower, type RunPlaces } from "./run-follower.svelte.ts";
import type { SettingsHistory } from "./settings-history.ts";

/** A camera of the set-up: its preview as it comes, and what its run has stored, by the run's `@live`. */
export class CameraSource implements PlaneSource {
  readonly stream: number;
  readonly run: RunFollower;
  /** How often another frame is on the canvas. */
  readonly rate = new ShownRate();
  readonly still = new Standstill();
  readonly live: LivePictures;
  /** What was set when the picture that is shown was taken; null: none was shown yet. */
  settings = $state.raw<VideoStream | null>(null);

  /** Frames that the preview left out since the run began whose pictures are shown. No loss. */
  skippedFrames = $state(0);

  #configuration = $state.raw<Configuration>({ video: [] });
  readonly #listeners = new Listeners<SourceChange>();
  readonly #history: SettingsHistory;
  /** What was set when the run began that is followed. */
  #runSettings: VideoStream | null = null;
  /** Which picture is shown; the same may come again in another size. */
  #picture: string | null = null;
  #shownRun: number | null = null;
  /** Live pictures are asked for. */
  #followed = false;

  /** @param link to the view worker, which has a connection of its own for the preview */
  constructor(
    stream: number,
    runtime: ConnectedRuntime,
    places: RunPlaces,
    reader: StoreReader,
    link: PaneLink,
    history: SettingsHistory,
  ) {
    this.stream = stream;
    this.run = new RunFollower(stream, runtime, places, reader);
    this.#history = history;
    this.live = {
      request: (wanted: PictureRequest | null) => {
        this.#followed = wanted !== null;
        if (!wanted) this.still.rest();
        else if (!this.still.watched) this.still.watch(Date.now());
        link.send({ kind: "subscribe", pane: stream, stream, wanted });
      },
    };
  }

  get name(): string {
    return this.#configuration.video[this.stream]?.name || `Camera ${this.stream + 1}`;
  }
  get axes(): readonly PlaneAxis[] {
    return this.run.axes;
  }
  get extent(): SourceExtent {
    return { readable: this.run.readable, decided: this.run.stats?.ledger.array_frames ?? 0 };
  }
  get gaps(): SourceGaps {
    return { losses: this.run.losses, capturedEnd: null, damages: [] };
  }
  /** What the set-up said when the picture was taken that is shown. */
  get pixelSize(): PixelSize {
    const stream = this.settings ?? this.#configuration.video[this.stream];
    const [x, y] = stream ? [pixelSizeUm(stream, 0), pixelSizeUm(stream, 1)] : [0, 0];
    return x > 0 && y > 0 ? { x, y, unit: "micrometer" } : { x: 1, y: 1, unit: "" };
  }
  get image(): PlaneImage | null {
    return this.run.opened?.description ?? null;
  }

  availability(frameIndex: number): FrameAvailability {
    const loss = lossAt(this.run.losses, frameIndex);
    if (loss) return { kind: "lost", why: lossLabel(loss, frameIndex) };
    return { kind: frameIndex < this.run.readable ? "readable" : "pending" };
  }
  clockMs(frameIndex: number): number | null {
    return this.run.storedTimes.at(frameIndex);
  }
  async open(): Promise<PlaneImage> {
    return (await this.run.open()).description;
  }
  async read(request: PlaneRequest, sink: PlaneSink, signal: AbortSignal): Promise<void> {
    const planes = this.run.opened ?? (await this.run.open());
    return planes.read(request, sink, signal, { named: true });
  }
  subscribe(changed: (change: SourceChange) => void): () => void {
    return this.#listeners.add(changed);
  }
  close(): void {
    this.run.close();
  }

  takeConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#settle();
  }
  takeStats(stats: Stats): void {
    const before = this.run.runId;
    this.run.takeStats(stats);
    const { ledger, rates } = this.run.stats ?? {};
    if (stats.state === "Running" && ledger) this.still.takeCount(ledger.captured, Date.now());
    else this.still.takeRate(rates?.camera_fps ?? 0, Date.now());
    this.#told(before);
  }
  takePublished(published: Published): void {
    const before = this.run.runId;
    this.run.takePublished(published);
    this.#told(before);
  }
  takeBrowserRun(run: FollowedHere | null): void {
    const before = this.run.runId;
    this.run.takeHere(run);
    this.#told(before);
  }
  takeShown({ caption, shownAtMs }: ShownPicture): void {
    this.#takeSettings(caption);
    // With pinned elements the newest stored frame counts, too.
    if (this.#followed) this.still.shown(Date.now());
    if (caption.source !== "camera") return;
    if (caption.run !== this.#shownRun) {
      this.#shownRun = caption.run;
      this.skippedFrames = 0;
    }
    this.skippedFrames += caption.skipped;
    const age = shownAtMs - (caption.unixMs ?? shownAtMs);
    this.rate.add(`${caption.run} ${caption.frameId}`, performance.now(), age);
  }

  /** A picture is on the canvas: from now on what was set when it was taken counts. */
  #takeSettings({ source, run, frameId, unixMs }: Caption): void {
    const picture = source === "camera" ? `${run} ${frameId} ${unixMs}` : `stored in ${this.run.runId}`;
    if (picture === this.#picture && this.settings) return;
    this.#picture = picture;
    const taken = this.#history.at(source === "camera" ? unixMs : null)?.video[this.stream] ?? null;
    const settings = source === "camera" ? taken : (this.#runSettings ?? taken);
    if (settings === this.settings) return;
    this.settings = settings;
    this.#settle();
  }

  /** Its axes are those of the picture on the canvas, or else as they are set. */
  #settle(): void {
    this.run.takeConfiguration(this.#configuration, this.settings ?? undefined);
    this.#listeners.tell("more");
  }
  #told(runBefore: string | null): void {
    const { runId } = this.run;
    if (runId === runBefore) return this.#listeners.tell("more");
    this.#runSettings = runId === null ? null : (this.#configuration.video[this.stream] ?? null);
    this.run.takeConfiguration(this.#configuration, this.settings ?? undefined);
    this.#listeners.tell("others");
  }
}
