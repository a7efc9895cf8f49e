import type { DatasetInfo, LeftOut } from "@zarrcam/protocol";
import type { DatasetPlace } from "../viewer/ports.ts";
import { errorText } from "../ui/error-text.ts";
import type { PlacedDataset } from "./placed-dataset.ts";

/** What lies in a place, as it was when somebody last looked. */
export interface DatasetListPort {
  listDatasets(): Promise<DatasetInfo[]>;
  /** What that look left out. */
  getLeftOutDatasets(): Promise<LeftOut[]>;
}

/** Null: it cannot be asked now. */
export type DatasetListPorts = Record<DatasetPlace, DatasetListPort | null>;

/** The datasets of one place. */
class PlaceList {
  all = $state.raw<readonly PlacedDataset[]>([]);
  leftOut = $state.raw<readonly LeftOut[]>([]);
  problem = $state<string | null>(null);
  readonly #place: DatasetPlace;

  constructor(place: DatasetPlace) {
    this.#place = place;
  }

  async refresh(port: DatasetListPort): Promise<void> {
    try {
      const datasets = await port.listDatasets();
      this.all = datasets.map((info) => ({ ...info, place: this.#place }));
      // Of the same look at the folder.
      this.leftOut = await port.getLeftOutDatasets();
      this.problem = null;
    } catch (error) {
      this.problem = errorText(error);
    }
  }
}

/** The datasets of the data folder and of this browser. */
export class DatasetList {
  readonly #places: Record<DatasetPlace, PlaceList> = {
    bridge: new PlaceList("bridge"),
    browser: new PlaceList("browser"),
  };
  readonly #ports: () => DatasetListPorts;

  constructor(ports: () => DatasetListPorts) {
    this.#ports = ports;
  }

  get all(): readonly PlacedDataset[] {
    return [...this.of("bridge"), ...this.of("browser")];
  }
  of(place: DatasetPlace): readonly PlacedDataset[] {
    return this.#places[place].all;
  }
  /** What lies in the places and is not in `all`, by reason. */
  get leftOut(): readonly LeftOut[] {
    return [...this.#places.bridge.leftOut, ...this.#places.browser.leftOut];
  }
  /** Why those of a place could not be listed; null: they could. */
  problem(place: DatasetPlace): string | null {
    return this.#places[place].problem;
  }

  find(name: string, place: DatasetPlace): PlacedDataset | undefined {
    return this.of(place).find((dataset) => dataset.name === name);
  }

  /** Both places, neither waiting for the other. @param only this one */
  async refresh(only?: DatasetPlace): Promise<void> {
    const ports = this.#ports();
    const places = (["bridge", "browser"] as const).filter((place) => only === undefined || place === only);
    await Promise.all(
      places.map((place) => {
        const port = ports[place];
        return port ? this.#places[place].refresh(port) : Promise.resolve();
      }),
    );
  }
}
