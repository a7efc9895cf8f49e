import { chooseLevel } from "./data/level-choice.ts";
import { LatestRead } from "./data/latest-read.ts";
import type { PlaneRequest } from "./data/messages.ts";
import { type StoredSource, storeIndex } from "./data/stored-source.ts";
import type { StoreReader } from "./data/store-reader.ts";
import type { CaptionedPicture } from "./core/picture.ts";
import type { ViewClient } from "./live/view-client.ts";
import type { PaneState } from "./pane.svelte.ts";
import { type Pin, type RunAxis, indexOf, pinnedAtOrBefore, placeOf } from "./time/axes.ts";
import type { RunFollower } from "./time/run-follower.svelte.ts";
import { lossAt, lossWords } from "./time/segments.ts";

interface Wish {
  source: StoredSource;
  index: number[];
  plane: PlaneRequest;
  channel: number;
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
  /** Why the wanted frame cannot be shown. */
  problem = $state<string | null>(null);
  reading = $state(false);

  readonly pane: PaneState;
  readonly run: RunFollower;
  readonly #client: ViewClient;
  readonly #reads: LatestRead<Wish, CaptionedPicture>;
  readonly #changed: () => void;
  #pinnedShown = -1;
  #wanted = "";

  constructor(pane: PaneState, run: RunFollower, client: ViewClient, reader: StoreReader, changed: () => void) {
    this.pane = pane;
    this.run = run;
    this.#client = client;
    this.#changed = changed;
    this.#reads = new LatestRead(
      ({ source, plane }, signal) => {
        this.reading = true;
        return reader.plane(source.url, plane, signal);
      },
      (wish, captioned) => this.#show(wish, captioned),
      (wish, error) => this.#failed(error, wish.newest),
    );
  }

  get axes(): RunAxis[] {
    return this.dataset?.axes ?? this.run.axes;
  }
  /** Position of what is shown, as far as it is known. */
  get current(): number[] | null {
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

  openDataset(source: StoredSource, at: Record<string, number>): void {
    this.#reads.cancel();
    this.#wanted = "";
    this.dataset = source;
    this.live = false;
    this.problem = null;
    this.index = source.axes.map(({ name, size }) => Math.min((size ?? 1) - 1, Math.max(0, at[name] ?? 0)));
    this.#want(source);
  }
  closeDataset(): void {
    this.dataset = null;
    this.goLive();
  }

  goLive(): void {
    if (this.dataset) return;
    this.#reads.cancel();
    this.#wanted = "";
    this.problem = null;
    this.live = true;
    this.pane.missing = null;
    this.#pinnedShown = -1;
    this.followPinned();
    this.#changed();
  }

  /** A place of the run; in a dataset its position by the same order. */
  goToPlace(place: number): void {
    const last = this.dataset
      ? placeOf(
          this.axes,
          this.axes.map(({ size }) => (size ?? 1) - 1),
        )
      : this.run.available - 1;
    const wanted = Math.min(Math.max(0, place), Math.max(0, last));
    this.goTo(indexOf(this.axes, pinnedAtOrBefore(this.axes, this.dataset ? [] : this.pins, wanted) ?? wanted));
  }

  goTo(index: number[]): void {
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

  /** Live with a pinned plane: when the preview left its frames out, the newest one that is stored is read. */
  followPinned(): void {
    if (!this.live || this.dataset || this.pins.length === 0) return;
    const newest = pinnedAtOrBefore(this.axes, this.pins, this.run.available - 1);
    const shown = Math.max(this.pane.latest?.caption.place ?? -1, this.#pinnedShown);
    if (newest === null || newest <= shown || lossAt(this.run.losses, newest)) return;
    this.#wantOfRun(indexOf(this.axes, newest), true);
  }

  forgetRun(): void {
    if (this.dataset) return;
    this.#pinnedShown = -1;
    if (!this.live) this.goLive();
  }

  dispose(): void {
    this.#reads.cancel();
  }

  #pinsChanged(): void {
    const pins = this.pins.flatMap(({ axis, index }) => {
      const { stride, size } = this.axes[axis] ?? { stride: 1, size: null };
      return size === null ? [] : [{ stride, size, index }];
    });
    this.pane.setPins(this.dataset ? [] : pins);
    this.#pinnedShown = -1;
    if (this.live) this.followPinned();
    else {
      const index = [...this.index];
      for (const pin of this.pins) index[pin.axis] = pin.index;
      this.goTo(index);
    }
    this.#changed();
  }

  #goToPlace(place: number): void {
    this.live = false;
    this.index = indexOf(this.axes, place);
    this.problem = null;
    // First of all no more pictures of the camera.
    this.#changed();
    const loss = lossAt(this.run.losses, place);
    if (!loss) return this.#wantOfRun();
    this.#reads.cancel();
    this.#wanted = "";
    this.pane.clear(lossWords(loss, place));
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
    const choice = chooseLevel(levels, this.pane.view, frame, this.pane.size);
    const channelAxis = source.axes.findIndex(({ kind }) => kind === "Channel");
    const channel = channelAxis < 0 ? 0 : (index[channelAxis] ?? 0);
    const plane = { index: storeIndex(source, index), ...choice };
    const wanted = `${source.url} ${JSON.stringify(plane)}`;
    if (wanted === this.#wanted && !this.problem) return;
    this.#wanted = wanted;
    this.#reads.want({ source, index, plane, channel, newest });
  }

  /** A picture of another place must not stand where this one belongs. */
  #failed(error: Error, newest: boolean): void {
    this.reading = false;
    this.#wanted = "";
    if (newest || this.live) return;
    this.problem = error.message;
    this.pane.clear(`This frame cannot be shown: ${error.message}`);
  }

  #show({ source, index, channel, newest }: Wish, captioned: CaptionedPicture): void {
    this.reading = false;
    this.problem = null;
    const place = source === this.dataset ? null : placeOf(source.axes, index);
    if (newest) {
      if (!this.live || place === null || place <= (this.pane.latest?.caption.place ?? -1)) return;
      this.#pinnedShown = place;
    } else if (this.live) return;
    const caption = {
      ...captioned.caption,
      stream: this.run.stream,
      place,
      index,
      hostClockMs: place === null ? null : this.run.storedTimes.at(place),
    };
    this.#client.picture(this.pane.id, channel, { picture: captioned.picture, caption });
  }
}
