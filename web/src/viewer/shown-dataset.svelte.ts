import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { DatasetInfo, Published } from "@zarrcam/protocol";

import type { ViewerHooks } from "./ports.ts";
import type { CameraViews } from "./camera-views.svelte.ts";
import type { StoreReader } from "./data/store-reader.ts";
import { type StoredSource, openDataset } from "./data/stored-source.ts";
import type { Shown } from "./live/messages.ts";
import type { PaneState } from "./pane.svelte.ts";
import { DatasetLosses } from "./time/dataset-losses.svelte.ts";

/** How often the files of what is shown are looked at. */
const WATCH_MS = 2000;
const MOST_DAMAGES = 1000;

export interface StoredDamage {
  /** Its coordinates: "1/0/0". */
  chunk: string;
  why: string;
  /** 0: of the full level; else the px of it that one stands for. */
  level: string | 0;
  /** Where it was met. */
  place: number;
}

/** The dataset that stands on the canvas in the place of the cameras, if any. */
export class ShownDataset {
  name = $state<string | null>(null);
  /** What its own files told of it when it was opened. */
  info = $state.raw<DatasetInfo | null>(null);
  /** One that is to take its place. */
  opening = $state<string | null>(null);
  /** The last one that could not be opened, and why. */
  problem = $state.raw<{ name: string; why: string } | null>(null);
  /** Chunks of it that were met and are damaged, by zoom level and coordinates. */
  damages = $state.raw<StoredDamage[]>([]);

  readonly #runtime: RemoteRuntime;
  readonly #reader: StoreReader;
  readonly #cameras: CameraViews;
  readonly #say: ViewerHooks["say"];
  readonly #changed: () => void;
  #opened: AbortController | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;

  constructor(
    runtime: RemoteRuntime,
    reader: StoreReader,
    cameras: CameraViews,
    { say, changed }: { say: ViewerHooks["say"]; changed: () => void },
  ) {
    this.#runtime = runtime;
    this.#reader = reader;
    this.#cameras = cameras;
    this.#say = say;
    this.#changed = changed;
  }

  /**
   * @param at where to begin, by the names of the axes
   * @param prepare called once its channels are known, before the first plane is read
   */
  async open(name: string, at: Record<string, number> = {}, prepare?: (pane: PaneState) => void): Promise<void> {
    this.#opened?.abort();
    const opened = (this.#opened = new AbortController());
    this.opening = name;
    this.problem = null;
    try {
      const info = await this.#runtime.getDatasetInfo(name);
      const source = await openDataset(this.#reader, info, opened.signal);
      if (opened.signal.aborted) return;
      const { current } = this.#cameras;
      const before = current.timeline.dataset;
      this.name = name;
      this.info = info;
      this.damages = [];
      this.#cameras.wantAll();
      this.#cameras.setChannels(current, source.axes);
      current.pane.overlay.takeHints(source.description.channels);
      prepare?.(current.pane);
      current.timeline.openDataset(source, this.#lossesOf(info), at);
      if (before) this.#reader.close(before);
      this.#watchFiles(source);
      this.#say(`Showing ${name}.`, { polite: true });
    } catch (error) {
      if (opened.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.problem = { name, why };
      // What is read anew and is gone must not leave its old pixels.
      if (this.name === name) this.#cameras.current.pane.clear(`${name} cannot be read any more: ${why}`, "failed");
      this.#say(`${name} cannot be shown: ${why}`, { level: "error", polite: true });
    } finally {
      if (this.#opened === opened) this.opening = null;
    }
    this.#changed();
  }

  /** What was opened before its first frame has places now; and a run may have taken the place of the one that is shown. */
  takePublished({ dataset, run }: Pick<Published, "dataset" | "run">): void {
    const { timeline } = this.#cameras.current;
    if (this.name === null || dataset !== this.name || this.opening !== null) return;
    if (timeline.hasNoFrames) void this.open(dataset);
    else if (run !== this.info?.run_id) this.#openAnew(dataset);
  }

  /** A chunk that is damaged is known from when it is met. */
  takeGaps({ gaps, caption, picture }: Pick<Shown, "gaps" | "caption" | "picture">): void {
    const { timeline } = this.#cameras.current;
    if (this.name === null || caption.source !== "dataset" || timeline.dataset === null) return;
    const level: StoredDamage["level"] = picture.reduction === "none" ? 0 : picture.scale.join(" × ");
    const fresh = gaps.flatMap(({ kind, chunk, why }) => {
      const known = this.damages.some((one) => one.chunk === chunk && one.level === level);
      const found: StoredDamage = { chunk, why, level, place: timeline.currentPlace ?? 0 };
      return kind === "damaged" && !known ? [found] : [];
    });
    if (fresh.length > 0) this.damages = [...this.damages, ...fresh].slice(0, MOST_DAMAGES);
  }

  /** Another program, or a run, may write the dataset anew while it is looked at. */
  #watchFiles({ description }: StoredSource): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      const { name } = this;
      const { signal } = this.#opened ?? {};
      if (name === null || !signal || this.opening !== null || document.visibilityState !== "visible") return;
      this.#reader.changed(description.store, signal).then(
        (changed) => {
          const current = this.#cameras.current.timeline.dataset?.description.store === description.store;
          if (changed && current && this.name === name && this.opening === null) this.#openAnew(name);
        },
        () => undefined,
      );
    }, WATCH_MS);
  }

  /** The old pixels go first; the place stays, as far as it is there. */
  #openAnew(name: string): void {
    const { timeline, pane } = this.#cameras.current;
    const at = Object.fromEntries(timeline.axes.map((axis, which) => [axis.name, timeline.index[which] ?? 0]));
    pane.clear(`${name} was written anew: it is read again`, "failed");
    this.#say(`${name} was written anew, and is read again.`, { polite: true });
    void this.open(name, at);
  }

  close(): void {
    this.#opened?.abort();
    if (this.#watch !== null) clearInterval(this.#watch);
    this.opening = null;
    this.problem = null;
    this.damages = [];
    if (this.name === null) return;
    const { current } = this.#cameras;
    const { timeline, pane } = current;
    const { dataset } = timeline;
    this.name = null;
    this.info = null;
    pane.clear(null);
    timeline.closeDataset();
    if (dataset) this.#reader.close(dataset);
    this.#cameras.settle(current);
    this.#cameras.wantAll();
    this.#changed();
  }

  dispose(): void {
    this.#opened?.abort();
    if (this.#watch !== null) clearInterval(this.#watch);
  }

  #lossesOf(info: DatasetInfo): DatasetLosses | null {
    if (info.losses === null) return null;
    const { timeline } = this.#cameras.current;
    const losses = new DatasetLosses(this.#runtime, info, (changed) => {
      if (timeline.datasetLosses === changed) timeline.lossesChanged();
    });
    if (info.losses.dropped > 0) losses.refresh();
    return losses;
  }
}
