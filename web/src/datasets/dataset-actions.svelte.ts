import { errorText } from "../ui/error-text.ts";
import { formatBytes, formatCount } from "../ui/format.ts";
import { settingsInferred, settingsRecorded, unchangedText } from "./dataset-settings.ts";
import { type PlacedDataset, keyOf } from "./placed-dataset.ts";
import type { DatasetsPort } from "./ports.ts";

type Needed = Pick<
  DatasetsPort,
  | "datasets"
  | "permissions"
  | "editing"
  | "camera"
  | "shownDataset"
  | "shownDatasetPlace"
  | "openDataset"
  | "closeDataset"
  | "recoverDataset"
  | "removeBrowserDataset"
  | "browserStorage"
  | "ask"
  | "getDatasetSettings"
  | "getFileDescription"
  | "showSetup"
  | "say"
>;

/** What can be done with a dataset of the list. */
export class DatasetActions {
  /** Key of the dataset that is being recovered; null: none is. */
  recovering = $state<string | null>(null);
  /** Key of the dataset that is being deleted; null: none is. */
  removing = $state<string | null>(null);
  readonly #port: Needed;

  constructor(port: Needed) {
    this.#port = port;
  }

  isShown({ name, place }: PlacedDataset): boolean {
    return this.#port.shownDataset === name && this.#port.shownDatasetPlace === place;
  }

  /** Why it cannot be recovered by this page; null: it can. */
  recoverRefusal({ place }: PlacedDataset): string | null {
    return place === "bridge" ? this.#port.permissions.refusal("data") : null;
  }

  async recover(dataset: PlacedDataset): Promise<void> {
    if (this.recoverRefusal(dataset) !== null) return;
    const { datasets, say } = this.#port;
    const { name, place } = dataset;
    this.recovering = keyOf(dataset);
    try {
      const { frames_stored } = await this.#port.recoverDataset(name, place);
      say(`${name}: recovered, ${formatCount(frames_stored, "frame")}.`, { polite: true });
    } catch (error) {
      say(`${name}: ${errorText(error)}`, { level: "error", polite: true });
    }
    this.recovering = null;
    await datasets.refresh();
    // What stands on the canvas was read before it was whole.
    if (this.isShown(dataset)) this.#port.openDataset(name, place);
  }

  /** After a question, whose first answer changes nothing. */
  async remove(dataset: PlacedDataset): Promise<void> {
    const { datasets, say } = this.#port;
    const { name, frames_stored, bytes } = dataset;
    const sure = await this.#port.ask({
      title: `Delete ${name} from this browser?`,
      lines: () => [
        `${formatCount(frames_stored, "frame")}, ${formatBytes(bytes)}: nothing brings them back.`,
        "Export it, or copy it to the camera computer, to keep it.",
      ],
      cancelLabel: "Keep",
      confirmLabel: () => "Delete",
      isObsolete: () => datasets.find(name, "browser") === undefined,
    });
    if (!sure) return;
    this.removing = keyOf(dataset);
    try {
      if (this.isShown(dataset)) this.#port.closeDataset();
      await this.#port.removeBrowserDataset(name);
      say(`${name}: deleted from this browser.`, { polite: true });
    } catch (error) {
      say(`${name}: ${errorText(error)}`, { level: "error", polite: true });
    }
    this.removing = null;
    await Promise.all([datasets.refresh("browser"), this.#port.browserStorage.refresh()]);
  }

  /** Fills the set-up with how the dataset was made, as far as it tells. */
  async reuse(dataset: PlacedDataset): Promise<void> {
    const { editing, camera, say } = this.#port;
    const { stream } = camera;
    const { name, place } = dataset;
    if (editing.locked || !stream) return;
    try {
      const recorded = await this.#port.getDatasetSettings(name, place);
      const described = recorded || place === "browser" ? null : await this.#port.getFileDescription(name);
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
