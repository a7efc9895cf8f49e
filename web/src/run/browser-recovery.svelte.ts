import type { DatasetInfo, Recovery } from "@zarrcam/protocol";
import type { Say } from "../log/say.ts";
import { errorText } from "../ui/error-text.ts";
import { formatCount } from "../ui/format.ts";

export interface BrowserRecoveryPort {
  /** This browser's own storage. */
  readonly browser: {
    readonly datasets: { list(): Promise<DatasetInfo[]>; recover(name: string): Promise<Recovery> };
  };
  readonly datasets: { refresh(): Promise<void> };
  say: Say;
}

/** Recordings in this browser that were left open: the page was closed, or crashed, before all was saved. */
export class BrowserRecovery {
  /** Their names, to be made whole. */
  found = $state.raw<readonly string[]>([]);
  /** Being made whole. */
  busy = $state(false);
  readonly #port: BrowserRecoveryPort;
  /** Somebody does not want them to be made whole now. */
  readonly #forgotten = new Set<string>();

  constructor(port: BrowserRecoveryPort) {
    this.#port = port;
  }

  async look(): Promise<void> {
    try {
      const all = await this.#port.browser.datasets.list();
      const open = all.filter(({ name, state }) => state === "needs_recovery" && !this.#forgotten.has(name));
      this.found = open.map(({ name }) => name);
    } catch {
      // What this browser lacks is said where it is asked for.
    }
  }

  /** Makes them whole, one after the other: what was saved of each stays. */
  async recover(): Promise<void> {
    const { say, browser, datasets } = this.#port;
    this.busy = true;
    for (const name of this.found)
      try {
        const { frames_stored, frames_missing } = await browser.datasets.recover(name);
        const missing = frames_missing > 0 ? `, ${formatCount(frames_missing, "frame")} missing` : "";
        say(`${name} in this browser: recovered, ${formatCount(frames_stored, "frame")}${missing}.`, { polite: true });
      } catch (error) {
        say(`${name} in this browser was not recovered: ${errorText(error)}`, { level: "error", polite: true });
      }
    this.busy = false;
    await this.look();
    await datasets.refresh();
  }

  forget(): void {
    for (const name of this.found) this.#forgotten.add(name);
    this.found = [];
  }
}
