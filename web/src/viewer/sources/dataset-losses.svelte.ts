import type { DatasetInfo, Loss } from "@zarrcam/protocol";

import type { DatasetShelf } from "./dataset-shelf.ts";

/** Ranges of lost frames a request, and in all: an axis cannot show more, and nobody reads a longer list to its end. */
const PAGE = 10_000;
const MOST = 100_000;
/** A dataset that is still written says more often that there is more than a list of losses need be read. */
const PAUSE_MS = 1000;

/** Which frames of a stored dataset are lost: read page by page, the first `MOST` ranges at most. */
export class DatasetLosses {
  ranges = $state.raw<Loss[]>([]);
  /** How many ranges there are; `ranges` may hold fewer, the first ones. */
  total = $state(0);
  /** Why the losses are not known, a sentence for users; null: they are, or are being read. */
  problem = $state<string | null>(null);
  /** Whether any frame is lost: known from the start, while which ones is known only once `ranges` are read. */
  some = $state(false);
  readonly name: string;
  readonly #shelf: Pick<DatasetShelf, "getDatasetLosses">;
  readonly #changed: (losses: DatasetLosses) => void;
  #reading: Promise<void> | null = null;
  #again = false;
  #gone = false;

  /** @param changed is called when `ranges` are others. */
  constructor(
    shelf: Pick<DatasetShelf, "getDatasetLosses">,
    info: Pick<DatasetInfo, "name" | "losses">,
    changed: (losses: DatasetLosses) => void,
  ) {
    this.#shelf = shelf;
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
      if (this.ranges.length >= MOST) {
        // No more are read, but that there are is told.
        this.total = (await this.#shelf.getDatasetLosses(this.name, { from: 0, count: 1 })).total;
        return;
      }
      const ranges = (await this.#from(Math.max(0, this.ranges.length - 1))) ?? (await this.#from(0)) ?? [];
      if (this.#gone) return;
      this.problem = null;
      if (same(ranges, this.ranges)) return;
      this.ranges = ranges;
      this.#changed(this);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** The known ones before `from`, and all later ones. Null: the known ones are not the first ones any more. */
  async #from(from: number): Promise<Loss[] | null> {
    const ranges = this.ranges.slice(0, from);
    for (;;) {
      const page = await this.#shelf.getDatasetLosses(this.name, { from: ranges.length, count: PAGE });
      // The last one known may have grown, but begins where it did, unless one was found before it.
      if (
        from > 0 &&
        ranges.length === from &&
        page.ranges[0]?.first_frame_index !== this.ranges[from]?.first_frame_index
      )
        return null;
      ranges.push(...page.ranges);
      this.total = page.total;
      this.some = page.total > 0;
      if (page.ranges.length === 0 || ranges.length >= Math.min(page.total, MOST)) return ranges;
    }
  }
}

/** They differ at their end, if anywhere: what is known does not change otherwise. */
function same(ranges: Loss[], others: Loss[]): boolean {
  const [last, other] = [ranges.at(-1), others.at(-1)];
  return (
    ranges.length === others.length &&
    last?.first_frame_index === other?.first_frame_index &&
    last?.array_frames === other?.array_frames
  );
}
