import type { RemoteRuntime } from "@zarrcam/client/remote";
import type { DatasetInfo, Loss } from "@zarrcam/protocol";

/** Runs of losses a request, and in all: an axis cannot show more, and a list nobody reads to its end. */
const PAGE = 10_000;
const MOST = 100_000;
/** A dataset that is still written says more often that there is more than a list of losses need be read. */
const PAUSE_MS = 1000;

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
  readonly #changed: (losses: DatasetLosses) => void;
  #reading: Promise<void> | null = null;
  #again = false;
  #gone = false;

  /** @param changed is called when `runs` are others. */
  constructor(
    runtime: Pick<RemoteRuntime, "getDatasetLosses">,
    info: Pick<DatasetInfo, "name" | "losses">,
    changed: (losses: DatasetLosses) => void,
  ) {
    this.#runtime = runtime;
    this.#changed = changed;
    this.name = info.name;
    this.some = (info.losses?.dropped ?? 0) > 0;
  }

  /** There may be more: reads what is not known yet, now or after a pause. */
  refresh(): void {
    this.#again = true;
    this.#reading ??= this.#readWhileAsked().finally(() => (this.#reading = null));
  }
  dispose(): void {
    this.#gone = true;
  }

  async #readWhileAsked(): Promise<void> {
    while (this.#again && !this.#gone) {
      this.#again = false;
      await this.#read();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #read(): Promise<void> {
    try {
      if (this.runs.length >= MOST) {
        // No more are read, but that there are is told.
        this.total = (await this.#runtime.getDatasetLosses(this.name, { from: 0, count: 1 })).total;
        return;
      }
      const runs = (await this.#from(Math.max(0, this.runs.length - 1))) ?? (await this.#from(0)) ?? [];
      if (this.#gone) return;
      this.problem = null;
      if (same(runs, this.runs)) return;
      this.runs = runs;
      this.#changed(this);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** The known ones before `from`, and all later ones. Null: the known ones are not the first ones any more. */
  async #from(from: number): Promise<Loss[] | null> {
    const runs = this.runs.slice(0, from);
    for (;;) {
      const page = await this.#runtime.getDatasetLosses(this.name, { from: runs.length, count: PAGE });
      // The last one known may have grown, but begins where it did, unless one was found before it.
      if (from > 0 && runs.length === from && page.ranges[0]?.first_frame_index !== this.runs[from]?.first_frame_index)
        return null;
      runs.push(...page.ranges);
      this.total = page.total;
      this.some = page.total > 0;
      if (page.ranges.length === 0 || runs.length >= Math.min(page.total, MOST)) return runs;
    }
  }
}

/** They differ at their end, if anywhere: what is known does not change otherwise. */
function same(runs: Loss[], others: Loss[]): boolean {
  const [last, other] = [runs.at(-1), others.at(-1)];
  return (
    runs.length === others.length &&
    last?.first_frame_index === other?.first_frame_index &&
    last?.array_frames === other?.array_frames
  );
}
