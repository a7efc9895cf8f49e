import { BrowserDatasets } from "../browser-datasets/index.ts";
import type { BrowserStoragePort } from "../datasets/browser-storage.svelte.ts";
import type { DatasetListPort } from "../datasets/dataset-list.svelte.ts";
import type { Say } from "../log/say.ts";
import type { BrowserShelf } from "../viewer/ports.ts";

/** The browser's own datasets, as the rooms of the page ask for them. */
export interface BrowserPart extends BrowserStoragePort {
  readonly datasets: BrowserDatasets;
  /** Null: this browser keeps none. */
  readonly list: DatasetListPort | null;
  readonly shelf: BrowserShelf | null;
}

export function browserPart(say: Say): BrowserPart {
  const datasets = new BrowserDatasets();
  const unavailable = BrowserDatasets.unavailable();
  const isHere = unavailable === null;
  return {
    datasets,
    unavailable,
    list: isHere
      ? { listDatasets: () => datasets.list(), getLeftOutDatasets: () => Promise.resolve(datasets.leftOut()) }
      : null,
    shelf: isHere
      ? {
          getDatasetInfo: (name) => datasets.info(name),
          getDatasetLosses: (name, { from, count }) => datasets.losses(name, from, count),
          connect: (name) => datasets.connect(name),
        }
      : null,
    usage: () => datasets.usage(),
    persist: () => datasets.persist(),
    say,
  };
}
