import type { DatasetInfo, Published } from "@zarrcam/protocol";

import { type ArchivePlace, archiveLabel } from "./core/archive-place.ts";
import type { DatasetPlace } from "./core/dataset-place.ts";
import type { StoreReader } from "./data/store-reader.ts";
import type { PaneLink } from "./live/view-client.ts";
import type { ViewerHooks } from "./ports.ts";
import type { PaneImage } from "./pane/pane-image.svelte.ts";
import { SourcePane } from "./pane/source-pane.svelte.ts";
import { ArchiveSource } from "./sources/archive-source.svelte.ts";
import type { DatasetShelf } from "./sources/dataset-shelf.ts";
import { DatasetSource } from "./sources/dataset-source.svelte.ts";

/** Null: there are none. */
export type Shelves = Record<DatasetPlace, DatasetShelf | null>;

type StoredSource = DatasetSource | ArchiveSource;

/** How often the files of what is shown are looked at, ms. */
const WATCH_MS = 2000;

/** What the shown dataset asks of the viewer, and tells it. */
export interface DatasetEvents {
  say: ViewerHooks["say"];
  /** The dataset is looked at in another way: its view, contrast or position is another. */
  changed(): void;
  /** Another pane is on the page. */
  panes(): void;
  /** The pane that the dataset covers, whose display settings it begins with. */
  before(): PaneImage;
}

/** The stored dataset on the page, if any, in a pane of its own. */
export class ShownDataset {
  /** Null: none is shown. */
  pane = $state.raw<SourcePane<StoredSource> | null>(null);
  /** Name of a dataset that is being opened; null: none is. */
  opening = $state<string | null>(null);
  /** The last one that could not be opened, and why. */
  problem = $state.raw<{ name: string; why: string } | null>(null);

  readonly #shelves: Shelves;
  readonly #reader: StoreReader;
  readonly #link: PaneLink;
  readonly #events: DatasetEvents;
  #opened: AbortController | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;
  /** Cameras have the numbers of their streams; each pane of a dataset has one of its own below them. */
  #lastPane = 0;

  constructor(shelves: Shelves, reader: StoreReader, link: PaneLink, events: DatasetEvents) {
    this.#shelves = shelves;
    this.#reader = reader;
    this.#link = link;
    this.#events = events;
  }

  get name(): string | null {
    return this.pane?.source.name ?? null;
  }
  /** Null: no dataset of the list is shown. */
  get place(): DatasetPlace | null {
    return this.pane?.source.place ?? null;
  }
  /** What the page's address names it by; null: it cannot. */
  get address(): string | null {
    return this.pane?.source.address ?? null;
  }
  get info(): DatasetInfo | null {
    return this.pane?.source.info ?? null;
  }

  /**
   * @param at where to begin, by the names of the axes
   * @param prepare called once its channels are known, before the first plane is read
   */
  open(
    name: string,
    place: DatasetPlace,
    at: Record<string, number> = {},
    prepare?: (pane: SourcePane) => void,
  ): Promise<void> {
    const find = (signal: AbortSignal) => {
      const shelf = this.#shelves[place];
      if (shelf) return DatasetSource.find(shelf, place, this.#reader, name, signal);
      return Promise.reject(
        new Error(place === "browser" ? "This browser keeps none." : "No camera computer is here."),
      );
    };
    return this.#open(name, find, at, prepare);
  }

  /** A zipped Zarr, as `open`. */
  openArchive(
    place: ArchivePlace,
    at: Record<string, number> = {},
    prepare?: (pane: SourcePane) => void,
  ): Promise<void> {
    return this.#open(archiveLabel(place), (signal) => ArchiveSource.open(place, this.#reader, signal), at, prepare);
  }

  async #open(
    name: string,
    find: (signal: AbortSignal) => Promise<StoredSource>,
    at: Record<string, number>,
    prepare?: (pane: SourcePane) => void,
  ): Promise<void> {
    this.#opened?.abort();
    const opened = (this.#opened = new AbortController());
    this.opening = name;
    this.problem = null;
    try {
      const source = await find(opened.signal);
      if (opened.signal.aborted) return source.close();
      this.#show(source, at, prepare);
      this.#watchFiles(source);
      this.#events.say(`Showing ${name}.`, { polite: true });
    } catch (error) {
      if (opened.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.problem = { name, why };
      // What is read anew and is gone must not leave its old pixels.
      if (this.name === name) this.pane?.image.clear(`${name} cannot be read any more: ${why}`, "failed");
      this.#events.say(`${name} cannot be shown: ${why}`, { level: "error", polite: true });
    } finally {
      if (this.#opened === opened) this.opening = null;
    }
    this.#events.changed();
  }

  /**
   * What was opened before its first frame has some now, what is being recorded has more; and a run may have taken the place
   * of the one that is shown.
   */
  takePublished(
    { dataset, run_id, frames_published }: Pick<Published, "dataset" | "run_id" | "frames_published">,
    place: DatasetPlace,
  ): void {
    const { pane } = this;
    const source = this.#dataset;
    if (!pane || !source || dataset !== source.name || place !== source.place || this.opening !== null) return;
    source.losses?.refresh();
    if (pane.navigation.hasNoFrames) void this.open(dataset, place);
    else if (run_id !== this.info?.run_id) this.#openAnew(pane);
    else source.grow(frames_published);
  }

  /** A run has ended: what is said of the dataset that it recorded is asked for again. */
  async takeRunEnd(runId: string): Promise<void> {
    try {
      await this.#dataset?.takeRunEnd(runId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#events.say(`What became of ${this.name} is not known: ${why}`, { level: "warning" });
    }
  }

  close(): void {
    this.#opened?.abort();
    if (this.#watch !== null) clearInterval(this.#watch);
    this.opening = null;
    this.problem = null;
    const { pane } = this;
    if (!pane) return;
    this.pane = null;
    pane.dispose();
    this.#events.panes();
    this.#events.changed();
  }

  dispose(): void {
    this.#opened?.abort();
    if (this.#watch !== null) clearInterval(this.#watch);
    this.pane?.dispose();
  }

  get #dataset(): DatasetSource | null {
    const source = this.pane?.source;
    return source instanceof DatasetSource ? source : null;
  }

  #show(source: StoredSource, at: Record<string, number>, prepare?: (pane: SourcePane) => void): void {
    const { pane } = this;
    if (pane) return pane.setSource(source, at, () => prepare?.(pane));
    const made = new SourcePane<StoredSource>(--this.#lastPane, source, this.#link, () => this.#events.changed());
    made.image.resemble(this.#events.before());
    made.navigation.begin(at);
    prepare?.(made);
    this.pane = made;
    // First of all no more pictures of the camera.
    this.#events.panes();
    made.begin();
  }

  /** Another program, or a run, may write the dataset anew while it is looked at. */
  #watchFiles(source: StoredSource): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    // What is in an archive does not change: whoever reads another one is told.
    if (!(source instanceof DatasetSource)) return;
    this.#watch = setInterval(() => {
      const { signal } = this.#opened ?? {};
      if (!signal || this.opening !== null || document.visibilityState !== "visible") return;
      // What another tab records tells nobody here.
      if (source.place === "browser") source.follow().catch(() => undefined);
      source.writtenAnew(signal).then(
        (changed) => {
          const { pane } = this;
          if (changed && pane?.source === source && this.opening === null) this.#openAnew(pane);
        },
        () => undefined,
      );
    }, WATCH_MS);
  }

  /** The old pixels go first; the position stays, as far as it is there. */
  #openAnew({ source: { name, place }, image, navigation }: SourcePane<StoredSource>): void {
    if (place === null) return;
    const at = Object.fromEntries(navigation.axes.map((axis, which) => [axis.name, navigation.position[which] ?? 0]));
    image.clear(`${name} was written anew: it is read again`, "failed");
    this.#events.say(`${name} was written anew, and is read again.`, { polite: true });
    void this.open(name, place, at);
  }
}
