import type { Configuration, RunSummary, Stats, StreamStats } from "@zarrcam/protocol";
import type { RecorderClient, Report } from "../recorder/index.ts";
import { errorText } from "../ui/error-text.ts";
import { type BrowserStream, statsHere, statsOverBothEnds } from "./both-ends.ts";
import { resultOverBothEnds } from "./browser-result.ts";
import type { Result } from "./result.ts";
import type { StorePlace } from "./store-choice.svelte.ts";
import { type StreamToRecord, failureOf, summaryOfUnfinished } from "./stream-to-record.ts";

/** One recorder: it stores one stream. */
export type StreamRecorder = Pick<RecorderClient, "recordBridge" | "serveLive" | "stop" | "close">;

export interface BrowserRecordingPort {
  openRecorder(): StreamRecorder;
  /** Where the camera computer answers. */
  readonly bridgeUrl: string;
  readonly isConnected: boolean;
  readonly stats: Stats | null;
  /** Who looks at the dataset meanwhile is answered by its recorder. @returns a function that says that it has ended */
  beingRecorded(dataset: string, serve: (port: MessagePort) => void): () => void;
  /** It goes on, or it has ended: what depends on it. */
  recordingHere(active: boolean): void;
  tell(result: Result): void;
  /** For the log. */
  say(text: string, options?: { level?: "info" | "warning" | "error" }): void;
  wait(ms: number): Promise<void>;
}

/** How long the word of the camera computer is waited for after the last frame, ms: it is under way, or does not come. */
const SUMMARY_MS = 3000;
/** Rates are means over so long, ms. */
const RATE_MS = 2000;

/** A stream that is stored here alone: what whoever looks at it must know. */
export interface FollowedStream {
  /** Index in `video`. */
  stream: number;
  dataset: string;
  run_id: string;
  /** Frames that can be read. */
  frames_published: number;
  /** Frames that are lost. */
  dropped: number;
}

interface Recorded {
  recorder: StreamRecorder;
  samples: { atMs: number; stored: number }[];
  /** It is recorded no more. */
  readonly ended: () => void;
}

/** What this browser stores of a run of the camera computer: one recorder a stream, from the first frame on. */
export class BrowserRecording {
  /** Of the run that goes on, or of the last one. */
  streams = $state.raw<readonly BrowserStream[]>([]);
  place = $state<StorePlace>("computer");
  runId = $state<string | null>(null);
  readonly #port: BrowserRecordingPort;
  readonly #recorded = new Map<number, Recorded>();
  #summary: RunSummary | null = null;
  /** The statistics of the run that came last: what is known where the camera computer ends without a word. */
  #stats: Stats | null = null;
  #begun = $state(false);

  constructor(port: BrowserRecordingPort) {
    this.#port = port;
  }

  /** Something is being stored here. */
  get isActive(): boolean {
    return this.#begun && this.streams.some(({ ended }) => !ended);
  }

  /** Whether the run is the one that is, or was, stored here. */
  isOf(runId: string | null): boolean {
    return runId !== null && runId === this.runId;
  }

  /** What can be looked at here alone of the run that the statistics are of. */
  followed(stats: Stats | null): FollowedStream[] {
    const { runId } = this;
    if (this.place !== "browser" || runId === null) return [];
    return this.streams.flatMap(({ stream, dataset, report }) => {
      // Before its first report its dataset is not there; of another run, or of Live, it is not what is shown.
      const isShown = stats?.streams.some((one) => one.stream === stream && one.run_id === runId);
      if (!report?.published || !isShown) return [];
      const { frames_published } = report.published;
      return [{ stream, dataset, run_id: runId, frames_published, dropped: report.ledger.dropped }];
    });
  }

  /** The statistics with what is true over both ends. */
  over(stats: Stats): Stats {
    if (!this.isOf(stats.run_id)) return stats;
    return statsOverBothEnds(stats, this.streams, this.place);
  }

  /** A stream as this browser stores it; null: it does not. */
  statsHere(stats: StreamStats): StreamStats | null {
    const here = this.isOf(stats.run_id) ? this.streams.find(({ stream }) => stream === stats.stream) : undefined;
    if (!here) return null;
    // Alone, they are put in already.
    return this.place === "browser" ? stats : statsHere(stats, here);
  }

  /**
   * Opens a recorder for each stream; the run may be started when this resolves, and nothing of it is missed. Where one cannot be had
   * none is left, and it rejects.
   */
  async begin(
    place: StorePlace,
    streams: readonly StreamToRecord[],
    configuration: Configuration,
    replaces: ReadonlySet<string>,
  ): Promise<void> {
    this.place = place;
    this.runId = null;
    this.#summary = null;
    this.#stats = null;
    this.#begun = false;
    this.streams = streams.map((one) => ({ ...one, report: null, failure: null, ended: false, storedFps: 0 }));
    try {
      await Promise.all(streams.map((one) => this.#open(one, configuration, replaces.has(one.dataset))));
    } catch (error) {
      await this.cancel();
      throw error;
    }
  }

  /** The run has begun. */
  started(runId: string): void {
    this.runId = runId;
    this.#begun = true;
    this.#port.recordingHere(true);
    // One may have ended before this was said.
    this.#checkEnd();
  }

  /** There will be no run. */
  async cancel(): Promise<void> {
    const all = [...this.#recorded.values()];
    this.#recorded.clear();
    await Promise.all(all.map(({ recorder }) => recorder.stop().catch(() => undefined)));
    for (const { recorder, ended } of all) {
      ended();
      recorder.close();
    }
    this.streams = [];
  }

  /** Ends it here, whatever the camera computer does: what was stored is closed. */
  async stop(): Promise<void> {
    await Promise.all([...this.#recorded.values()].map(({ recorder }) => recorder.stop()));
  }

  takeStats(stats: Stats): void {
    if (this.isOf(stats.run_id)) this.#stats = stats;
  }

  /** @returns whether the run is stored here: then its result follows when all of it is */
  runEnded(summary: RunSummary): boolean {
    if (!this.isOf(summary.run_id)) return false;
    this.#summary = summary;
    this.#checkEnd();
    return true;
  }

  #open(one: StreamToRecord, configuration: Configuration, replace: boolean): Promise<void> {
    const recorder = this.#port.openRecorder();
    const ended = this.#port.beingRecorded(one.dataset, (port) => recorder.serveLive(port));
    this.#recorded.set(one.stream, { recorder, samples: [], ended });
    const request = {
      url: this.#port.bridgeUrl,
      path: `/${one.dataset}`,
      configuration,
      stream: one.stream,
      replace,
    };
    return new Promise<void>((ready, refuse) => {
      recorder
        .recordBridge(request, ready, (report) => this.#take(one.stream, report))
        .then(
          (report) => {
            if (report) this.#take(one.stream, report);
            this.#close(one.stream, failureOf(report));
          },
          (error: unknown) => {
            refuse(error instanceof Error ? error : new Error(errorText(error)));
            const message = errorText(error);
            this.#close(one.stream, { message, reason: message });
          },
        );
    });
  }

  #take(stream: number, report: Report): void {
    const recorded = this.#recorded.get(stream);
    if (!recorded) return;
    const nowMs = performance.now();
    const { samples } = recorded;
    samples.push({ atMs: nowMs, stored: report.ledger.stored });
    while (samples.length > 2 && nowMs - (samples[0]?.atMs ?? nowMs) > RATE_MS) samples.shift();
    const first = samples[0];
    const seconds = first ? (nowMs - first.atMs) / 1000 : 0;
    const storedFps = first && seconds > 0 ? (report.ledger.stored - first.stored) / seconds : 0;
    this.#change(stream, { report, storedFps, failure: failureOf(report) });
    const of = this.streams.length > 1 ? `${this.streams.find((one) => one.stream === stream)?.dataset ?? ""}: ` : "";
    for (const warning of report.warnings) this.#port.say(`This browser: ${of}${warning}`, { level: "warning" });
  }

  #close(stream: number, failure: BrowserStream["failure"]): void {
    const recorded = this.#recorded.get(stream);
    recorded?.ended();
    recorded?.recorder.close();
    this.#recorded.delete(stream);
    this.#change(stream, { ended: true, failure, storedFps: 0 });
    this.#checkEnd();
  }

  #change(stream: number, change: Partial<BrowserStream>): void {
    this.streams = this.streams.map((one) => (one.stream === stream ? { ...one, ...change } : one));
  }

  /** Its result is told once all is stored here, and the camera computer has said how it ended, or does not. */
  #checkEnd(): void {
    const { runId } = this;
    if (runId === null || !this.#begun || this.isActive) return;
    if (this.#summary) this.#tellEnd(this.#summary);
    else
      void this.#port.wait(SUMMARY_MS).then(() => {
        if (this.runId === runId && this.#begun && !this.#summary)
          this.#tellEnd(summaryOfUnfinished(runId, this.#stats));
      });
  }

  #tellEnd(summary: RunSummary): void {
    this.#begun = false;
    this.#port.recordingHere(false);
    this.#port.tell(resultOverBothEnds(summary, this.streams, this.place));
  }
}
