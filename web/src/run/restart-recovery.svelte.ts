import type { Configuration, DatasetInfo, Hello, Stats } from "@zarrcam/protocol";
import { same } from "../configuration/path.ts";
import type { Editing } from "../draft/editing.svelte.ts";
import type { Say } from "../log/say.ts";
import { resultOfCutOff } from "./result.ts";
import type { RunResults } from "./run-results.svelte.ts";

export interface RestartRecoveryPort {
  readonly results: Pick<RunResults, "notice" | "tell">;
  readonly editing: Pick<Editing, "load">;
  readonly datasets: { refresh(): Promise<void>; readonly all: readonly DatasetInfo[] };
  say: Say;
  wait(ms: number): Promise<void>;
}

/** Recovery begins with the process, and takes its time with large data: so often is looked whether it is done. */
const MOST_LOOKS = 20;
const FIRST_PAUSE_MS = 500;

/** The camera computer ended and was started anew: what became of the recording that went on, and of the settings. */
export class RestartRecovery {
  readonly #port: RestartRecoveryPort;
  /** The settings that were lost; null: nothing was, or nobody wants them. */
  #settings = $state.raw<Configuration | null>(null);
  /** Where the run that goes on writes: who tells of it if the camera computer ends. */
  #paths: readonly string[] = [];

  constructor(port: RestartRecoveryPort) {
    this.#port = port;
  }

  /** The same process counts its revisions up, and knows its last run. */
  static isRestart(hello: Hello, before: { revision: number; runId: string | null }): boolean {
    return hello.revision < before.revision || hello.stats.run_id !== before.runId;
  }

  get areOffered(): boolean {
    return this.#settings !== null;
  }

  restore(): void {
    const settings = this.#settings;
    this.#settings = null;
    if (settings) this.#port.editing.load("The settings from before", settings);
  }

  forget(): void {
    this.#settings = null;
  }

  takeStats({ state, streams }: Stats): void {
    if (state === "Running") this.#paths = streams.flatMap(({ path }) => path ?? []);
    else if (state === "Previewing") this.#paths = [];
  }

  runEnded(): void {
    this.#paths = [];
  }

  /** @param before the settings that were in force when the connection broke */
  restarted(hello: Hello, before: Configuration): void {
    const { results, say } = this.#port;
    if (!same(before, hello.configuration)) this.#settings = before;
    const paths = this.#paths;
    this.#paths = [];
    results.notice = "zarrcam was restarted.";
    say(results.notice, { level: "warning", polite: true });
    if (paths.length === 0) return;
    results.tell(resultOfCutOff(paths, null));
    void this.#tellRecovered(paths);
  }

  async #tellRecovered(paths: readonly string[]): Promise<void> {
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      const { datasets } = this.#port;
      await datasets.refresh();
      const found = datasets.all.filter(({ path }) => paths.includes(path));
      if (found.length === paths.length && found.every(({ state }) => state === "closed")) {
        this.#port.results.tell(resultOfCutOff(paths, found));
        return;
      }
      await this.#port.wait(FIRST_PAUSE_MS * (1 + looks));
    }
  }
}
