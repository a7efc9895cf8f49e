import type { DatasetInfo, LossPage } from "@zarrcam/protocol";

/** A place where datasets are: what is known of one. Rejects with a sentence for users. */
export interface DatasetShelf {
  getDatasetInfo(name: string): Promise<DatasetInfo>;
  getDatasetLosses(name: string, range: { from?: number; count?: number }): Promise<LossPage>;
}
