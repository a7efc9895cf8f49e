import type { Configuration } from "@zarrcam/protocol";
import { isActive } from "../configuration/streams.ts";
import { fewerCameras, fewerCamerasText, stillFewer, type FewerCameras } from "./fewer-cameras.ts";

/** A set-up of several cameras that something with fewer took the place of: it can be brought back until somebody says that it need not. */
export class ReplacedCameras {
  readonly #working: () => Configuration;
  #replaced = $state.raw<FewerCameras | null>(null);

  /** @param working the document that stands in the fields; reactive */
  constructor(working: () => Configuration) {
    this.#working = working;
  }

  /** What is to be said of it; null: nothing was replaced, or undo brought the cameras back as well. */
  get text(): string | null {
    const replaced = this.#replaced;
    if (!replaced || this.#working().video.filter(isActive).length >= replaced.cameras.length) return null;
    return fewerCamerasText(replaced);
  }

  /** Another document took the place of `before`. */
  loaded(label: string, before: Configuration, after: Configuration): void {
    this.#replaced = fewerCameras(label, before, after) ?? stillFewer(this.#replaced, label, after);
  }

  forget(): void {
    this.#replaced = null;
  }

  /** @returns the set-up from before, which is forgotten with that; null: there is none */
  take(): Configuration | null {
    const before = this.#replaced?.before ?? null;
    this.#replaced = null;
    return before;
  }
}
