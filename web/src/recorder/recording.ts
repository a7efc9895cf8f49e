import type {
  DatasetEnd,
  Ledger,
  LossCause,
  LossPage,
  StreamErrorCode,
  StreamStats,
  StreamSummary,
} from "@zarrcam/protocol";

import type { Buffer, Core } from "./core.ts";
import type { Store } from "./store.ts";

/** A report carries so many gaps; all of them are in the dataset's frames.csv. */
const FIRST_LOSSES = 1000;

/** Why frames that a bridge had did not come: the network or this browser were slow, or the bridge's own recording went first. */
export interface LostOnTheWay {
  frameIndex: number;
  count: number;
  why: "network" | "this browser" | "busy";
}

/** The causes of so many gaps are kept. */
const MOST_WHYS = 1000;

/** What the core says of a recording. */
interface Settled {
  ledger: Ledger;
  /** What other programs can read; `null`: nothing yet. */
  published: { frames_published: number; shape: number[] } | null;
  /** Why nothing more is stored, a sentence. */
  failure: string | null;
  /** The same in a few words. */
  failure_reason: string | null;
  /** Since the last report. */
  warnings: string[];
}

/** What is true of a recording when all that was written has left. */
export interface Report extends Settled {
  /** The first of the frames that are lost. */
  losses: LossPage;
  /** Of the losses whose cause is a full queue, those of the way here. */
  onTheWay: readonly LostOnTheWay[];
  /** How capture ended; null: it goes on. */
  end: DatasetEnd | null;
}

/** What is kept of a frame besides its pixels. */
export interface TakenFrame {
  frameIndex: bigint;
  /** The camera's own count. */
  hardwareId: bigint;
  hardwareClockNs: bigint;
  /** Of the computer that took it. */
  unixNs: bigint;
}

export interface RecordingRequest {
  /** Of the dataset, in the store; null: nothing is written. */
  path: string | null;
  configuration: object;
  /** Which of the configuration's. */
  stream: number;
  runId: string;
  /** The frames are those of a bridge's run. Default: of a camera in this page. */
  ofBridge?: boolean;
  /** The camera runs into the picture alone. Default: false. */
  preview?: boolean;
  /** Counts the runs, previews included. */
  runNumber?: number;
  /** When it began, by the wall clock, ms since 1970-01-01 UTC. */
  startedUnixMs?: number;
  /** Whether a dataset that is overwritten is deleted although files lie in it that zarrcam did not write. Default: false. */
  replaceForeignFiles?: boolean;
}

/** How a run stands that its caller drives. */
export interface Standing {
  elapsed_s: number;
  camera_ended: boolean;
  /** All that was captured is stored or lost. */
  ended: boolean;
  /** The camera waits for a trigger. */
  waits: boolean;
  /** Of the last time point; null: no interval is set. */
  lateness_ms: number | null;
  preview_limit_fps: number | null;
  disk_free_bytes: number | null;
}

/** What a recording needs of its store. */
export type Keeper = Pick<Store, "core" | "number" | "leave" | "drain" | "againWhenOpen">;

/** For runs that write nothing. */
export const keepingNothing = (core: Core): Keeper => ({
  core,
  number: 0,
  leave: () => Promise.resolve(),
  drain: () => Promise.resolve(),
  againWhenOpen: (ask) => Promise.resolve(ask()),
});

/** One stream of a configuration, recorded into a store. What it says is stored has left. */
export class Recording {
  readonly frameBytes: number;
  readonly #store: Keeper;
  readonly #core: Core;
  readonly #recording: number;
  #end: DatasetEnd | null = null;
  readonly #onTheWay: LostOnTheWay[] = [];

  /** Makes the dataset. `drain` the store, and it is there. */
  constructor(store: Keeper, request: RecordingRequest) {
    const { path, configuration, stream, runId, ofBridge = false, preview = false } = request;
    this.#store = store;
    this.#core = store.core;
    const params = { path, configuration, stream, run_id: runId, of_bridge: ofBridge, preview, ...detailsOf(request) };
    const opened = this.#core.ask<{ recording: number; frame_bytes: number }>(params, (...text) =>
      this.#core.exports.recording_open(store.number, ...text),
    );
    this.#recording = opened.recording;
    this.frameBytes = opened.frame_bytes;
  }

  /**
   * Takes a frame, in order of frame indices; those that it leaves out were lost by the camera. The next one may come when this
   * resolves; what of it waits then is not called stored.
   * @returns whether capture ends, or the time point has all its frames.
   */
  async take({ frameIndex, hardwareId, hardwareClockNs, unixNs }: TakenFrame, pixels: Buffer): Promise<boolean> {
    const full = this.#core.read<boolean>(
      this.#core.exports.recording_take(
        this.#recording,
        frameIndex,
        hardwareId,
        hardwareClockNs,
        unixNs,
        pixels.start,
        pixels.bytes,
      ),
    );
    await this.#leave();
    return full;
  }

  /**
   * The next `count` frames will not come.
   * @returns whether capture ends, or the time point has all its frames.
   */
  async lose(count: number, hardwareId: number, cause: LossCause): Promise<boolean> {
    const { exports } = this.#core;
    const said = this.#core.ask<{ full: boolean }>({ count, hardware_id: hardwareId, cause }, (...text) =>
      exports.recording_lose(this.#recording, ...text),
    );
    await this.#leave();
    return said.full;
  }

  /**
   * Seals and publishes all that was taken, part by part, so that memory stays flat. `end` null: as it stands. `giveUp`: what is not stored
   * yet is lost.
   */
  async finish(end: DatasetEnd | null, giveUp = false): Promise<void> {
    const { exports } = this.#core;
    this.#end = end;
    this.#core.ask({ end, give_up: giveUp }, (...text) => exports.recording_end(this.#recording, ...text));
    do await this.#drain();
    while (this.#core.read<boolean>(exports.recording_seal_part(this.#recording)));
    await this.#store.againWhenOpen(() => this.#core.read(exports.recording_close_dataset(this.#recording)));
  }

  report(): Report {
    this.#core.exports.recording_settle(this.#recording);
    const settled = this.#core.read<Settled>(this.#core.exports.recording_report(this.#recording));
    return { ...settled, losses: this.losses(0, FIRST_LOSSES), onTheWay: [...this.#onTheWay], end: this.#end };
  }

  noteWhy(lost: LostOnTheWay): void {
    if (this.#onTheWay.length < MOST_WHYS) this.#onTheWay.push(lost);
  }

  /** Which frames are lost, `count` gaps from number `from` on. */
  losses(from: number, count: number): LossPage {
    return this.#core.ask<LossPage>({ from, count }, (...text) =>
      this.#core.exports.recording_losses(this.#recording, ...text),
    );
  }

  /** Takes the sample that rates are made of. */
  measure(now: Standing): void {
    this.#core.ask(now, (...text) => this.#core.exports.recording_measure(this.#recording, ...text));
  }
  stats(now: Standing): StreamStats {
    return this.#core.ask(now, (...text) => this.#core.exports.recording_stats(this.#recording, ...text));
  }
  summary(elapsedS: number): StreamSummary {
    return this.#core.read(this.#core.exports.recording_summary(this.#recording, elapsedS));
  }

  /** Asks it to end; null: asks nothing. */
  ask(request: "finish" | "now" | "give_up" | null): { ends: boolean; gives_up: boolean } {
    return this.#core.ask(request, (...text) => this.#core.exports.recording_ask(this.#recording, ...text));
  }
  /** Whether capture ends before the next frame. */
  get ends(): boolean {
    return this.#core.read(this.#core.exports.recording_ends(this.#recording));
  }
  /** Something failed that the core does not see. */
  fail(code: StreamErrorCode, message: string): void {
    this.#core.ask({ code, message }, (...text) => this.#core.exports.recording_fail(this.#recording, ...text));
  }
  /** A time point begins, counted from 0, when it is due since the run began. The frames that come then count from 0 again. */
  timePoint(number: number): { due_us: number; many: boolean } {
    return this.#core.read(this.#core.exports.recording_time_point(this.#recording, number));
  }
  /** Of the array, that the last frame went to; null: it is not saved. */
  get frameIndex(): bigint | null {
    const index = this.#core.exports.recording_frame_index(this.#recording);
    return index < 0 ? null : BigInt(index);
  }

  async #leave(): Promise<void> {
    await this.#store.leave();
    this.#core.exports.recording_settle(this.#recording);
  }

  /** What has left is stored, whatever becomes of what follows. */
  async #drain(): Promise<void> {
    await this.#store.drain();
    this.#core.exports.recording_settle(this.#recording);
  }

  /** The run has ended, however it did: its files are closed, and its store may go. Its figures stay. */
  letGo(): void {
    this.#core.exports.recording_let_go(this.#recording);
  }

  close(): void {
    this.#core.exports.recording_close(this.#recording);
  }
}

function detailsOf({ runNumber = 0, startedUnixMs = 0, replaceForeignFiles = false }: RecordingRequest) {
  return { run_number: runNumber, started_unix_ms: startedUnixMs, replace_foreign_files: replaceForeignFiles };
}
