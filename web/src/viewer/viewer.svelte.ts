import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { PreviewFrame } from "@zarrcam/protocol";
import { untrack } from "svelte";

import type { ChunkGrid, Rectangle, ViewerControl, ViewerHooks } from "./ports.ts";
import { Address, addressOf, restoreChannels, restoreView } from "./address.ts";
import { type CameraView, CameraViews } from "./camera-views.svelte.ts";
import { capturedPng } from "./captured-png.ts";
import { snapRegion } from "./core/region-of-interest.ts";
import type { RendererChoice } from "./core/renderer-choice.ts";
import { StoreReader } from "./data/store-reader.ts";
import type { Backend, FromView, Shown, ViewCounters } from "./live/messages.ts";
import { previewPicture } from "./live/preview-picture.ts";
import { type CapturedImage, ViewClient } from "./live/view-client.ts";
import type { PaneState } from "./pane.svelte.ts";
import { ShownDataset } from "./shown-dataset.svelte.ts";
import { indexOf } from "./time/axes.ts";

const TICK_MS = 250;

export type Tool = "none" | "roi" | "measure";

/** Cameras and datasets on one canvas. The page makes one and gives it to `ImagePane` and `LookPanel`. */
export class Viewer implements ViewerControl {
  backend = $state.raw<Backend | null>(null);
  renderer = $state<RendererChoice>("auto");
  /** Why no preview comes; null: the view worker is connected. */
  linkProblem = $state<string | null>(null);
  failure = $state<string | null>(null);
  tool = $state<Tool>("none");
  grid = $state.raw<ChunkGrid | null>(null);
  shownFps = $state<number | null>(null);
  skippedFrames = $state(0);
  /** Wall clock of this computer, four times a second: what ages on the page ages by it. */
  nowMs = $state(Date.now());
  readonly hooks: ViewerHooks;

  readonly #views: CameraViews;
  readonly #dataset: ShownDataset;
  readonly #address: Address;
  readonly #client: ViewClient;
  readonly #reader = new StoreReader();
  readonly #offs: (() => void)[] = [];
  readonly #tick: ReturnType<typeof setInterval>;
  #run: number | null = null;

  constructor(runtime: RemoteRuntime, hooks: ViewerHooks) {
    this.hooks = hooks;
    this.#address = new Address(() => addressOf(this.#views, this.dataset));
    const { given } = this.#address;
    const changed = () => this.#address.save();
    const socket = new URL("/ws", location.href);
    socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
    this.renderer = given.renderer ?? hooks.renderer;
    this.#client = new ViewClient(socket.href, this.renderer, (message) => this.#receive(message));
    const views = new CameraViews(runtime, this.#client, this.#reader, {
      changed,
      stored: () => this.dataset !== null,
    });
    this.#views = views;
    this.#dataset = new ShownDataset(runtime, this.#reader, views, { say: hooks.say.bind(hooks), changed });
    views.active = given.stream;
    views.sideBySide = given.sideBySide;
    const seen = () => {
      this.#client.send({ kind: "visible", visible: document.visibilityState === "visible" });
      views.watchAnew();
    };
    document.addEventListener("visibilitychange", seen);
    // Kept by the browser while another page was looked at, and shown again as it was.
    addEventListener("pageshow", seen);
    const wake = () => this.#client.send({ kind: "wake" });
    addEventListener("online", wake);
    this.#offs.push(() => {
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("pageshow", seen);
      removeEventListener("online", wake);
    });
    seen();
    // Made inside an effect of the page, which is not to run again for what is read here.
    untrack(() => {
      views.takeConfiguration(runtime.hello.configuration);
      views.takeStats(runtime.hello.stats);
    });
    this.#offs.push(
      runtime.on("configuration", ({ configuration }) => views.takeConfiguration(configuration)),
      runtime.on("state", ({ state }) => views.setState(state)),
      runtime.on("stats", (stats) => views.takeStats(stats)),
      runtime.on("published", (published) => {
        views.takePublished(published);
        this.#dataset.takePublished(published);
      }),
    );
    this.#tick = setInterval(() => this.#everyTick(), TICK_MS);
    untrack(() => {
      restoreView(this.current, given);
      if (given.dataset === null) return;
      void this.#dataset.open(given.dataset, given.index, (pane) => restoreChannels(pane, given));
    });
  }

  get cameras() {
    return this.#views.all;
  }
  get current(): CameraView {
    return this.#views.current;
  }
  get visible(): CameraView[] {
    return this.#views.visible;
  }
  get active() {
    return this.#views.active;
  }
  get sideBySide() {
    return this.#views.sideBySide;
  }
  get state() {
    return this.#views.state;
  }
  get stats() {
    return this.#views.stats;
  }
  get configuration() {
    return this.#views.configuration;
  }
  get capabilities() {
    return this.#views.capabilities;
  }
  get dataset() {
    return this.#dataset.name;
  }
  get datasetInfo() {
    return this.#dataset.info;
  }
  get opening() {
    return this.#dataset.opening;
  }
  get datasetProblem() {
    return this.#dataset.problem;
  }
  forgetProblem(): void {
    this.#dataset.problem = null;
  }
  standsStillMs(camera: CameraView): number | null {
    return this.#views.standsStillMs(camera, this.nowMs);
  }
  streamName(stream: number): string {
    return this.#views.name(stream);
  }
  /** Why no region may be drawn, here and now; null: one may. */
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
    // No region is drawn on stored frames.
    void this.#dataset.open(name, {}, () => (this.tool = this.tool === "roi" ? "none" : this.tool));
  }
  closeDataset(): void {
    this.#dataset.close();
  }
  /** One that is still opening may go on. */
  #leaveDataset(): void {
    if (this.dataset !== null) this.closeDataset();
  }
  showPlace(stream: number, place: number): void {
    this.#leaveDataset();
    this.selectStream(stream);
    this.current.timeline.goToPlace(place);
  }
  get storedLosses(): ViewerControl["storedLosses"] {
    return this.dataset === null ? null : this.current.timeline.datasetLosses;
  }
  get storedGaps(): ViewerControl["storedGaps"] {
    const { dataset } = this.current.timeline;
    return dataset && { capturedEnd: dataset.capturedEnd, damages: this.#dataset.damages };
  }
  showStoredPlace(place: number): void {
    if (this.dataset !== null) this.current.timeline.goToPlace(place);
  }
  /** The newest frame; from a dataset back to the camera. An idle camera is started, unsaved. */
  goLive(): void {
    this.#leaveDataset();
    this.current.timeline.goLive();
    if (this.state === "Armed") this.hooks.startLive();
  }
  showSnap(stream: number, frame: PreviewFrame): void {
    this.#leaveDataset();
    this.selectStream(stream);
    const { timeline, pane } = this.current;
    if (!timeline.live) timeline.goLive();
    const captioned = previewPicture(frame);
    const pixels = captioned.picture.pixels.slice();
    const { place } = captioned.caption;
    const channel = place === null ? 0 : (indexOf(timeline.axes, place)[timeline.channelAxis] ?? 0);
    this.#client.pictures(pane.id, [
      { channel, captioned: { ...captioned, picture: { ...captioned.picture, pixels } } },
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
    this.#leaveDataset();
    this.#views.active = stream;
    this.#views.wantAll();
    this.#address.save();
  }
  setSideBySide(on: boolean): void {
    this.#views.sideBySide = on;
    this.#views.wantAll();
    this.#address.save();
  }
  setChunkGrid(grid: ChunkGrid | null): void {
    this.grid = grid;
  }
  /** Px of the frame as it is shown; becomes px of the sensor. */
  setRegion(region: Rectangle | null): void {
    const now = this.configuration.video[this.active]?.camera.settings;
    // Drawn on a picture that may have been taken with another region, or with another binning.
    const taken = this.current.pane.settings?.camera.settings ?? now;
    const [left, top] = taken?.offset ?? [0, 0];
    const by = (taken?.binning || 1) / (now?.binning || 1);
    const camera = this.capabilities.video[this.active]?.camera;
    const onSensor = region && { ...region, x: Math.round(region.x + left), y: Math.round(region.y + top) };
    const rebinned = onSensor && {
      x: Math.round(onSensor.x * by),
      y: Math.round(onSensor.y * by),
      width: Math.max(1, Math.round(onSensor.width * by)),
      height: Math.max(1, Math.round(onSensor.height * by)),
    };
    this.hooks.setRegion(this.active, by === 1 || !rebinned || !camera ? onSensor : snapRegion(rebinned, camera));
  }

  setRenderer(choice: RendererChoice): void {
    this.renderer = choice;
    // The address named one for this page alone; now there is a choice that is kept.
    this.#address.renderer = null;
    this.hooks.keepRenderer(choice);
    this.#client.send({ kind: "renderer", renderer: choice });
    this.#address.save();
  }

  /** What the canvas shows, read back from where it was drawn; null: nothing. */
  capture(): Promise<CapturedImage | null> {
    return this.#client.capture(this.current.pane.id);
  }
  /** The image as shown, for a file. */
  async capturePng(): Promise<Blob | null> {
    const image = await this.capture();
    const { shown, view, frame } = this.current.pane;
    return image && capturedPng(image, shown?.gaps ?? [], view, frame ?? image);
  }
  /** How often pixels went to the GPU (or the 2-D canvas), and more, once all that was asked before is done. */
  counters(): Promise<ViewCounters> {
    return this.#client.sync();
  }

  dispose(): void {
    for (const off of this.#offs) off();
    clearInterval(this.#tick);
    this.#address.dispose();
    this.#views.dispose();
    this.#dataset.dispose();
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
      case "limits":
        return this.cameras.get(message.pane)?.pane.takeLimits(message.channel, message.look);
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
      case "subscription": {
        const camera = this.cameras.get(message.pane);
        if (camera) camera.pane.refusal = message.problem;
        return;
      }
      case "captured":
      case "synced":
        return;
    }
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
    this.#views.takePicture(camera, shown.caption);
    this.failure = null;
    const { caption } = shown;
    if (shown.gaps.length > 0) this.#dataset.takeGaps(shown);
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
}
