import type { Loss } from "@zarrcam/protocol";

import { chooseLevel } from "./data/level-choice.ts";
import { LatestRead } from "./data/latest-read.ts";
import type { PlaneRequest } from "./data/messages.ts";
import { type StoredSource, storeIndex } from "./data/stored-source.ts";
import type { StoreReader } from "./data/store-reader.ts";
import type { ChannelPicture } from "./core/picture.ts";
import type { DatasetLosses } from "./time/dataset-losses.svelte.ts";
import type { ViewClient } from "./live/view-client.ts";
import { MOST_CHANNELS } from "./overlay.svelte.ts";
import type { PaneState } from "./pane.svelte.ts";
import { type Pin, type RunAxis, indexOf, moved, pinnedAtOrBefore, placeOf } from "./time/axes.ts";
import type { RunFollower } from "./time/run-follower.svelte.ts";
import { lossAt, lossWords } from "./time/segments.ts";

/** In the words of the canvas and the read-out. */
export const NEVER_CAPTURED = "not captured: the run ended before this place";

interface ChannelPlane {
  channel: number;
  /** Where it lies along the axes. */
  index: number[];
  plane: PlaneRequest;
}

interface Wish {
  source: StoredSource;
  index: number[];
  /** Of each channel that is shown; the first is told of. */
  planes: [ChannelPlane, ...ChannelPlane[]];
  /** Where the wish is the newest frame of a pinned plane. */
  newest: boolean;
}

/** Where one pane stands in time, and along z, c and what else there is: in a run, or in a dataset. */
export class Timeline {
  /** The newest frame is shown, whatever it is. Always false in a dataset. */
  live = $state(true);
  /** Away from Live: the position along the axes, fastest first. */
  index = $state.raw<number[]>([]);
  pins = $state.raw<Pin[]>([]);
  dataset = $state.raw<StoredSource | null>(null);
  datasetLosses = $state.raw<DatasetLosses | null>(null);
  /** Why the wanted frame cannot be shown. */
  problem = $state<string | null>(null);
  reading = $state(false);

  readonly pane: PaneState;
  readonly run: RunFollower;
  readonly #client: ViewClient;
  readonly #reads: LatestRead<Wish, ChannelPicture[]>;
  readonly #changed: () => void;
  #pinnedShown = -1;
  #wanted = "";
  /** A place of the run that was asked for, and is decided but not to be read yet: it is gone to once it is. */
  #awaited: number | null = null;

  constructor(pane: PaneState, run: RunFollower, client: ViewClient, reader: StoreReader, changed: () => void) {
    this.pane = pane;
    this.run = run;
    this.#client = client;
    this.#changed = changed;
    this.#reads = new LatestRead(
      ({ source, planes }, signal) => {
        this.reading = true;
        const read = async ({ channel, index, plane }: ChannelPlane): Promise<ChannelPicture> => {
          const { picture, caption } = await reader.plane(source.description.store, plane, signal);
          return { channel, captioned: { picture, caption: { ...caption, index } } };
        };
        return Promise.all(planes.map(read));
      },
      (wish, layers) => this.#show(wish, layers),
      (wish, error) => this.#failed(error, wish.newest),
    );
  }

  /** Places that hold no frame, of what is looked at. */
  get losses(): Loss[] {
    return this.dataset ? (this.datasetLosses?.runs ?? []) : this.run.losses;
  }
  get axes(): RunAxis[] {
    return this.dataset?.axes ?? this.run.axes;
  }
  /** A dataset without a single frame: there is no place in it to stand at. */
  get hasNoFrames(): boolean {
    return this.dataset?.axes.some(({ size }) => size === 0) ?? false;
  }
  /** Position of what is shown, as far as it is known. */
  get current(): number[] | null {
    if (this.hasNoFrames) return null;
    if (!this.live || this.dataset) return this.index;
    const place = this.pane.shown?.caption.place ?? null;
    return place === null ? null : indexOf(this.axes, place);
  }
  get currentPlace(): number | null {
    const index = this.current;
    return index === null ? null : placeOf(this.axes, index);
  }
  /** Elements of an axis that there are to see now. */
  length(axis: number): number {
    const one = this.axes[axis];
    if (!one) return 1;
    return one.size ?? Math.max(1, Math.ceil(this.run.available / one.stride));
  }

  /** Which axis the channels lie along; -1: there are none. */
  get channelAxis(): number {
    return this.axes.findIndex(({ kind, size }) => kind === "Channel" && size !== null);
  }
  channelName(channel: number): string {
    const axis = this.axes[this.channelAxis];
    return axis?.labels[channel] || `${axis?.name ?? "c"} ${channel}`;
  }
  /** Why a channel is not among those that are added up, here and now: it would look as if it were dark. */
  absence(channel: number): { lost: boolean; mark: string; why: string } | null {
    const { overlay } = this.pane;
    if (!overlay.active || overlay.hidden.has(channel) || this.channelAxis < 0) return null;
    const place = placeOf(this.axes, moved(this.index, this.channelAxis, channel));
    const loss = lossAt(this.losses, place);
    if (loss) return { lost: true, mark: "lost", why: lossWords(loss, place) };
    if (this.#neverCaptured(place)) return { lost: true, mark: "not captured", why: NEVER_CAPTURED };
    const waits = this.dataset === null && place >= this.run.available;
    return waits ? { lost: false, mark: "not yet", why: "Not stored yet" } : null;
  }
  /** Channels that are to be added up and have no frame, while others are there. */
  get lostChannels(): { name: string; why: string }[] {
    const count = Math.min(MOST_CHANNELS, this.axes[this.channelAxis]?.size ?? 0);
    return Array.from({ length: count }, (_, channel) => channel).flatMap((channel) => {
      const absence = this.absence(channel);
      return absence?.lost ? [{ name: this.channelName(channel), why: absence.why }] : [];
    });
  }

  openDataset(source: StoredSource, losses: DatasetLosses | null, at: Record<string, number>): void {
    this.#reads.cancel();
    this.#awaited = null;
    this.#wanted = "";
    this.dataset = source;
    this.datasetLosses?.dispose();
    this.datasetLosses = losses;
    this.live = false;
    this.problem = null;
    // What was shown before belongs to another name.
    this.pane.clear(null);
    this.index = source.axes.map(({ name, size }) => Math.max(0, Math.min((size ?? 1) - 1, at[name] ?? 0)));
    // May ask for pictures already: the place must be this dataset's.
    this.pane.overlay.setPossible(true);
    this.#want(source);
  }
  /** What is known of losses has changed: the shown place may be one. */
  lossesChanged(): void {
    if (this.dataset) this.#want(this.dataset);
  }
  closeDataset(): void {
    this.dataset = null;
    this.datasetLosses?.dispose();
    this.datasetLosses = null;
    this.goLive();
  }

  goLive(): void {
    if (this.dataset) return;
    this.#reads.cancel();
    this.#awaited = null;
    this.#wanted = "";
    this.problem = null;
    this.live = true;
    this.pane.overlay.setPossible(false);
    this.pane.missing = null;
    this.#pinnedShown = -1;
    this.#followPinned();
    this.#changed();
  }

  /** A place of the run; in a dataset its position by the same order. */
  goToPlace(place: number): void {
    if (this.hasNoFrames) return;
    // A loss is known before what was captured ahead of it is stored.
    if (!this.dataset && lossAt(this.losses, place)) return this.#goToPlace(place);
    const last = this.dataset
      ? placeOf(
          this.axes,
          this.axes.map(({ size }) => (size ?? 1) - 1),
        )
      : this.run.available - 1;
    const wanted = Math.min(Math.max(0, place), Math.max(0, last));
    this.goTo(indexOf(this.axes, pinnedAtOrBefore(this.axes, this.dataset ? [] : this.pins, wanted) ?? wanted));
    // Frames are counted as saved a moment before they can be read: until then the newest that can be stands for it.
    const decided = this.run.stats?.ledger.places ?? 0;
    if (!this.dataset && place > last && place < decided) this.#awaited = place;
  }

  goTo(index: number[]): void {
    if (this.hasNoFrames) return;
    this.#awaited = null;
    const clamped = this.axes.map((_, axis) => Math.min(this.length(axis) - 1, Math.max(0, index[axis] ?? 0)));
    if (this.dataset) {
      this.index = clamped;
      this.#want(this.dataset);
      this.#changed();
      return;
    }
    // The time point that is being filled ends somewhere.
    const place = placeOf(this.axes, clamped);
    if (this.run.available === 0) return;
    if (place >= this.run.available) {
      const time = clamped.length - 1;
      if ((clamped[time] ?? 0) === 0) return this.#goToPlace(this.run.available - 1);
      clamped[time] = (clamped[time] ?? 0) - 1;
    }
    this.#goToPlace(placeOf(this.axes, clamped));
  }

  step(axis: number, by: number): void {
    const from = this.current ?? indexOf(this.axes, Math.max(0, this.run.available - 1));
    const next = [...from];
    next[axis] = (next[axis] ?? 0) + by;
    if ((next[axis] ?? 0) < 0 || (next[axis] ?? 0) >= this.length(axis)) return;
    // Along a pinned axis the pin goes with the hand.
    if (this.pins.some((pin) => pin.axis === axis) && axis !== this.axes.length - 1) this.setPin(axis, next[axis] ?? 0);
    else this.goTo(next);
  }

  togglePin(axis: number): void {
    if (this.pins.some((pin) => pin.axis === axis)) {
      this.pins = this.pins.filter((pin) => pin.axis !== axis);
      this.#pinsChanged();
    } else this.setPin(axis, this.current?.[axis] ?? 0);
  }
  setPin(axis: number, index: number): void {
    const limited = Math.min(this.length(axis) - 1, Math.max(0, index));
    this.pins = [...this.pins.filter((pin) => pin.axis !== axis), { axis, index: limited }];
    this.#pinsChanged();
  }

  /** Another zoom may want another level, or another part. */
  viewChanged(): void {
    if (this.dataset) this.#want(this.dataset);
    else if (!this.live) this.#wantOfRun();
  }

  /** More of the run can be read, or is known to be lost. */
  runGrew(): void {
    const place = this.#awaited;
    if (place !== null && (place < this.run.available || lossAt(this.losses, place))) this.goToPlace(place);
    this.#followPinned();
  }

  /** Live with a pinned plane: when the preview left its frames out, the newest one that is stored is read. */
  #followPinned(): void {
    if (!this.live || this.dataset || this.pins.length === 0) return;
    const newest = pinnedAtOrBefore(this.axes, this.pins, this.run.available - 1);
    const shown = Math.max(this.pane.latest?.caption.place ?? -1, this.#pinnedShown);
    if (newest === null || newest <= shown || lossAt(this.losses, newest)) return;
    this.#wantOfRun(indexOf(this.axes, newest), true);
  }

  forgetRun(): void {
    if (this.dataset) return;
    this.#awaited = null;
    this.#pinnedShown = -1;
    if (!this.live) this.goLive();
  }

  dispose(): void {
    this.datasetLosses?.dispose();
    this.#reads.cancel();
  }

  #pinsChanged(): void {
    const pins = this.pins.flatMap(({ axis, index }) => {
      const { stride, size } = this.axes[axis] ?? { stride: 1, size: null };
      return size === null ? [] : [{ stride, size, index }];
    });
    this.pane.setPins(this.dataset ? [] : pins);
    this.#pinnedShown = -1;
    if (this.live) this.#followPinned();
    else {
      const index = [...this.index];
      for (const pin of this.pins) index[pin.axis] = pin.index;
      this.goTo(index);
    }
    this.#changed();
  }

  #goToPlace(place: number): void {
    this.#awaited = null;
    this.live = false;
    this.index = indexOf(this.axes, place);
    this.pane.overlay.setPossible(true);
    this.problem = null;
    // First of all no more pictures of the camera.
    this.#changed();
    if (!this.#showLoss(this.index)) this.#wantOfRun();
  }

  /** The run ended before: nobody lost what is not there. */
  #neverCaptured(place: number): boolean {
    const end = this.dataset?.capturedEnd ?? null;
    return end !== null && place >= end;
  }

  /** Loss is located: hatching and words, never black. @returns whether the place is one. */
  #showLoss(index: number[]): boolean {
    const place = placeOf(this.axes, index);
    const loss = lossAt(this.losses, place);
    // Of several channels those that are there are shown, and the lost one is marked on them.
    if ((!loss && !this.#neverCaptured(place)) || this.#channelsThere(index).length > 0) return false;
    const words = loss ? lossWords(loss, place) : NEVER_CAPTURED;
    this.#reads.cancel();
    this.#wanted = "";
    this.problem = null;
    if (this.pane.missing !== words) this.pane.clear(words, loss ? "lost" : "not captured");
    return true;
  }

  #wantOfRun(index = this.index, newest = false): void {
    this.run.source().then(
      (source) => {
        if (newest ? this.live : !this.live && index === this.index) this.#want(source, index, newest);
      },
      (error: unknown) => this.#failed(error instanceof Error ? error : new Error(String(error)), newest),
    );
  }

  #want(source: StoredSource, index = this.index, newest = false): void {
    const { levels } = source.description;
    const [full] = levels;
    if (!full) return;
    const frame = { width: full.width, height: full.height };
    this.pane.setFrame(frame);
    if (source === this.dataset && this.hasNoFrames) return;
    if (!newest && this.#showLoss(index)) return;
    const choice = chooseLevel(levels, this.pane.view, frame, this.pane.size);
    const [first, ...others] = this.#channels(index, newest).map(({ channel, index }) => {
      return { channel, index, plane: { index: storeIndex(source, index), ...choice } };
    });
    if (!first) return;
    const planes: Wish["planes"] = [first, ...others];
    const wanted = `${source.description.store} ${JSON.stringify(planes)}`;
    if (wanted === this.#wanted && !this.problem) return;
    this.#wanted = wanted;
    this.#reads.want({ source, index, planes, newest });
  }

  /** Where each channel's plane is. */
  #channels(index: number[], newest: boolean): { channel: number; index: number[] }[] {
    const axis = this.channelAxis;
    if (axis < 0) return [{ channel: 0, index }];
    const selected = index[axis] ?? 0;
    const shown = newest ? [] : this.#channelsThere(index);
    return (shown.length > 0 ? shown : [selected]).map((channel) => ({ channel, index: moved(index, axis, channel) }));
  }
  /** Channels to draw that are not lost, and of a run those that are stored: the others are not there to be added. */
  #channelsThere(index: number[]): number[] {
    const axis = this.channelAxis;
    if (axis < 0) return [];
    return this.pane.overlay.shown(index[axis] ?? 0).filter((channel) => {
      const place = placeOf(this.axes, moved(index, axis, channel));
      if (this.#neverCaptured(place) || lossAt(this.losses, place) !== null) return false;
      return this.dataset !== null || place < this.run.available;
    });
  }

  /** A picture of another place must not stand where this one belongs. */
  #failed(error: Error, newest: boolean): void {
    this.reading = false;
    this.#wanted = "";
    if (newest || this.live) return;
    this.problem = error.message;
    this.pane.clear(`This frame cannot be shown: ${error.message}`, "failed");
  }

  #show({ source, index, newest }: Wish, layers: ChannelPicture[]): void {
    this.reading = false;
    this.problem = null;
    const place = source === this.dataset ? null : placeOf(source.axes, index);
    if (newest) {
      if (!this.live || place === null || place <= (this.pane.latest?.caption.place ?? -1)) return;
      this.#pinnedShown = place;
    } else if (this.live) return;
    /** Each channel lies at a place of its own; the selected one may not be among them. */
    const known = (index: number[]) => {
      const own = source === this.dataset ? null : placeOf(source.axes, index);
      return { stream: this.run.stream, place: own, hostClockMs: own === null ? null : this.run.storedTimes.at(own) };
    };
    this.#client.pictures(
      this.pane.id,
      layers.map(({ channel, captioned: { picture, caption } }) => ({
        channel,
        captioned: { picture, caption: { ...caption, ...known(caption.index) } },
      })),
    );
  }
}
