import type { PictureAdaptation } from "@zarrcam/protocol";

/** A full picture that was asked for stays so long before smaller ones follow, ms. */
const STAYS_MS = 4000;
const KEY = "zarrcam.full-pictures";

/**
 * Whether a camera's pictures are to come whole over a slow network, as large as they are shown and as they were measured, however
 * long each takes: always, which this browser keeps for the camera, or once.
 */
export class FullPictures {
  #always = $state(false);
  #once = $state(false);
  readonly #pane: number;
  readonly #changed: () => void;
  #stays: ReturnType<typeof setTimeout> | undefined;

  /** @param changed other pictures are to be asked for */
  constructor(pane: number, changed: () => void) {
    this.#pane = pane;
    this.#changed = changed;
    this.#always = kept().includes(pane);
  }

  get always(): boolean {
    return this.#always;
  }
  /** One is on its way, or there. */
  get once(): boolean {
    return this.#once;
  }
  get wanted(): boolean {
    return this.#always || this.#once;
  }

  setAlways(always: boolean): void {
    this.#always = always;
    this.#end();
    keep([...kept().filter((pane) => pane !== this.#pane), ...(always ? [this.#pane] : [])]);
    this.#changed();
  }
  askOnce(): void {
    this.#once = true;
    this.#changed();
  }

  /** A picture is on the canvas. */
  shown(adaptation: PictureAdaptation | null): void {
    const whole = adaptation === null || (adaptation.reduced === 1 && adaptation.window === null);
    if (!this.#once || !whole || this.#stays !== undefined) return;
    this.#stays = setTimeout(() => {
      this.#end();
      this.#changed();
    }, STAYS_MS);
  }
  dispose(): void {
    clearTimeout(this.#stays);
  }

  #end(): void {
    clearTimeout(this.#stays);
    this.#stays = undefined;
    this.#once = false;
  }
}

function kept(): number[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list.filter((pane) => typeof pane === "number") : [];
  } catch {
    return [];
  }
}
function keep(panes: number[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(panes));
  } catch {
    // Then it is asked for again on the next visit.
  }
}
