import type { BrowserDatasets } from "../browser-datasets/index.ts";

/** `datasets.*` of the protocol, about the datasets of this browser. */
export function askDatasets(datasets: BrowserDatasets, method: string, params: object): Promise<unknown> {
  const { name = "", from, count } = params as { name?: string; from?: number; count?: number };
  switch (method) {
    case "datasets.list":
      return datasets.list();
    case "datasets.left_out":
      return Promise.resolve(datasets.leftOut());
    case "datasets.info":
      return datasets.info(name);
    case "datasets.losses":
      return datasets.losses(name, from, count);
    case "datasets.settings":
      return datasets.settings(name);
    case "datasets.recover":
      return datasets.recover(name);
    default:
      // Of TIFF and raw files, which there are none of here.
      return Promise.resolve(null);
  }
}
