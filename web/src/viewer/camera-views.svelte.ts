import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { Capabilities, Configuration, Published, RuntimeState, Stats, VideoStream } from "@zarrcam/protocol";
import { SvelteMap } from "svelte/reactivity";

import type { Caption } from "./core/picture.ts";
import { ShownRate } from "./core/shown-rate.ts";
import { Standstill } from "./core/standstill.ts";
import { wantedPicture } from "./core/wanted-picture.ts";
import type { StoreReader } from "./data/store-reader.ts";
import type { ViewClient } from "./live/view-client.ts";
import { PaneState } from "./pane.svelte.ts";
import { SettingsHistory } from "./settings-history.ts";
import { RunFollower } from "./time/run-follower.svelte.ts";
import { Timeline } from "./timeline.svelte.ts";

const WANT_AFTER_MS = 60;

/** One camera on the page: its image, its run, its place in time. */
export interface CameraView {
  stream: number;
  pane: PaneState;
  run: RunFollower;
  timeline: Timeline;
  rate: ShownRate;
  still: Standstill;
  /** Which picture is shown; the same may come again in another size. */
  picture: string | null;
  /** What was set when the run began that is followed. */
  runSettings: VideoStream | null;
}

export interface CameraEvents {
  /** A view, a look or a place is another one. */
  changed(): void;
  /** Whether a stored dataset is on the canvas: no camera is seen then. */
  stored(): boolean;
}

/** The cameras of the set-up, each with its image, and what is known of them; whose pictures are asked for. */
export class CameraViews {
  configuration = $state.raw<Configuration>({ video: [] });
  capabilities = $state.raw<Capabilities>({ video: [] });
  state = $state<RuntimeState>("Closed");
  stats = $state.raw<Stats | null>(null);
  active = $state(0);
  sideBySide = $state(false);
  readonly all = new SvelteMap<number, CameraView>();

  readonly #runtime: RemoteRuntime;
  readonly #client: ViewClient;
  readonly #reader: StoreReader;
  readonly #events: CameraEvents;
  readonly #history = new SettingsHistory();
  readonly #wanting = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(runtime: RemoteRuntime, client: ViewClient, reader: StoreReader, events: CameraEvents) {
    this.#runtime = runtime;
    this.#client = client;
    this.#reader = reader;
    this.#events = events;
  }

  get current(): CameraView {
    return this.all.get(this.active) ?? this.all.get(0) ?? this.#camera(0);
  }
  /** Those on the page now. */
  get visible(): CameraView[] {
    return this.sideBySide && !this.#events.stored() ? [...this.all.values()] : [this.current];
  }
  name(stream: number): string {
    return this.configuration.video[stream]?.name || `Camera ${stream + 1}`;
  }
  /** For how long the live picture has stood still while the camera went on, ms; null: it moves, or is none. */
  standsStillMs({ still, timeline }: CameraView, nowMs: number): number | null {
    const running = this.state === "Running" || this.state === "Previewing";
    if (!running || !timeline.live || this.#events.stored()) return null;
    const oneIn = timeline.pins.length > 0 ? (timeline.axes.at(-1)?.stride ?? 1) : 1;
    return still.forMs(nowMs, oneIn);
  }

  setState(state: RuntimeState): void {
    if (state !== this.state) this.watchAnew();
    this.state = state;
  }
  /** No picture can have come just now: the run begins, or the page was hidden. */
  watchAnew(): void {
    for (const { still } of this.all.values()) if (still.watched) still.watch(Date.now());
  }

  takeConfiguration(configuration: Configuration): void {
    this.configuration = configuration;
    this.#history.add(configuration, Date.now());
    const streams = configuration.video.flatMap(({ camera }, stream) =>
      stream === 0 || (camera.identifier && camera.identifier.kind === "Camera") ? [stream] : [],
    );
    for (const [stream, camera] of this.all) {
      if (streams.includes(stream)) continue;
      camera.timeline.dispose();
      this.#client.send({ kind: "close-pane", pane: stream });
      this.all.delete(stream);
    }
    for (const stream of streams.length > 0 ? streams : [0]) {
      const camera = this.#camera(stream);
      this.settle(camera);
      const shape = configuration.video[stream]?.camera.settings.shape;
      if (shape && !camera.pane.shown && !camera.timeline.dataset) {
        camera.pane.setFrame({ width: shape[0], height: shape[1] });
      }
    }
    if (!this.all.has(this.active)) this.active = 0;
    this.#runtime.getCapabilities().then(
      (capabilities) => (this.capabilities = capabilities),
      () => undefined,
    );
  }

  /** A picture is on the canvas: from now on what was set when it was taken counts. */
  takePicture(camera: CameraView, { source, run, frameId, hostClockMs }: Caption): void {
    if (camera.timeline.dataset) return;
    const picture = source === "camera" ? `${run} ${frameId} ${hostClockMs}` : `stored in ${camera.run.runId}`;
    if (picture === camera.picture && camera.pane.settings) return;
    camera.picture = picture;
    const taken = this.#history.at(source === "camera" ? hostClockMs : null)?.video[camera.stream] ?? null;
    const settings = source === "camera" ? taken : (camera.runSettings ?? taken);
    if (settings === camera.pane.settings) return;
    camera.pane.settings = settings;
    this.settle(camera);
  }

  /** Axes and channels of the picture on the canvas, or else as they are set. */
  settle(camera: CameraView): void {
    const seen = camera.timeline.dataset ? null : camera.pane.settings;
    camera.run.takeConfiguration(this.configuration, seen ?? undefined);
    if (!camera.timeline.dataset) this.setChannels(camera, camera.run.axes);
  }

  takeStats(stats: Stats): void {
    this.stats = stats;
    this.#history.takeClock(stats.host_clock_ms, Date.now());
    this.setState(stats.state);
    for (const camera of this.all.values()) {
      const before = camera.run.runId;
      camera.run.takeStats(stats);
      const { ledger, rates } = camera.run.stats ?? {};
      if (stats.state === "Running" && ledger) camera.still.takeCount(ledger.captured, Date.now());
      else camera.still.takeRate(rates?.camera_fps ?? 0, Date.now());
      if (camera.run.runId !== before) {
        camera.timeline.forgetRun();
        camera.runSettings = camera.run.runId === null ? null : (this.configuration.video[camera.stream] ?? null);
        this.settle(camera);
      }
      camera.timeline.runGrew();
    }
  }

  takePublished(published: Published): void {
    const camera = this.all.get(published.stream);
    camera?.run.takePublished(published);
    camera?.timeline.runGrew();
    const { datasetLosses } = this.current.timeline;
    if (datasetLosses?.name === published.dataset) datasetLosses.refresh();
  }

  setChannels({ pane }: CameraView, axes: { kind: string; size: number | null; stride: number }[]): void {
    const channel = axes.find(({ kind, size }) => kind === "Channel" && size !== null);
    pane.setChannels(channel?.size ?? 1, channel?.size ? { stride: channel.stride, size: channel.size } : null);
  }

  wantAll(): void {
    for (const camera of this.all.values()) this.#want(camera);
  }

  dispose(): void {
    for (const timer of this.#wanting.values()) clearTimeout(timer);
    for (const { timeline } of this.all.values()) timeline.dispose();
  }

  /** Asks the camera computer for what the canvas shows; nothing for a canvas that shows stored frames, or is not there. */
  #want(camera: CameraView): void {
    const { stream, pane, timeline } = camera;
    clearTimeout(this.#wanting.get(stream));
    const send = () => {
      const seen = this.visible.includes(camera) && timeline.live && !this.#events.stored();
      const known = pane.frame !== null && pane.size.width > 0;
      const wanted = seen && known && pane.frame ? wantedPicture(pane.view, pane.frame, pane.size) : null;
      if (!wanted) camera.still.rest();
      else if (!camera.still.watched) camera.still.watch(Date.now());
      this.#client.send({ kind: "subscribe", pane: pane.id, stream, wanted });
    };
    // Looking elsewhere takes effect at once; sizes wait for the hand to rest.
    if (!timeline.live || this.#events.stored()) send();
    else this.#wanting.set(stream, setTimeout(send, WANT_AFTER_MS));
  }

  #camera(stream: number): CameraView {
    const known = this.all.get(stream);
    if (known) return known;
    const changed = (then?: (camera: CameraView) => void) => {
      const camera = this.all.get(stream);
      if (!camera) return;
      then?.(camera);
      this.#want(camera);
      this.#events.changed();
    };
    const pane = new PaneState(stream, this.#client, () => changed(({ timeline }) => timeline.viewChanged()));
    const run = new RunFollower(stream, this.#runtime, this.#reader);
    const timeline = new Timeline(pane, run, this.#client, this.#reader, () => changed());
    const camera: CameraView = {
      stream,
      pane,
      run,
      timeline,
      rate: new ShownRate(),
      still: new Standstill(),
      picture: null,
      runSettings: null,
    };
    this.all.set(stream, camera);
    return camera;
  }
}
