import type { Trash } from "@zarrcam/protocol";
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
  | "renameDataset"
  | "deleteDataset"
  | "getTrash"
  | "emptyTrash"
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
  /** What was deleted and still takes room; null: nobody knows. */
  trash = $state.raw<Trash | null>(null);
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

  /** Why it cannot be renamed or deleted by this page; null: it can. */
  changeRefusal({ state }: PlacedDataset): string | null {
    if (state === "open") return "It is being recorded: stop the recording first";
    return this.#port.permissions.refusal("data");
  }
  /** Why the trash cannot be emptied by this page; null: it can. */
  get emptyRefusal(): string | null {
    const refusal = this.#port.permissions.refusal("admin");
    return refusal && "Only an administrator may empty the trash";
  }

  /** @returns whether it has the new name */
  async rename(dataset: PlacedDataset, to: string): Promise<boolean> {
    const { datasets, say } = this.#port;
    try {
      const wasShown = this.isShown(dataset);
      if (wasShown) this.#port.closeDataset();
      await this.#port.renameDataset(dataset.name, to);
      await datasets.refresh("bridge");
      if (wasShown) this.#port.openDataset(to, dataset.place);
      say(`${dataset.name} is ${to} now.`, { polite: true });
      return true;
    } catch (error) {
      say(`${dataset.name}: ${errorText(error)}`, { level: "error", polite: true });
      return false;
    }
  }

  /** After one question; what was deleted by mistake still lies in the trash. */
  async moveToTrash(dataset: PlacedDataset): Promise<void> {
    const { datasets, say } = this.#port;
    const { name, frames_stored, bytes } = dataset;
    const sure = await this.#port.ask({
      title: `Delete ${name}?`,
      lines: () => [
        `${formatCount(frames_stored, "frame")}, ${formatBytes(bytes)}. It goes to the trash of the data folder, and takes room there until that is emptied.`,
      ],
      cancelLabel: "Keep",
      confirmLabel: () => "Delete",
      isObsolete: () => datasets.find(name, "bridge") === undefined,
    });
    if (!sure) return;
    this.removing = keyOf(dataset);
    try {
      if (this.isShown(dataset)) this.#port.closeDataset();
      this.trash = await this.#port.deleteDataset(name);
      say(`${name} is in the trash: ${this.trash.path}`, { polite: true });
    } catch (error) {
      say(`${name}: ${errorText(error)}`, { level: "error", polite: true });
    }
    this.removing = null;
    await datasets.refresh("bridge");
  }

  async refreshTrash(): Promise<void> {
    // A bridge of before has no trash.
    this.trash = await this.#port.getTrash().catch(() => null);
  }

  async emptyTrash(): Promise<void> {
    const { trash } = this;
    if (!trash) return;
    const sure = await this.#port.ask({
      title: "Empty the trash?",
      lines: () => [
        `${formatCount(trash.datasets, "dataset")}, ${formatBytes(trash.bytes)}: nothing brings them back.`,
      ],
      cancelLabel: "Keep",
      confirmLabel: () => "Delete for good",
      isObsolete: () => this.trash !== trash,
    });
    if (!sure) return;
    try {
      this.trash = await this.#port.emptyTrash();
    } catch (error) {
      this.#port.say(errorText(error), { level: "error", polite: true });
      await this.refreshTrash();
    }
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
