import type { DatasetInfo, LeftOut } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";

/** What lies in the data folder, as it was when somebody last looked. */
export interface DatasetListPort {
  listDatasets(): Promise<DatasetInfo[]>;
  /** What that look left out. */
  getLeftOutDatasets(): Promise<LeftOut[]>;
}

/** The datasets of the data folder. */
export class DatasetList {
  all = $state.raw<readonly DatasetInfo[]>([]);
  /** What lies in the folder and is not in `all`, by reason. */
  leftOut = $state.raw<readonly LeftOut[]>([]);
  /** Why they could not be listed; null: they could. */
  problem = $state<string | null>(null);
  readonly #port: () => DatasetListPort | null;

  /** @param port null: the camera computer is not connected */
  constructor(port: () => DatasetListPort | null) {
    this.#port = port;
  }

  find(name: string): DatasetInfo | undefined {
    return this.all.find((dataset) => dataset.name === name);
  }

  async refresh(): Promise<void> {
    const port = this.#port();
    if (!port) return;
    try {
      this.all = await port.listDatasets();
      // Of the same look at the folder.
      this.leftOut = await port.getLeftOutDatasets();
      this.problem = null;
    } catch (error) {
      this.problem = errorText(error);
    }
  }
}
