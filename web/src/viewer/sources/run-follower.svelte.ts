import type { ConnectedRuntime } from "@zarrcam/client/remote";
import type { Configuration, Dimension, Loss, PixelType, Published, Stats, StreamStats } from "@zarrcam/protocol";

import { type PlaneAxis, acquiredAxes } from "../core/axes.ts";
import type { DatasetPlace } from "../core/dataset-place.ts";
import { type StoredPlanes, openRun } from "../data/stored-planes.ts";
import type { StoreReader } from "../data/store-reader.ts";
import { StoredTimes } from "../time/stored-times.ts";
import type { DatasetShelf } from "./dataset-shelf.ts";

/** Where runs are stored. */
export interface RunPlaces {
  /** Where the datasets are that the runtime's runs record. */
  readonly runPlace: DatasetPlace;
  readonly browserDatasets: DatasetShelf | null;
}

/** A run of the runtime that this browser stores, as far as it is. */
export interface FollowedHere {
  /** Name of its dataset in this browser. */
  dataset: string;
  run_id: string;
  frames_published: number;
  /** Frames that are lost to it. */
  dropped: number;
}

/** A store that could not be opened is tried again after so long. */
const RETRY_MS = 500;
/** Ranges of lost frames that are shown of a run that this browser stores. */
const MOST_LOSSES = 10_000;
/** And one whose opening takes longer is given up, ms. */
const OPEN_MS = 20_000;

/** One camera's run, as far as the time axis needs it: the one that goes on, or the last one. */
export class RunFollower {
  readonly stream: number;
  stats = $state.raw<StreamStats | null>(null);
  losses = $state.raw<Loss[]>([]);
  axes = $state.raw<PlaneAxis[]>(acquiredAxes([]));
  /** Its dataset, by its name in its place; null: nothing is written, or elsewhere. */
  dataset = $state<string | null>(null);
  /** Where that is. */
  place = $state<DatasetPlace>("bridge");
  runId = $state<string | null>(null);
  /** Frames 0 to here can be read. */
  readable = $state(0);
  /** Its store as it was opened; null: it has not been. */
  opened = $state.raw<StoredPlanes | null>(null);
  readonly storedTimes = new StoredTimes();

  readonly #runtime: ConnectedRuntime;
  readonly #places: RunPlaces;
  readonly #reader: StoreReader;
  /** Stored by this browser, while the runtime stores nothing of it; and which of the runtime's runs it is. */
  #here: (FollowedHere & { ofRun: string | null }) | null = null;
  /** As configured now; and as they were when the run began. */
  #dimensions: Dimension[] = [];
  #pixelType: PixelType = "U8";
  #runDimensions: Dimension[] = [];
  #runPixelType: PixelType = "U8";
  #lostKnown = 0;
  #opening: Promise<StoredPlanes> | null = null;
  #asking = false;

  constructor(stream: number, runtime: ConnectedRuntime, places: RunPlaces, reader: StoreReader) {
    this.stream = stream;
    this.#runtime = runtime;
    this.#places = places;
    this.#reader = reader;
  }

  /**
   * While a run goes on its settings are locked: what is set when it starts is what it has.
   * @param seen what was set when the picture was taken that is on the canvas: its frame index counts along those axes
   */
  takeConfiguration({ video }: Configuration, seen = video[this.stream]): void {
    const stream = video[this.stream];
    if (!stream) return;
    this.#dimensions = stream.storage.settings.acquisition_dimensions;
    this.#pixelType = stream.frame_average_count > 1 ? "F32" : stream.camera.settings.pixel_type;
    if (this.runId === null)
      this.axes = acquiredAxes(seen?.storage.settings.acquisition_dimensions ?? this.#dimensions);
  }

  takeStats(stats: Stats): void {
    const own = stats.streams.find(({ stream }) => stream === this.stream) ?? null;
    this.stats = own;
    if (!own) return;
    // Another run has begun, which is not stored here.
    if (this.#here?.ofRun !== own.run_id) this.#here = null;
    if (own.path === null && this.#here) return this.storedTimes.add(this.readable, stats.unix_ms);
    const run = own.path === null ? null : own.run_id;
    if (run !== this.runId) this.#begin(run, own);
    if (run === null) return;
    this.storedTimes.add(own.ledger.array_frames, stats.unix_ms);
    if (own.frames_published > this.readable) this.readable = own.frames_published;
    if (own.ledger.dropped !== this.#lostKnown) void this.#takeLosses(own);
  }

  takePublished({ stream, dataset, run_id, frames_published }: Published): void {
    if (stream !== this.stream) return;
    if (run_id !== this.runId) this.#begin(run_id, this.stats);
    this.dataset = dataset;
    if (frames_published > this.readable) this.readable = frames_published;
  }

  /** This browser stores the run; null: it does not, or no more. What it has stored of the last one can still be read. */
  takeHere(run: FollowedHere | null): void {
    const { stats } = this;
    // What the runtime stores itself is followed there.
    if (!run || (stats?.path ?? null) !== null) return;
    this.#here = { ...run, ofRun: stats?.run_id ?? null };
    if (run.run_id !== this.runId) this.#begin(run.run_id, stats, run.dataset);
    if (run.frames_published > this.readable) this.readable = run.frames_published;
    if (run.dropped !== this.#lostKnown) void this.#takeLossesHere(run);
  }

  /** The run's frames as a store; kept until the next run. */
  open(): Promise<StoredPlanes> {
    const { dataset, runId, place } = this;
    if (!dataset || !runId) return Promise.reject(new Error("Nothing of this run is stored."));
    const run = { dataset, runId, place, dimensions: this.#runDimensions, pixelType: this.#runPixelType };
    const opening = (this.#opening ??= openRun(this.#reader, run, AbortSignal.timeout(OPEN_MS)));
    opening.then(
      (planes) => {
        if (this.#opening === opening) this.opened = planes;
      },
      // What failed may work when more is stored; a hand that drags does not ask for every step of it.
      () => {
        setTimeout(() => {
          if (this.#opening === opening) this.#opening = null;
        }, RETRY_MS);
      },
    );
    return opening;
  }
  close(): void {
    void this.#opening?.then((planes) => planes.close()).catch(() => undefined);
    this.#opening = null;
    this.opened = null;
  }

  /** @param here its name in this browser, where it is stored by it alone */
  #begin(run: string | null, stats: StreamStats | null, here?: string): void {
    this.close();
    this.runId = run;
    this.losses = [];
    this.#lostKnown = 0;
    this.readable = 0;
    this.dataset = run === null ? null : (here ?? datasetName(stats?.path ?? null, this.#runtime.hello.data_dir));
    this.place = here === undefined ? this.#places.runPlace : "browser";
    this.#runDimensions = this.#dimensions;
    this.#runPixelType = this.#pixelType;
    this.axes = acquiredAxes(this.#dimensions);
    if (stats?.started_unix_ms) this.storedTimes.start(stats.started_unix_ms);
  }

  async #takeLossesHere({ dataset, run_id, dropped }: FollowedHere): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const page = await this.#places.browserDatasets?.getDatasetLosses(dataset, { from: 0, count: MOST_LOSSES });
      if (!page || this.runId !== run_id) return;
      this.losses = page.ranges;
      this.#lostKnown = dropped;
    } catch {
      // The next report asks again.
    } finally {
      this.#asking = false;
    }
  }

  async #takeLosses({ losses, run_id, ledger }: StreamStats): Promise<void> {
    if (losses.ranges.length === losses.total) {
      this.losses = losses.ranges;
      this.#lostKnown = ledger.dropped;
      return;
    }
    if (this.#asking) return;
    this.#asking = true;
    try {
      // The last one known may have grown meanwhile.
      const from = Math.max(0, this.losses.length - 1);
      const page = await this.#runtime.getLosses(this.stream, { from, count: 10_000 });
      if (this.runId !== run_id) return;
      this.losses = [...this.losses.slice(0, from), ...page.ranges];
      if (this.losses.length >= losses.total) this.#lostKnown = ledger.dropped;
    } catch {
      // The next statistics ask again.
    } finally {
      this.#asking = false;
    }
  }
}

/** A path of the camera computer as a name in its data folder, with slashes. */
export function datasetName(path: string | null, dataDir: string): string | null {
  if (path === null) return null;
  const [plain, folder] = [path, dataDir].map((one) => one.replaceAll("\\", "/").replace(/\/+$/, "")) as [
    string,
    string,
  ];
  return plain.startsWith(`${folder}/`) ? plain.slice(folder.length + 1) : null;
}
