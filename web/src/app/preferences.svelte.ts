import type { ViewerHooks } from "../viewer/ports.ts";
import type { EndSignal } from "./end-signal.ts";

export type Theme = "dark" | "light";
type Renderer = ViewerHooks["renderer"];

const KEY = "zarrcam.preferences";

interface Stored {
  theme: Theme | null;
  singleKeys: boolean;
  renderer: Renderer;
  endSignal: EndSignal;
}

/** What belongs to the person at this browser, not to the acquisition. */
export class Preferences {
  theme = $state<Theme>("dark");
  /** What tells that a recording has ended. */
  endSignal = $state<EndSignal>("none");
  /** S, L, arrows and brackets act without a modifier. Speech control and stray keys are reasons to switch them off. */
  singleKeys = $state(true);

  /** Who draws the image; `auto`: WebGPU where a graphics card serves it. */
  renderer: Renderer = "auto";
  /** The theme that somebody chose here; null: the system's is followed. */
  #chosen: Theme | null = null;

  constructor() {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Stored>;
      if (stored.theme === "light" || stored.theme === "dark") this.#chosen = stored.theme;
      if (stored.endSignal === "sound" || stored.endSignal === "notification") this.endSignal = stored.endSignal;
      if (stored.singleKeys === false) this.singleKeys = false;
      if (stored.renderer === "webgpu" || stored.renderer === "canvas2d") this.renderer = stored.renderer;
    } catch {
      // A browser that keeps nothing has the defaults.
    }
    const light = matchMedia("(prefers-color-scheme: light)");
    this.#show(this.#chosen ?? (light.matches ? "light" : "dark"));
    light.addEventListener("change", () => this.#chosen === null && this.#show(light.matches ? "light" : "dark"));
  }

  toggleTheme(): void {
    this.#chosen = this.theme === "dark" ? "light" : "dark";
    this.#show(this.#chosen);
    this.#keep();
  }

  setEndSignal(signal: EndSignal): void {
    this.endSignal = signal;
    this.#keep();
  }

  #show(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset["theme"] = theme;
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
    const { singleKeys, renderer, endSignal } = this;
    try {
      localStorage.setItem(
        KEY,
        JSON.stringify({ theme: this.#chosen, singleKeys, renderer, endSignal } satisfies Stored),
      );
    } catch {
      // As above.
    }
  }
}
