import type { ViewerHooks } from "../viewer/ports.ts";

export type Theme = "dark" | "light";
type Renderer = ViewerHooks["renderer"];

const KEY = "zarrcam.preferences";

interface Stored {
  theme: Theme;
  singleKeys: boolean;
  renderer: Renderer;
}

/** What belongs to the person at this browser, not to the acquisition. */
export class Preferences {
  theme = $state<Theme>("dark");
  /** S, L, arrows and brackets act without a modifier. Speech control and stray keys are reasons to switch them off. */
  singleKeys = $state(true);

  /** Who draws the image; `auto`: WebGPU where a graphics card serves it. */
  renderer: Renderer = "auto";

  constructor() {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Stored>;
      if (stored.theme === "light") this.theme = "light";
      if (stored.singleKeys === false) this.singleKeys = false;
      if (stored.renderer === "webgpu" || stored.renderer === "canvas2d") this.renderer = stored.renderer;
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

  setRenderer(renderer: Renderer): void {
    this.renderer = renderer;
    this.#keep();
  }

  #keep(): void {
    const { theme, singleKeys, renderer } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ theme, singleKeys, renderer } satisfies Stored));
    } catch {
      // As above.
    }
  }
}
