// Longer than the rest: panes, sources and the view worker meet here, and each method is one step between them.
import type { ConnectedRuntime } from "@zarrcam/client/remote";
import type { PreviewFrame, PreviewRoad } from "@zarrcam/protocol";
import { untrack } from "svelte";

import type {
  ArchivePlace,
  BrowserRun,
  ChunkGrid,
  PicturesPlace,
  Rectangle,
  ViewerControl,
  ViewerHooks,
} from "./ports.ts";
import { Address, addressOf, restorePane } from "./address.ts";
import { type CameraPane, Cameras } from "./cameras.svelte.ts";
import { capturedPng } from "./captured-png.ts";
import { axisToStep } from "./core/axes.ts";
import type { DatasetPlace } from "./core/dataset-place.ts";
import { regionOnSensor } from "./core/region-of-interest.ts";
import type { RendererChoice } from "./core/renderer-choice.ts";
import { StoreReader } from "./data/store-reader.ts";
import type { FromView, ViewCounters } from "./live/messages.ts";
import { snapPlane } from "./live/preview-picture.ts";
import { bridgeOfPage } from "./live/pictures-place.ts";
import { type CapturedImage, ViewClient } from "./live/view-client.ts";
import type { PaneImage } from "./pane/pane-image.svelte.ts";
import type { SourcePane } from "./pane/source-pane.svelte.ts";
import { ShownDataset } from "./shown-dataset.svelte.ts";
import { ViewStatus } from "./view-status.svelte.ts";
import { watchSight } from "./watch-sight.ts";

const TICK_MS = 250;

export type Tool = "none" | "roi" | "measure";

/** Cameras and datasets, each in a pane. The page makes one viewer and gives it to `ImagePane` and `DisplayPanel`. */
export class Viewer implements ViewerControl {
  tool = $state<Tool>("none");
  grid = $state.raw<ChunkGrid | null>(null);
  /** Cameras beside each other, instead of one at a time. */
  sideBySide = $state(false);
  shownFps = $state<number | null>(null);
  /** Wall clock of this computer, four times a second: what ages on the page ages by it. */
  nowMs = $state(Date.now());
  readonly hooks: ViewerHooks;
  readonly cameras: Cameras;
  readonly stored: ShownDataset;
  /** What the view worker says of itself: who draws, and whether pictures come. */
  readonly status: ViewStatus;

  readonly #address: Address;
  readonly #client: ViewClient;
  readonly #reader: StoreReader;
  readonly #offs: (() => void)[] = [];

  constructor(runtime: ConnectedRuntime, hooks: ViewerHooks) {
    this.hooks = hooks;
    this.#address = new Address(() => this.#addressNow());
    const { given } = this.#address;
    this.status = new ViewStatus(given.renderer ?? hooks.renderer, hooks.say.bind(hooks));
    this.#client = new ViewClient(this.status.renderer, (message) => this.#receive(message));
    this.#client.takePicturesFrom(hooks.pictures ? hooks.pictures() : bridgeOfPage());
    this.#reader = new StoreReader(connectBy(hooks), this.#client.port());
    const changed = () => this.#address.save();
    this.cameras = new Cameras(runtime, hooks, this.#client, this.#reader, {
      changed,
      panes: () => this.#panesChanged(),
    });
    const shelves = {
      get bridge() {
        return untrack(() => hooks.bridgeDatasets);
      },
      browser: hooks.browserDatasets,
    };
    this.stored = new ShownDataset(shelves, this.#reader, this.#client, {
      say: hooks.say.bind(hooks),
      changed,
      panes: () => this.#panesChanged(),
      before: () => this.cameras.current.image,
    });
    this.cameras.active = given.stream;
    this.sideBySide = given.sideBySide;
    this.#offs.push(watchSight(this.#client, () => this.cameras.watchAnew()));
    // Made inside an effect of the page, which is not to run again for what is read here.
    untrack(() => {
      this.cameras.takeConfiguration(runtime.hello.configuration);
      this.cameras.takeStats(runtime.hello.stats);
    });
    this.#offs.push(
      runtime.on("configuration", ({ configuration }) => this.cameras.takeConfiguration(configuration)),
      runtime.on("state", ({ state }) => this.cameras.takeState(state)),
      runtime.on("stats", (stats) => this.cameras.takeStats(stats)),
      runtime.on("run_ended", ({ run_id }) => void this.stored.takeRunEnd(run_id)),
      runtime.on("published", (published) => {
        this.cameras.takePublished(published);
        this.stored.takePublished(published, hooks.runPlace);
      }),
    );
    const tick = setInterval(() => this.#everyTick(), TICK_MS);
    this.#offs.push(() => clearInterval(tick));
    untrack(() => this.#restore());
  }

  /** Live pictures come from there from now on; null: there are no cameras. A port leaves the page. */
  takePicturesFrom(place: PicturesPlace | null): void {
    this.#client.takePicturesFrom(place);
  }

  /** The pane that keys, toolbar and panels are about. */
  get current(): SourcePane {
    return this.stored.pane ?? this.cameras.current;
  }
  /** Those on the page now. */
  get visible(): SourcePane[] {
    if (this.stored.pane) return [this.stored.pane];
    return this.sideBySide ? [...this.cameras.all.values()] : [this.cameras.current];
  }
  /** The camera that a pane shows; null: it shows something stored. */
  cameraOf(pane: SourcePane): CameraPane | null {
    const camera = this.cameras.all.get(pane.id);
    return camera === pane ? camera : null;
  }
  get active() {
    return this.cameras.active;
  }
  get state() {
    return this.cameras.state;
  }
  get dataset() {
    return this.stored.name;
  }
  get datasetPlace() {
    return this.stored.place;
  }
  get storedLosses(): ViewerControl["storedLosses"] {
    return this.stored.pane?.source.losses ?? null;
  }
  get storedGaps(): ViewerControl["storedGaps"] {
    return this.stored.pane?.source.gaps ?? null;
  }
  get skippedFrames() {
    return this.cameras.current.source.skippedFrames;
  }
  /** Why no region may be drawn, here and now; null: one may. */
  get regionProblem(): string | null {
    if (this.dataset !== null) return "A stored dataset has no region to set";
    if (this.hooks.controlRefusal !== null) return this.hooks.controlRefusal;
    if (this.state === "Running") return "Cannot be changed while recording";
    return this.cameras.capabilities.video[this.active]?.camera ? null : "No camera is chosen";
  }

  /** A canvas that the page has made for the renderer of this generation. */
  attach(image: PaneImage, canvas: HTMLCanvasElement, generation: number): void {
    // Called as the canvas is mounted: another size later must not transfer it a second time.
    const size = untrack(() => image.size);
    this.#client.canvas(image.id, generation, canvas.transferControlToOffscreen(), size);
  }

  openDataset(name: string, place: DatasetPlace): void {
    // No region is drawn on stored frames.
    void this.stored.open(name, place, {}, () => (this.tool = this.tool === "roi" ? "none" : this.tool));
  }
  openArchive(place: ArchivePlace): void {
    void this.stored.openArchive(place, {}, () => (this.tool = this.tool === "roi" ? "none" : this.tool));
  }
  closeDataset(): void {
    this.stored.close();
  }
  /** One that is still opening may go on. */
  #leaveDataset(): void {
    if (this.dataset !== null) this.closeDataset();
  }
  showFrame(stream: number, frameIndex: number): void {
    this.#leaveDataset();
    this.selectStream(stream);
    this.cameras.current.navigation.goToFrame(frameIndex);
  }
  showStoredFrame(frameIndex: number): void {
    this.stored.pane?.navigation.goToFrame(frameIndex);
  }
  /** The newest frame; from a dataset back to the camera. An idle camera is started, unsaved. */
  goLive(): void {
    this.#leaveDataset();
    this.cameras.current.navigation.goLive();
    if (this.state === "Armed") this.hooks.startLive();
  }
  showSnap(stream: number, frame: PreviewFrame): void {
    this.#leaveDataset();
    this.selectStream(stream);
    const { navigation, image, channels } = this.cameras.current;
    if (!navigation.live) navigation.goLive();
    image.sink(false).put([snapPlane(frame, channels.step)]);
  }
  step(key: "t" | "z" | "c", by: number): void {
    const { navigation } = this.current;
    const axis = axisToStep(navigation.axes, key);
    if (axis >= 0) navigation.step(axis, by);
  }
  selectStream(stream: number): void {
    if (stream === this.active || !this.cameras.all.has(stream)) return;
    this.#leaveDataset();
    this.cameras.active = stream;
    this.#panesChanged();
    this.#address.save();
  }
  takeBrowserRun(stream: number, run: BrowserRun | null): void {
    this.cameras.takeBrowserRun(stream, run);
    if (run) this.stored.takePublished(run, "browser");
  }
  setSideBySide(on: boolean): void {
    this.sideBySide = on;
    this.#panesChanged();
    this.#address.save();
  }
  setChunkGrid(grid: ChunkGrid | null): void {
    this.grid = grid;
  }
  /** @param region px of the frame as it is shown; null: the whole sensor */
  setRegion(region: Rectangle | null): void {
    const now = this.cameras.configuration.video[this.active]?.camera.settings;
    // Drawn on a picture that may have been taken with another region, or with another binning.
    const taken = this.cameras.current.source.settings?.camera.settings ?? now;
    const camera = this.cameras.capabilities.video[this.active]?.camera;
    this.hooks.setRegion(this.active, region && regionOnSensor(region, taken, now, camera));
  }

  setRenderer(choice: RendererChoice): void {
    this.status.renderer = choice;
    // The address named one for this page alone; now there is a choice that is kept.
    this.#address.renderer = null;
    this.hooks.keepRenderer(choice);
    this.#client.send({ kind: "renderer", renderer: choice });
    this.#address.save();
  }

  /** What the canvas shows, read back from where it was drawn; null: nothing. */
  capture(): Promise<CapturedImage | null> {
    return this.#client.capture(this.current.id);
  }
  /** The image as shown, for a file. */
  async capturePng(): Promise<Blob | null> {
    const image = await this.capture();
    const { shown, view, frame } = this.current.image;
    return image && capturedPng(image, shown?.gaps ?? [], view, frame ?? image);
  }
  /** How often pixels went to the GPU (or the 2-D canvas), and more, once all that was asked before is done. */
  counters(): Promise<ViewCounters> {
    return this.#client.sync();
  }
  /** By which road the cameras' pictures come; null: the one that is faster. For measurements. */
  fixRoad(road: PreviewRoad | null): void {
    this.#client.send({ kind: "road", road });
  }

  dispose(): void {
    for (const off of this.#offs) off();
    this.#address.dispose();
    this.cameras.dispose();
    this.stored.dispose();
    this.#client.dispose();
    this.#reader.dispose();
  }

  #receive(message: FromView): void {
    if (!("pane" in message)) return this.status.receive(message);
    const { pane: stored } = this.stored;
    const pane = stored?.id === message.pane ? stored : this.cameras.all.get(message.pane);
    if (pane?.receive(message)) this.status.failure = null;
  }
  /** Other panes are on the page: only what is seen is sent. */
  #panesChanged(): void {
    const { visible } = this;
    for (const pane of this.cameras.all.values()) pane.setVisible(visible.includes(pane));
  }
  #addressNow() {
    const { address: dataset, place } = this.stored;
    const { active: stream, sideBySide } = this;
    return addressOf(this.current, { dataset, place: place ?? "bridge", stream, sideBySide });
  }
  #restore(): void {
    const { given } = this.#address;
    if (given.dataset === null) return restorePane(this.cameras.current, given);
    const restore = (pane: SourcePane) => restorePane(pane, given);
    const { dataset, place, position } = given;
    if (/^https?:\/\//.test(dataset)) void this.stored.openArchive({ kind: "url", url: dataset }, position, restore);
    else void this.stored.open(dataset, place, position, restore);
  }
  #everyTick(): void {
    this.nowMs = Date.now();
    this.shownFps = this.cameras.current.source.rate.fps(performance.now());
  }
}

/** How the data worker gets to a dataset of this browser. */
export function connectBy({ browserDatasets }: Pick<ViewerHooks, "browserDatasets">): (name: string) => MessagePort {
  // Nobody answers a port that nobody has the other end of; the reader gives up by itself.
  return (name) => browserDatasets?.connect(name) ?? new MessageChannel().port1;
}
