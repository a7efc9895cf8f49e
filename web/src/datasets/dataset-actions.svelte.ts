import type { DatasetInfo } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";
import { formatCount } from "../ui/format.ts";
import { settingsInferred, settingsRecorded, unchangedText } from "./dataset-settings.ts";
import type { DatasetsPort } from "./ports.ts";

type Needed = Pick<
  DatasetsPort,
  | "datasets"
  | "editing"
  | "camera"
  | "shownDataset"
  | "openDataset"
  | "recoverDataset"
  | "getDatasetSettings"
  | "getFileDescription"
  | "showSetup"
  | "say"
>;

/** What can be done with a dataset of the list. */
export class DatasetActions {
  /** Name of the dataset that is being recovered; null: none is. */
  recovering = $state<string | null>(null);
  readonly #port: Needed;

  constructor(port: Needed) {
    this.#port = port;
  }

  async recover({ name }: DatasetInfo): Promise<void> {
    const { datasets, say } = this.#port;
    this.recovering = name;
    try {
      const { frames_stored } = await this.#port.recoverDataset(name);
      say(`${name}: recovered, ${formatCount(frames_stored, "frame")}.`, { polite: true });
    } catch (error) {
      say(`${name}: ${errorText(error)}`, { level: "error", polite: true });
    }
    this.recovering = null;
    await datasets.refresh();
    // What stands on the canvas was read before it was whole.
    if (this.#port.shownDataset === name) this.#port.openDataset(name);
  }

  /** Fills the set-up with how the dataset was made, as far as it tells. */
  async reuse(dataset: DatasetInfo): Promise<void> {
    const { editing, camera, say } = this.#port;
    const { stream } = camera;
    const { name } = dataset;
    if (editing.locked || !stream) return;
    try {
      const recorded = await this.#port.getDatasetSettings(name);
      const described = recorded ? null : await this.#port.getFileDescription(name);
      this.#port.showSetup();
      editing.load(
        `Settings of ${name}`,
        recorded ? settingsRecorded(dataset, recorded) : settingsInferred(dataset, stream, described),
      );
      const unchanged = recorded ? null : unchangedText(described);
      if (unchanged) say(`${name} does not tell its ${unchanged}: these stay as they were.`, { polite: true });
    } catch (error) {
      say(`${name}: ${errorText(error)}`, { level: "error", polite: true });
    }
  }
}
