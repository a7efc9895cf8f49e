import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { DatasetInfo, Loss } from "@zarrcam/protocol";

/** Runs of losses a request, and in all: an axis cannot show more, and a list nobody reads to its end. */
const PAGE = 10_000;
const MOST = 100_000;

/** The places of a stored dataset that hold no frame. */
export class DatasetLosses {
  runs = $state.raw<Loss[]>([]);
  /** That there are; `runs` may be fewer, the first ones. */
  total = $state(0);
  /** Why they are not known. */
  problem = $state<string | null>(null);
  /** That some frames are lost is known from the start, which ones only once they are read. */
  some = $state(false);
  readonly name: string;
  readonly #runtime: Pick<RemoteRuntime, "getDatasetLosses">;
  #reading = false;
  #again = false;

  constructor(runtime: Pick<RemoteRuntime, "getDatasetLosses">, info: DatasetInfo) {
    this.#runtime = runtime;
    this.name = info.name;
    this.some = (info.losses?.dropped ?? 0) > 0;
  }

  /** All that is known now; a dataset that is still written may have more later. */
  async read(): Promise<void> {
    this.#again = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    try {
      const runs: Loss[] = [];
      for (;;) {
        const page = await this.#runtime.getDatasetLosses(this.name, { from: runs.length, count: PAGE });
        runs.push(...page.runs);
        this.total = page.total;
        this.some = page.total > 0;
        if (page.runs.length === 0 || runs.length >= Math.min(page.total, MOST)) break;
      }
      this.runs = runs;
      this.problem = null;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.#reading = false;
    }
    if (this.#again) await this.read();
  }
}
