import { type Pin, type PlaneAxis, frameCount, frameIndexOf, pinnedAtOrBefore, positionOf } from "../core/axes.ts";
import type { PlaneSource } from "../core/plane-source.ts";

export interface NavigationEvents {
  /** Another frame is to be shown, or the live picture. */
  moved(): void;
  /** Other elements are pinned. What is to be shown has not changed by that alone. */
  pinned(): void;
}

/** Where one pane stands in time, and along z, channels and what other axes its source has. */
export class Navigation {
  /** The live picture is shown, whatever frame it is. Always false where the source has none. */
  live = $state(false);
  /** Away from the live picture: an index along each axis, the fastest first. */
  position = $state.raw<number[]>([]);
  pins = $state.raw<Pin[]>([]);

  readonly #source: () => PlaneSource;
  readonly #liveFrameIndex: () => number | null;
  readonly #events: NavigationEvents;
  /** A frame that was asked for, and is decided but not to be read yet: it is gone to once it is. */
  #awaited: number | null = null;

  /** @param liveFrameIndex of the live picture that is shown; null: it is not known */
  constructor(source: () => PlaneSource, liveFrameIndex: () => number | null, events: NavigationEvents) {
    this.#source = source;
    this.#liveFrameIndex = liveFrameIndex;
    this.#events = events;
    this.live = source().live !== null;
  }

  get axes(): readonly PlaneAxis[] {
    return this.#source().axes;
  }
  /** A source without a single frame: there is no position in it. */
  get hasNoFrames(): boolean {
    return this.axes.some(({ size }) => size === 0);
  }
  /** Of what is shown, as far as it is known. */
  get current(): number[] | null {
    if (this.hasNoFrames) return null;
    if (!this.live) return this.position;
    const frameIndex = this.#liveFrameIndex();
    return frameIndex === null ? null : positionOf(this.axes, frameIndex);
  }
  get currentFrameIndex(): number | null {
    const position = this.current;
    return position === null ? null : frameIndexOf(this.axes, position);
  }
  /** Elements of an axis that there are to see now. */
  length(axis: number): number {
    const one = this.axes[axis];
    if (!one) return 1;
    return one.size ?? Math.max(1, Math.ceil(this.#source().extent.readable / one.stride));
  }

  /** In another source. @param at where to begin, by the names of its axes */
  begin(at: Record<string, number>): void {
    this.#awaited = null;
    this.pins = [];
    this.live = this.#source().live !== null;
    this.position = this.axes.map(({ name, size }) => Math.max(0, Math.min((size ?? 1) - 1, at[name] ?? 0)));
  }
  /** The frames of the source are others than before: a position among the old ones means nothing. */
  restart(): void {
    this.#awaited = null;
    if (!this.live) this.goLive();
  }
  /** More frames can be read, or are known to be lost. */
  sourceGrew(): void {
    const frameIndex = this.#awaited;
    if (frameIndex === null) return;
    if (this.#source().availability(frameIndex).kind !== "pending") this.goToFrame(frameIndex);
  }

  goLive(): void {
    if (this.#source().live === null) return;
    this.#awaited = null;
    this.live = true;
    this.#events.moved();
  }

  /** The nearest one that can be shown, with the pinned elements. */
  goToFrame(frameIndex: number): void {
    if (this.hasNoFrames) return;
    const source = this.#source();
    const { kind } = source.availability(frameIndex);
    // A loss is known before what was captured ahead of it is stored.
    const inside = frameIndex >= 0 && frameIndex < (frameCount(this.axes) ?? Infinity);
    if (inside && (kind === "lost" || kind === "not captured")) return this.#settle(frameIndex);
    const { readable, decided } = source.extent;
    const wanted = Math.min(Math.max(0, frameIndex), Math.max(0, readable - 1));
    this.goTo(positionOf(this.axes, pinnedAtOrBefore(this.axes, this.pins, wanted) ?? wanted));
    // Frames are counted as saved a moment before they can be read: until then the newest that can be stands for it.
    if (frameIndex >= readable && frameIndex < decided) this.#awaited = frameIndex;
  }

  goTo(position: readonly number[]): void {
    const { readable } = this.#source().extent;
    if (this.hasNoFrames || readable === 0) return;
    const clamped = this.axes.map((_, axis) => Math.min(this.length(axis) - 1, Math.max(0, position[axis] ?? 0)));
    // The time point that is being filled ends somewhere.
    if (frameIndexOf(this.axes, clamped) >= readable) {
      const time = clamped.length - 1;
      if ((clamped[time] ?? 0) === 0) return this.#settle(readable - 1);
      clamped[time] = (clamped[time] ?? 0) - 1;
    }
    this.#settle(frameIndexOf(this.axes, clamped));
  }

  step(axis: number, by: number): void {
    const from = this.current ?? positionOf(this.axes, Math.max(0, this.#source().extent.readable - 1));
    const next = (from[axis] ?? 0) + by;
    if (next < 0 || next >= this.length(axis)) return;
    // Along a pinned axis the pin goes with the hand.
    if (this.pins.some((pin) => pin.axis === axis) && axis !== this.axes.length - 1) this.setPin(axis, next);
    else this.goTo(from.map((own, at) => (at === axis ? next : own)));
  }

  togglePin(axis: number): void {
    if (this.pins.some((pin) => pin.axis === axis)) this.#pin(this.pins.filter((pin) => pin.axis !== axis));
    else this.setPin(axis, this.current?.[axis] ?? 0);
  }
  setPin(axis: number, index: number): void {
    const limited = Math.min(this.length(axis) - 1, Math.max(0, index));
    this.#pin([...this.pins.filter((pin) => pin.axis !== axis), { axis, index: limited }]);
  }

  #pin(pins: Pin[]): void {
    this.pins = pins;
    this.#events.pinned();
    if (this.live) return;
    const position = [...this.position];
    for (const { axis, index } of pins) position[axis] = index;
    this.goTo(position);
  }

  #settle(frameIndex: number): void {
    this.#awaited = null;
    this.live = false;
    this.position = positionOf(this.axes, frameIndex);
    this.#events.moved();
  }
}
