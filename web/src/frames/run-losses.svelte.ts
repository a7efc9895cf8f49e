import type { Loss, StreamStats } from "@zarrcam/protocol";
import { errorText } from "../ui/error-text.ts";
import type { FramesPort } from "./ports.ts";

/** The losses of one run: the first of them come with the statistics, the rest page by page where somebody asks. */
export class RunLosses {
  /** Why the next page did not come; null: nothing failed. */
  failure = $state<string | null>(null);
  readonly #port: Pick<FramesPort, "runId" | "getLosses">;
  #pages = $state.raw<{ runId: string | null; byStream: Readonly<Record<number, readonly Loss[]>> }>({
    runId: null,
    byStream: {},
  });

  constructor(port: Pick<FramesPort, "runId" | "getLosses">) {
    this.#port = port;
  }

  /** All that are known of a stream, in order. */
  of({ stream, losses }: StreamStats): Loss[] {
    return [...losses.ranges, ...(this.#known[stream] ?? [])];
  }

  async fetchMore(stats: StreamStats): Promise<void> {
    const { runId } = this.#port;
    const { stream } = stats;
    try {
      const page = await this.#port.getLosses(stream, this.of(stats).length);
      // Another run began meanwhile.
      if (!page || this.#port.runId !== runId) return;
      const known = this.#known;
      this.#pages = { runId, byStream: { ...known, [stream]: [...(known[stream] ?? []), ...page.ranges] } };
      this.failure = null;
    } catch (error) {
      this.failure = errorText(error);
    }
  }

  /** Pages of another run are none of this one. */
  get #known(): Readonly<Record<number, readonly Loss[]>> {
    return this.#pages.runId === this.#port.runId ? this.#pages.byStream : {};
  }
}
