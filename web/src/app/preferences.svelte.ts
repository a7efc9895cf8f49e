export type Theme = "dark" | "light";

const KEY = "zarrcam.preferences";

interface Stored {
  theme: Theme;
  singleKeys: boolean;
}

/** What belongs to the person at this browser, not to the acquisition. */
export class Preferences {
  theme = $state<Theme>("dark");
  /** S, L, arrows and brackets act without a modifier. Speech control and stray keys are reasons to switch them off. */
  singleKeys = $state(true);

  constructor() {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Stored>;
      if (stored.theme === "light") this.theme = "light";
      if (stored.singleKeys === false) this.singleKeys = false;
    } catch {
      // A browser that keeps nothing has the defaults.
    }
    document.documentElement.dataset["theme"] = this.theme;
  }

  toggleTheme(): void {
    this.theme = this.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset["theme"] = this.theme;
    this.#keep();
  }

  setSingleKeys(on: boolean): void {
    this.singleKeys = on;
    this.#keep();
  }

  #keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify({ theme: this.theme, singleKeys: this.singleKeys } satisfies Stored));
    } catch {
      // As above.
    }
  }
}
