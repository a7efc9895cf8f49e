import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { DatasetInfo } from "@zarrcam/protocol";

import type { ViewerHooks } from "../app/seam.ts";
import type { CameraViews } from "./camera-views.svelte.ts";
import type { StoreReader } from "./data/store-reader.ts";
import { openDataset } from "./data/stored-source.ts";
import type { PaneState } from "./pane.svelte.ts";
import { DatasetLosses } from "./time/dataset-losses.svelte.ts";

/** The dataset that stands on the canvas in the place of the cameras, if any. */
export class ShownDataset {
  name = $state<string | null>(null);
  /** What its own files told of it when it was opened. */
  info = $state.raw<DatasetInfo | null>(null);
  /** One that is to take its place. */
  opening = $state<string | null>(null);
  /** Why the last one could not be opened. */
  problem = $state<string | null>(null);

  readonly #runtime: RemoteRuntime;
  readonly #reader: StoreReader;
  readonly #cameras: CameraViews;
  readonly #say: ViewerHooks["say"];
  readonly #changed: () => void;
  #opened: AbortController | null = null;

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
      this.#cameras.wantAll();
      this.#cameras.setChannels(current, source.axes);
      current.pane.overlay.takeHints(source.description.channels);
      prepare?.(current.pane);
      current.timeline.openDataset(source, this.#lossesOf(info), at);
      if (before && before.url !== source.url) this.#reader.close(before.url);
      this.#say(`Showing ${name}.`, { polite: true });
    } catch (error) {
      if (opened.signal.aborted) return;
      this.problem = error instanceof Error ? error.message : String(error);
      this.#say(`${name} cannot be shown: ${this.problem}`, { level: "error", polite: true });
    } finally {
      if (this.#opened === opened) this.opening = null;
    }
    this.#changed();
  }

  /** What was opened before its first frame has places now. */
  takePublished(name: string | null): void {
    const { timeline } = this.#cameras.current;
    if (this.name === null || name !== this.name || this.opening !== null || !timeline.hasNoFrames) return;
    if (timeline.dataset) this.#reader.close(timeline.dataset.url);
    void this.open(name);
  }

  close(): void {
    this.#opened?.abort();
    this.opening = null;
    this.problem = null;
    if (this.name === null) return;
    const { current } = this.#cameras;
    const { timeline, pane } = current;
    const url = timeline.dataset?.url;
    this.name = null;
    this.info = null;
    pane.clear(null);
    timeline.closeDataset();
    if (url) this.#reader.close(url);
    this.#cameras.settle(current);
    this.#cameras.wantAll();
    this.#changed();
  }

  dispose(): void {
    this.#opened?.abort();
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
