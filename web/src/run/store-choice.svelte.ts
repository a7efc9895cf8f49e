import type { AccessPattern } from "@zarrcam/protocol";

/** Where Record stores. */
export type StorePlace = "computer" | "browser" | "both";
/** How it lies in this browser: as the set-up says, or as the core suggests for a use of it. */
export type BrowserLayout = "as set up" | AccessPattern;

/** The two places as they are called everywhere. */
export const PLACES: readonly { place: StorePlace; label: string }[] = [
  { place: "computer", label: "Camera computer" },
  { place: "browser", label: "This browser" },
  { place: "both", label: "Both" },
];
export const LAYOUTS: readonly { layout: BrowserLayout; label: string }[] = [
  { layout: "as set up", label: "As in the set-up" },
  { layout: "planes", label: "For viewing planes" },
  { layout: "time_courses", label: "For time courses" },
  { layout: "cloud", label: "For the cloud" },
];

const KEY = "zarrcam.store-on";

/** Where this browser's user wants recordings: kept in the browser, since the document says nothing of it. */
export class StoreChoice {
  /** Why nothing can be stored in this browser, in a sentence; null: it can. */
  lack = $state<string | null>("This browser has not said yet whether it can store a recording.");
  #place = $state<StorePlace>("computer");
  #layout = $state<BrowserLayout>("as set up");
  readonly #storage: Pick<Storage, "getItem" | "setItem">;
  readonly #changed: () => void;

  /** @param changed what is to be said of a recording has changed */
  constructor(storage: Pick<Storage, "getItem" | "setItem">, changed: () => void) {
    this.#storage = storage;
    this.#changed = changed;
    try {
      const kept = JSON.parse(storage.getItem(KEY) ?? "{}") as { place?: string; layout?: string };
      this.#place = PLACES.find(({ place }) => place === kept.place)?.place ?? "computer";
      this.#layout = LAYOUTS.find(({ layout }) => layout === kept.layout)?.layout ?? "as set up";
    } catch {
      // A browser that keeps nothing has the defaults.
    }
  }

  /** Where it is stored: on the camera computer, where this browser cannot. */
  get place(): StorePlace {
    return this.lack === null ? this.#place : "computer";
  }
  get isHere(): boolean {
    return this.place !== "computer";
  }
  get layout(): BrowserLayout {
    return this.#layout;
  }

  /** What this browser can was found out. */
  found(lack: string | null): void {
    const before = this.place;
    this.lack = lack;
    if (this.place !== before) this.#changed();
  }

  choose(place: StorePlace): void {
    this.#place = place;
    this.#keep();
  }

  chooseLayout(layout: BrowserLayout): void {
    this.#layout = layout;
    this.#keep();
  }

  #keep(): void {
    try {
      this.#storage.setItem(KEY, JSON.stringify({ place: this.#place, layout: this.#layout }));
    } catch {
      // As above.
    }
    this.#changed();
  }
}
