import type { ConnectedRuntime } from "@zarrcam/client/remote";
import type { Capabilities, Configuration, Published, RuntimeState, Stats } from "@zarrcam/protocol";
import { SvelteMap } from "svelte/reactivity";

import type { BridgeView, BrowserRun, ViewerHooks } from "./ports.ts";
import type { StoreReader } from "./data/store-reader.ts";
import type { PaneLink } from "./live/view-client.ts";
import { SourcePane } from "./pane/source-pane.svelte.ts";
import { CameraSource } from "./sources/camera-source.svelte.ts";
import { SettingsHistory } from "./sources/settings-history.ts";

export type CameraPane = SourcePane<CameraSource>;

/** What the cameras tell the viewer. */
export interface CamerasEvents {
  /** A camera is looked at in another way: its view, contrast or position is another. */
  changed(): void;
  /** The set-up has other cameras. */
  panes(): void;
}

const NONE: Configuration = { video: [] };

/** The cameras of the set-up, each in a pane of its own, and what the camera computer tells of them. */
export class Cameras {
  /** The stream that the toolbar and the panels beside the image are about. */
  active = $state(0);
  /** The panes by the index of their stream in `video`. */
  readonly all = new SvelteMap<number, CameraPane>();

  readonly #runtime: ConnectedRuntime;
  readonly #bridge: BridgeView;
  readonly #places: Pick<ViewerHooks, "runPlace" | "browserDatasets">;
  readonly #link: PaneLink;
  readonly #reader: StoreReader;
  readonly #events: CamerasEvents;
  readonly #history = new SettingsHistory();
  #before: RuntimeState = "Closed";

  constructor(
    runtime: ConnectedRuntime,
    hooks: Pick<ViewerHooks, "bridge" | "runPlace" | "browserDatasets">,
    link: PaneLink,
    reader: StoreReader,
    events: CamerasEvents,
  ) {
    this.#runtime = runtime;
    this.#bridge = hooks.bridge;
    this.#places = hooks;
    this.#link = link;
    this.#reader = reader;
    this.#events = events;
  }

  get configuration(): Configuration {
    return this.#bridge.applied?.configuration ?? NONE;
  }
  get capabilities(): Capabilities {
    return this.#bridge.capabilities;
  }
  get state(): RuntimeState {
    return this.#bridge.runtimeState;
  }
  get stats(): Stats | null {
    return this.#bridge.stats;
  }
  get current(): CameraPane {
    return this.all.get(this.active) ?? this.all.get(0) ?? this.#pane(0);
  }
  get running(): boolean {
    return this.state === "Running" || this.state === "Previewing";
  }
  /** For how long the live picture has stood still while the camera went on, ms; null: it moves, or is none. */
  standsStillMs({ source, navigation }: CameraPane, nowMs: number): number | null {
    if (!this.running || !navigation.live) return null;
    const oneIn = navigation.pins.length > 0 ? (navigation.axes.at(-1)?.stride ?? 1) : 1;
    return source.still.forMs(nowMs, oneIn);
  }

  takeState(state: RuntimeState): void {
    if (state !== this.#before) this.watchAnew();
    this.#before = state;
  }
  /** No picture can have come just now: the run begins, or the page was hidden. */
  watchAnew(): void {
    for (const { source } of this.all.values()) if (source.still.watched) source.still.watch(Date.now());
  }

  takeConfiguration(configuration: Configuration): void {
    this.#history.add(configuration, Date.now());
    const chosen = configuration.video.flatMap(({ camera }, stream) =>
      stream === 0 || (camera.identifier && camera.identifier.kind === "Camera") ? [stream] : [],
    );
    const streams = chosen.length > 0 ? chosen : [0];
    for (const [stream, pane] of this.all) {
      if (streams.includes(stream)) continue;
      pane.dispose();
      this.all.delete(stream);
    }
    for (const stream of streams) {
      const { source, image } = this.#pane(stream);
      source.takeConfiguration(configuration);
      const shape = configuration.video[stream]?.camera.settings.shape;
      if (shape && !image.shown) image.setFrame({ width: shape[0], height: shape[1] });
    }
    if (!this.all.has(this.active)) this.active = 0;
    // A stream that the bridge did not have may be there now.
    this.#link.send({ kind: "retry" });
    this.#events.panes();
  }

  takeStats(stats: Stats): void {
    this.#history.takeClock(stats.unix_ms, Date.now());
    this.takeState(stats.state);
    for (const { source } of this.all.values()) source.takeStats(stats);
  }
  takePublished(published: Published): void {
    this.all.get(published.stream)?.source.takePublished(published);
  }
  takeBrowserRun(stream: number, run: BrowserRun | null): void {
    this.all.get(stream)?.source.takeBrowserRun(run);
  }

  dispose(): void {
    for (const pane of this.all.values()) pane.dispose();
  }

  #pane(stream: number): CameraPane {
    const known = this.all.get(stream);
    if (known) return known;
    const source = new CameraSource(stream, this.#runtime, this.#places, this.#reader, this.#link, this.#history);
    const pane = new SourcePane(stream, source, this.#link, () => this.#events.changed());
    this.all.set(stream, pane);
    pane.begin();
    return pane;
  }
}
