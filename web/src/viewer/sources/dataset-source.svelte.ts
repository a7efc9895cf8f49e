import type { DatasetInfo } from "@zarrcam/protocol";

import { type PlaneAxis, frameCount } from "../core/axes.ts";
import type {
  Damage,
  FrameAvailability,
  PixelSize,
  PlaneRequest,
  PlaneSink,
  PlaneSource,
  ShownPicture,
  SourceChange,
  SourceExtent,
  SourceGaps,
} from "../core/plane-source.ts";
import type { DatasetPlace } from "../core/dataset-place.ts";
import type { StoreReader } from "../data/store-reader.ts";
import { type StoredPlanes, openDataset } from "../data/stored-planes.ts";
import { lossAt, lossLabel } from "../time/segments.ts";
import { damagesWith } from "./damages.ts";
import { DatasetLosses } from "./dataset-losses.svelte.ts";
import type { DatasetShelf } from "./dataset-shelf.ts";
import { Listeners } from "./listeners.ts";

/** In the words of the canvas and the read-out. */
export const NEVER_CAPTURED = "not captured: the run ended before this frame";

/** A dataset of the data folder, by http, or of this browser's own storage: one opening of it. */
export class DatasetSource implements PlaneSource {
  /** What its own files tell of it, as of when it was opened or its run ended. */
  info: DatasetInfo = $state.raw({} as DatasetInfo);
  /** Null: it is not ours, and nobody knows. */
  readonly losses: DatasetLosses | null;
  readonly live = null;
  damages = $state.raw<Damage[]>([]);
  /** They grow while the dataset is recorded. */
  axes = $state.raw<PlaneAxis[]>([]);

  readonly place: DatasetPlace;
  readonly #shelf: DatasetShelf;
  readonly #planes: StoredPlanes;
  /** Frames that can be read by now, of one that is being recorded; null: all that the axes have room for. */
  #readable = $state<number | null>(null);
  readonly #listeners = new Listeners<SourceChange>();

  private constructor(shelf: DatasetShelf, place: DatasetPlace, info: DatasetInfo, planes: StoredPlanes) {
    this.#shelf = shelf;
    this.place = place;
    this.info = info;
    this.#planes = planes;
    this.axes = planes.axes;
    this.losses = info.losses === null ? null : new DatasetLosses(shelf, info, () => this.#listeners.tell("more"));
    if (this.losses?.some) this.losses.refresh();
  }

  /** Throws a sentence for users where it cannot be shown. */
  static async find(
    shelf: DatasetShelf,
    place: DatasetPlace,
    reader: StoreReader,
    name: string,
    signal: AbortSignal,
  ): Promise<DatasetSource> {
    const info = await shelf.getDatasetInfo(name);
    return new DatasetSource(shelf, place, info, await openDataset(reader, info, place, signal));
  }

  get name() {
    return this.info.name;
  }
  /** What a page's address can name it by. */
  get address(): string {
    return this.info.name;
  }
  get image() {
    return this.#planes.description;
  }
  get extent(): SourceExtent {
    const readable = this.#readable ?? frameCount(this.axes) ?? 0;
    return { readable, decided: readable };
  }
  get gaps(): SourceGaps {
    return { losses: this.losses?.ranges ?? [], capturedEnd: this.#capturedEnd, damages: this.damages };
  }
  get pixelSize(): PixelSize {
    const { x, y } = this.image;
    return { x: x.scale, y: y.scale, unit: x.unit };
  }

  availability(frameIndex: number): FrameAvailability {
    const loss = lossAt(this.losses?.ranges ?? [], frameIndex);
    if (loss) return { kind: "lost", why: lossLabel(loss, frameIndex) };
    // The run ended before: nobody lost what is not there.
    const end = this.#capturedEnd;
    if (end !== null && frameIndex >= end) return { kind: "not captured", why: NEVER_CAPTURED };
    return { kind: this.#readable !== null && frameIndex >= this.#readable ? "pending" : "readable" };
  }
  clockMs(): null {
    return null;
  }
  open() {
    return Promise.resolve(this.image);
  }
  read(request: PlaneRequest, sink: PlaneSink, signal: AbortSignal): Promise<void> {
    return this.#planes.read(request, sink, signal);
  }
  subscribe(changed: (change: SourceChange) => void): () => void {
    return this.#listeners.add(changed);
  }
  close(): void {
    this.losses?.dispose();
    this.#planes.close();
  }

  /** It is being recorded, and so many of its frames can be read by now. */
  grow(frames: number): void {
    const time = this.axes.at(-1);
    if (this.info.state !== "open" || !time || frames <= (this.#readable ?? 0)) return;
    this.#readable = frames;
    const size = Math.max(time.size ?? 0, Math.ceil(frames / time.stride));
    if (size !== time.size) this.axes = [...this.axes.slice(0, -1), { ...time, size }];
    this.#listeners.tell("more");
  }

  /** Of one that is being recorded by somebody who does not tell: asks how far it is. */
  async follow(): Promise<void> {
    if (this.info.state !== "open") return;
    const { run_id, state, losses } = await this.#shelf.getDatasetInfo(this.info.name);
    if (run_id !== this.info.run_id) return;
    if (state !== "open") return this.takeRunEnd(run_id ?? "");
    this.grow(losses?.array_frames ?? 0);
    this.losses?.refresh();
  }

  /** A run has ended. What was known of its dataset while it was recorded is out of date, and is asked for again. */
  async takeRunEnd(runId: string): Promise<void> {
    const { name } = this.info;
    if (this.info.run_id !== runId) return;
    const info = await this.#shelf.getDatasetInfo(name);
    // Another run may have taken the name meanwhile: then it is opened anew.
    if (info.run_id !== runId) return;
    this.info = info;
    if (info.state === "open") return;
    this.#readable = null;
    const size = (axis: string) => info.shape[info.axes.findIndex((one) => one.name === axis)];
    this.axes = this.axes.map((axis) => ({ ...axis, size: size(axis.name) ?? axis.size }));
    this.losses?.refresh();
    this.#listeners.tell("more");
  }

  /** Whether another program, or a run, has written it anew since it was opened. */
  writtenAnew(signal: AbortSignal): Promise<boolean> {
    return this.#planes.changed(signal);
  }
  /** A chunk that is damaged is known from when it is met. */
  takeShown(shown: ShownPicture): void {
    this.damages = damagesWith(this.damages, shown, this.axes);
  }

  /** Of one that is being recorded the end is not known yet. */
  get #capturedEnd(): number | null {
    return this.info.state === "open" ? null : this.info.captured_end;
  }
}
