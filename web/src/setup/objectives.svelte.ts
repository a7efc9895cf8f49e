import type { Objective } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";

/** Where the table is kept: with the camera computer, or in this browser for its own cameras. */
export interface ObjectivesKeeper {
  get(): Promise<readonly Objective[]>;
  set(objectives: Objective[]): Promise<readonly Objective[]>;
}

/** The objectives of the microscope, with the pixel size that each gives. */
export class Objectives {
  list = $state.raw<readonly Objective[]>([]);
  /** Why the table could not be read or kept; null: it could. */
  problem = $state<string | null>(null);
  readonly #keeper: () => ObjectivesKeeper | null;

  /** @param keeper null: nobody can be asked now */
  constructor(keeper: () => ObjectivesKeeper | null) {
    this.#keeper = keeper;
  }

  async refresh(): Promise<void> {
    await this.#ask(async (keeper) => (this.list = await keeper.get()));
  }

  /** One of the same name is replaced. */
  async keep(objective: Objective): Promise<void> {
    const others = this.list.filter(({ name }) => name !== objective.name);
    await this.#set([...others, objective]);
  }

  async remove(name: string): Promise<void> {
    await this.#set(this.list.filter((one) => one.name !== name));
  }

  /** Whose pixel size this is, µm, at a binning; undefined: nobody's. */
  of(pixelSizeUm: number, binning: number): Objective | undefined {
    return this.list.find(({ pixel_size_um }) => Math.abs((pixel_size_um * binning) / pixelSizeUm - 1) < 1e-6);
  }

  async #set(objectives: Objective[]): Promise<void> {
    await this.#ask(async (keeper) => (this.list = await keeper.set(objectives)));
  }

  async #ask(what: (keeper: ObjectivesKeeper) => Promise<unknown>): Promise<void> {
    const keeper = this.#keeper();
    if (!keeper) return;
    try {
      await what(keeper);
      this.problem = null;
    } catch (error) {
      this.problem = errorText(error);
    }
  }
}
