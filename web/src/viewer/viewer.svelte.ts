import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { Capabilities, Configuration, DatasetInfo, PreviewFrame, RuntimeState, Stats } from "@zarrcam/protocol";
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";

import type { ChunkGrid, Rectangle, ViewerControl, ViewerHooks } from "../app/seam.ts";
import type { RendererChoice } from "./core/renderer-choice.ts";
import { ShownRate } from "./core/shown-rate.ts";
import { Standstill } from "./core/standstill.ts";
import { type ViewUrl, formatViewUrl, parseViewUrl } from "./core/view-url.ts";
import { wantedPicture } from "./core/wanted-picture.ts";
import { StoreReader } from "./data/store-reader.ts";
import { openDataset } from "./data/stored-source.ts";
import type { Backend, FromView, Shown, ViewCounters } from "./live/messages.ts";
import { previewPicture } from "./live/preview-picture.ts";
import { type CapturedImage, ViewClient } from "./live/view-client.ts";
import { PaneState } from "./pane.svelte.ts";
import { DatasetLosses } from "./time/dataset-losses.svelte.ts";
import { RunFollower } from "./time/run-follower.svelte.ts";
import { Timeline } from "./timeline.svelte.ts";

const WANT_AFTER_MS = 60;
const URL_AFTER_MS = 400;
const TICK_MS = 250;

export type Tool = "none" | "roi" | "measure";

/** One camera on the page: its image, its run, its place in time. */
export interface CameraView {
  stream: number;
  pane: PaneState;
  run: RunFollower;
  timeline: Timeline;
  rate: ShownRate;
  still: Standstill;
}

/** Cameras and datasets on one canvas. The page makes one and gives it to `ImagePane` and `LookPanel`. */
export class Viewer implements ViewerControl {
  backend = $state.raw<Backend | null>(null);
  renderer = $state<RendererChoice>("auto");
  /** Why no preview comes; null: the view worker is connected. */
  linkProblem = $state<string | null>(null);
  failure = $state<string | null>(null);
  configuration = $state.raw<Configuration>({ video: [] });
  capabilities = $state.raw<Capabilities>({ video: [] });
  state = $state<RuntimeState>("Closed");
  stats = $state.raw<Stats | null>(null);
  active = $state(0);
  sideBySide = $state(false);
  tool = $state<Tool>("none");
  grid = $state.raw<ChunkGrid | null>(null);
  dataset = $state<string | null>(null);
  opening = $state<string | null>(null);
  datasetProblem = $state<string | null>(null);
  shownFps = $state<number | null>(null);
  skippedFrames = $state(0);
  /** Wall clock of this computer, four times a second: what ages on the page ages by it. */
  nowMs = $state(Date.now());
  readonly cameras = new SvelteMap<number, CameraView>();
  readonly hooks: ViewerHooks;

  readonly #runtime: RemoteRuntime;
  readonly #client: ViewClient;
  readonly #reader = new StoreReader();
  readonly #offs: (() => void)[] = [];
  readonly #url: ViewUrl;
  readonly #tick: ReturnType<typeof setInterval>;
  readonly #wanting = new Map<number, ReturnType<typeof setTimeout>>();
  #saving: ReturnType<typeof setTimeout> | undefined;
  #opened: AbortController | null = null;
  #run: number | null = null;

  constructor(runtime: RemoteRuntime, hooks: ViewerHooks) {
    this.#runtime = runtime;
    this.hooks = hooks;
    this.#url = parseViewUrl(location.hash.slice(1));
    this.active = this.#url.stream;
    this.sideBySide = this.#url.sideBySide;
    const socket = new URL("/ws", location.href);
    socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
    this.renderer = this.#url.renderer ?? hooks.renderer;
    this.#client = new ViewClient(socket.href, this.renderer, (message) => this.#receive(message));
    const seen = () => {
      this.#client.send({ kind: "visible", visible: document.visibilityState === "visible" });
      this.#watchAnew();
    };
    document.addEventListener("visibilitychange", seen);
    this.#offs.push(() => document.removeEventListener("visibilitychange", seen));
    seen();
    // Made inside an effect of the page, which is not to run again for what is read here.
    untrack(() => {
      this.#takeConfiguration(runtime.hello.configuration);
      this.#takeStats(runtime.hello.stats);
    });
    this.#offs.push(
      runtime.on("configuration", ({ configuration }) => this.#takeConfiguration(configuration)),
      runtime.on("state", ({ state }) => this.#setState(state)),
      runtime.on("stats", (stats) => this.#takeStats(stats)),
      runtime.on("published", (published) => {
        const camera = this.cameras.get(published.stream);
        camera?.run.takePublished(published);
        camera?.timeline.followPinned();
        const { datasetLosses } = this.current.timeline;
        if (datasetLosses?.name === published.dataset) datasetLosses.refresh();
      }),
    );
    this.#tick = setInterval(() => this.#everyTick(), TICK_MS);
    untrack(() => this.#restore());
  }

  get current(): CameraView {
    const camera = this.cameras.get(this.active) ?? this.cameras.get(0);
    return camera ?? this.#camera(0);
  }
  /** Those on the page now. */
  get visible(): CameraView[] {
    if (!this.sideBySide || this.dataset !== null) return [this.current];
    return [...this.cameras.values()];
  }
  /** For how long the live picture has stood still while the camera went on, ms; null: it moves, or is none. */
  standsStillMs({ still, timeline }: CameraView): number | null {
    const running = this.state === "Running" || this.state === "Previewing";
    if (!running || !timeline.live || this.dataset !== null) return null;
    const oneIn = timeline.pins.length > 0 ? (timeline.axes.at(-1)?.stride ?? 1) : 1;
    return still.forMs(this.nowMs, oneIn);
  }
  streamName(stream: number): string {
    return this.configuration.video[stream]?.name || `Camera ${stream + 1}`;
  }
  /** The camera's ranges, where a region may be drawn now; null: not here, not now. */
  roiReason(): string | null {
    if (this.dataset !== null) return "A stored dataset has no region to set";
    if (this.state === "Running") return "Locked while recording: the data would not be what its settings say";
    return this.capabilities.video[this.active]?.camera ? null : "No camera is chosen";
  }

  /** A canvas that the page has made for this backend. */
  attach(pane: PaneState, canvas: HTMLCanvasElement, generation: number): void {
    // Called as the canvas is mounted: another size later must not transfer it a second time.
    const size = untrack(() => pane.size);
    this.#client.canvas(pane.id, generation, canvas.transferControlToOffscreen(), size);
  }

  openDataset(name: string): void {
    void this.#openDataset(name, {});
  }
  async #openDataset(
    name: string,
    at: Record<string, number>,
    address?: Pick<ViewUrl, "overlay" | "contrasts">,
  ): Promise<void> {
    this.#opened?.abort();
    const opened = (this.#opened = new AbortController());
    this.opening = name;
    this.datasetProblem = null;
    try {
      const info = await this.#runtime.getDatasetInfo(name);
      const source = await openDataset(this.#reader, info, opened.signal);
      if (opened.signal.aborted) return;
      const before = this.current.timeline.dataset;
      this.dataset = name;
      this.#wantAll();
      this.tool = this.tool === "roi" ? "none" : this.tool;
      this.#setChannels(this.current, source.axes);
      this.current.pane.overlay.takeHints(source.description.channels);
      if (address?.overlay) this.current.pane.overlay.restore(address.overlay.shown, address.overlay.colours);
      if (address) this.#restoreContrasts(address.contrasts);
      this.current.timeline.openDataset(source, this.#lossesOf(info), at);
      if (before && before.url !== source.url) this.#reader.close(before.url);
      this.hooks.say(`Showing ${name}.`, { polite: true });
    } catch (error) {
      if (opened.signal.aborted) return;
      this.datasetProblem = error instanceof Error ? error.message : String(error);
      this.hooks.say(`${name} cannot be shown: ${this.datasetProblem}`, { level: "error", polite: true });
    } finally {
      if (this.#opened === opened) this.opening = null;
    }
    this.#saveUrl();
  }
  #lossesOf(info: DatasetInfo): DatasetLosses | null {
    if (info.losses === null) return null;
    const { timeline } = this.current;
    const losses = new DatasetLosses(this.#runtime, info, (changed) => {
      if (timeline.datasetLosses === changed) timeline.lossesChanged();
    });
    if (info.losses.dropped > 0) losses.refresh();
    return losses;
  }
  closeDataset(): void {
    this.#opened?.abort();
    this.opening = null;
    this.datasetProblem = null;
    if (this.dataset === null) return;
    const { timeline, pane } = this.current;
    const url = timeline.dataset?.url;
    this.dataset = null;
    pane.clear(null);
    timeline.closeDataset();
    if (url) this.#reader.close(url);
    this.#setChannels(this.current, timeline.axes);
    this.#wantAll();
    this.#saveUrl();
  }

  showPlace(stream: number, place: number): void {
    if (this.dataset !== null) this.closeDataset();
    this.selectStream(stream);
    this.current.timeline.goToPlace(place);
  }
  get storedLosses(): ViewerControl["storedLosses"] {
    return this.dataset === null ? null : this.current.timeline.datasetLosses;
  }
  showStoredPlace(place: number): void {
    if (this.dataset !== null) this.current.timeline.goToPlace(place);
  }
  /** The newest frame; from a dataset back to the camera. An idle camera is started, unsaved. */
  goLive(): void {
    if (this.dataset !== null) this.closeDataset();
    this.current.timeline.goLive();
    if (this.state === "Armed") this.hooks.startLive();
  }
  showSnap(stream: number, frame: PreviewFrame): void {
    if (this.dataset !== null) this.closeDataset();
    this.selectStream(stream);
    const { timeline, pane } = this.current;
    if (!timeline.live) timeline.goLive();
    const captioned = previewPicture(frame);
    const pixels = captioned.picture.pixels.slice();
    this.#client.pictures(pane.id, [
      { channel: 0, captioned: { ...captioned, picture: { ...captioned.picture, pixels } } },
    ]);
  }
  step(axis: "t" | "z" | "c", by: number): void {
    const { timeline } = this.current;
    const { axes } = timeline;
    const kind = { t: "Time", z: "Space", c: "Channel" }[axis];
    const time = axes.length - 1;
    const named = axes.findIndex(({ name }, at) => name.toLowerCase() === axis && (axis === "t" || at !== time));
    const found =
      axis === "t" ? time : named >= 0 ? named : axes.findIndex((one, at) => one.kind === kind && at !== time);
    if (found >= 0) timeline.step(found, by);
  }
  selectStream(stream: number): void {
    if (stream === this.active || !this.cameras.has(stream)) return;
    if (this.dataset !== null) this.closeDataset();
    this.active = stream;
    this.#wantAll();
    this.#saveUrl();
  }
  setSideBySide(on: boolean): void {
    this.sideBySide = on;
    this.#wantAll();
    this.#saveUrl();
  }
  setChunkGrid(grid: ChunkGrid | null): void {
    this.grid = grid;
  }
  /** Px of the frame as it is shown; becomes px of the sensor. */
  setRegion(region: Rectangle | null): void {
    const offset = this.configuration.video[this.active]?.camera.settings.offset ?? [0, 0];
    this.hooks.setRegion(
      this.active,
      region && { ...region, x: Math.round(region.x + offset[0]), y: Math.round(region.y + offset[1]) },
    );
  }

  setRenderer(choice: RendererChoice): void {
    this.renderer = choice;
    // The address named one for this page alone; now there is a choice that is kept.
    this.#url.renderer = null;
    this.hooks.keepRenderer(choice);
    this.#client.send({ kind: "renderer", renderer: choice });
    this.#saveUrl();
  }

  /** What the canvas shows, read back from where it was drawn; null: nothing. */
  capture(): Promise<CapturedImage | null> {
    return this.#client.capture(this.current.pane.id);
  }
  /** The image as shown, for a file. */
  async capturePng(): Promise<Blob | null> {
    const image = await this.capture();
    if (!image) return null;
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d")?.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
    return canvas.convertToBlob({ type: "image/png" });
  }
  /** How often pixels went to the GPU (or the 2-D canvas), and more, once all that was asked before is done. */
  counters(): Promise<ViewCounters> {
    return this.#client.sync();
  }

  dispose(): void {
    for (const off of this.#offs) off();
    clearInterval(this.#tick);
    clearTimeout(this.#saving);
    for (const timer of this.#wanting.values()) clearTimeout(timer);
    for (const { timeline } of this.cameras.values()) timeline.dispose();
    this.#opened?.abort();
    this.#client.dispose();
    this.#reader.dispose();
  }

  #receive(message: FromView): void {
    switch (message.kind) {
      case "backend":
        this.#sayBackend(this.backend, message.backend);
        this.backend = message.backend;
        return;
      case "link":
        this.linkProblem = message.state === "connected" ? null : (message.reason ?? "The connection is being made.");
        return;
      case "shown":
        return this.#shown(message);
      case "readout": {
        const camera = this.cameras.get(message.pane);
        if (camera) camera.pane.readout = message.readout;
        return;
      }
      case "failed":
        // A renderer that fails does so with every picture: it is said once.
        if (this.failure === message.message) return;
        this.failure = message.message;
        this.hooks.say(`The image could not be drawn: ${message.message}`, { level: "error" });
        return;
      case "subscription":
      case "captured":
      case "synced":
        return;
    }
  }

  /** No picture can have come just now: the run begins, or the page was hidden. */
  #watchAnew(): void {
    for (const { still } of this.cameras.values()) if (still.watched) still.watch(Date.now());
  }

  #sayBackend(before: Backend | null, { kind, absence }: Backend): void {
    if (!before) return;
    if (absence) this.hooks.say(`${absence.reason} ${absence.mend}`, { level: "warning", polite: true });
    else if (kind === "canvas2d") this.hooks.say("The 2-D canvas draws, as was chosen.", { polite: true });
    else if (before.absence) this.hooks.say("The graphics device is back: WebGPU draws again.", { polite: true });
    else this.hooks.say("WebGPU draws.", { polite: true });
  }

  #shown(shown: Shown): void {
    const camera = this.cameras.get(shown.pane);
    if (!camera) return;
    // Drawn before the page looked back, told after.
    if (shown.caption.source === "camera" && !camera.timeline.live) return;
    if (!camera.pane.take(shown)) return;
    this.failure = null;
    const { caption } = shown;
    // With a pin the newest stored frame counts, too.
    if (camera.timeline.live) camera.still.shown(Date.now());
    if (caption.source !== "camera") return;
    if (caption.run !== this.#run) {
      this.#run = caption.run;
      this.skippedFrames = 0;
    }
    if (camera.stream === this.active) this.skippedFrames += caption.skipped;
    const age = shown.shownAtMs - (caption.hostClockMs ?? shown.shownAtMs);
    camera.rate.add(`${caption.run} ${caption.frameId}`, performance.now(), age);
  }

  #everyTick(): void {
    this.nowMs = Date.now();
    this.shownFps = this.current.rate.fps(performance.now());
  }

  #setState(state: RuntimeState): void {
    if (state !== this.state) this.#watchAnew();
    this.state = state;
  }

  #takeConfiguration(configuration: Configuration): void {
    this.configuration = configuration;
    const streams = configuration.video.flatMap(({ camera }, stream) =>
      stream === 0 || (camera.identifier && camera.identifier.kind === "Camera") ? [stream] : [],
    );
    for (const [stream, camera] of this.cameras) {
      if (streams.includes(stream)) continue;
      camera.timeline.dispose();
      this.#client.send({ kind: "close-pane", pane: stream });
      this.cameras.delete(stream);
    }
    for (const stream of streams.length > 0 ? streams : [0]) {
      const camera = this.#camera(stream);
      camera.run.takeConfiguration(configuration);
      const shape = configuration.video[stream]?.camera.settings.shape;
      if (shape && !camera.pane.shown && !camera.timeline.dataset) {
        camera.pane.setFrame({ width: shape[0], height: shape[1] });
      }
      if (!camera.timeline.dataset) this.#setChannels(camera, camera.run.axes);
    }
    if (!this.cameras.has(this.active)) this.active = 0;
    this.#runtime.getCapabilities().then(
      (capabilities) => (this.capabilities = capabilities),
      () => undefined,
    );
  }

  #takeStats(stats: Stats): void {
    this.stats = stats;
    this.#setState(stats.state);
    for (const camera of this.cameras.values()) {
      const before = camera.run.runId;
      camera.run.takeStats(stats);
      const { ledger, rates } = camera.run.stats ?? {};
      if (stats.state === "Running" && ledger) camera.still.takeCount(ledger.captured, Date.now());
      else camera.still.takeRate(rates?.camera_fps ?? 0, Date.now());
      if (camera.run.runId !== before) {
        camera.timeline.forgetRun();
        if (!camera.timeline.dataset) this.#setChannels(camera, camera.run.axes);
      }
      camera.timeline.followPinned();
    }
  }

  #camera(stream: number): CameraView {
    const known = this.cameras.get(stream);
    if (known) return known;
    const pane = new PaneState(stream, this.#client, () => {
      const camera = this.cameras.get(stream);
      if (!camera) return;
      camera.timeline.viewChanged();
      this.#want(camera);
      this.#saveUrl();
    });
    const run = new RunFollower(stream, this.#runtime, this.#reader);
    const timeline = new Timeline(pane, run, this.#client, this.#reader, () => {
      const camera = this.cameras.get(stream);
      if (camera) this.#want(camera);
      this.#saveUrl();
    });
    const camera: CameraView = { stream, pane, run, timeline, rate: new ShownRate(), still: new Standstill() };
    this.cameras.set(stream, camera);
    return camera;
  }

  #setChannels({ pane }: CameraView, axes: { kind: string; size: number | null; stride: number }[]): void {
    const channel = axes.find(({ kind, size }) => kind === "Channel" && size !== null);
    pane.setChannels(channel?.size ?? 1, channel?.size ? { stride: channel.stride, size: channel.size } : null);
  }

  #wantAll(): void {
    for (const camera of this.cameras.values()) this.#want(camera);
  }

  /** Asks the camera computer for what the canvas shows; nothing for a canvas that shows stored frames, or is not there. */
  #want(camera: CameraView): void {
    const { stream, pane, timeline } = camera;
    clearTimeout(this.#wanting.get(stream));
    const send = () => {
      const seen = this.visible.includes(camera) && timeline.live && this.dataset === null;
      const known = pane.frame !== null && pane.size.width > 0;
      const wanted = seen && known && pane.frame ? wantedPicture(pane.view, pane.frame, pane.size) : null;
      if (!wanted) camera.still.rest();
      else if (!camera.still.watched) camera.still.watch(Date.now());
      this.#client.send({ kind: "subscribe", pane: pane.id, stream, wanted });
    };
    // Looking elsewhere takes effect at once; sizes wait for the hand to rest.
    if (!timeline.live || this.dataset !== null) send();
    else this.#wanting.set(stream, setTimeout(send, WANT_AFTER_MS));
  }

  #restore(): void {
    const { view, look, contrasts, pins, dataset, index, overlay } = this.#url;
    const { pane, timeline } = this.current;
    if (view) pane.setView({ centre: { x: view.x, y: view.y }, zoom: view.zoom, fit: false });
    if (Object.keys(look).length > 0) pane.setLook({ ...look, auto: look.min === undefined });
    if (dataset === null) this.#restoreContrasts(contrasts);
    for (const [name, at] of Object.entries(pins)) {
      const axis = timeline.axes.findIndex((one) => one.name === name);
      if (axis >= 0) timeline.setPin(axis, at);
    }
    if (dataset) void this.#openDataset(dataset, index, { overlay, contrasts });
  }

  #restoreContrasts(contrasts: ViewUrl["contrasts"]): void {
    const { pane } = this.current;
    contrasts.slice(0, pane.looks.length).forEach((limits, channel) => {
      if (limits) pane.setLook({ ...limits, auto: false }, channel);
    });
  }

  #saveUrl(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      const { pane, timeline } = this.current;
      const { centre, zoom, fit } = pane.view;
      const { min, max, gamma, map, auto } = pane.looks[0] ?? pane.look;
      const named = (pairs: [number, number][]) =>
        Object.fromEntries(pairs.map(([axis, at]) => [timeline.axes[axis]?.name ?? "", at]));
      const text = formatViewUrl({
        dataset: this.dataset,
        stream: this.active,
        sideBySide: this.sideBySide,
        view: fit ? null : { ...centre, zoom },
        index: this.dataset === null ? {} : named(timeline.index.map((at, axis) => [axis, at])),
        pins: named(timeline.pins.map(({ axis, index }) => [axis, index])),
        look: auto ? { gamma, map } : { min, max, gamma, map },
        contrasts: pane.looks.map((own) => (own.auto ? null : { min: own.min, max: own.max })),
        overlay:
          this.dataset !== null && pane.overlay.on
            ? { shown: pane.overlay.shown(0).sort((a, b) => a - b), colours: pane.overlay.colours }
            : null,
        renderer: this.#url.renderer,
      });
      history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
    }, URL_AFTER_MS);
  }
}
