import { frameIndexOf, moved } from "../core/axes.ts";
import type { FrameAvailability, PlaneSource } from "../core/plane-source.ts";
import type { AxisStep } from "../live/messages.ts";
import type { Navigation } from "./navigation.svelte.ts";
import { MOST_CHANNELS, type Overlay } from "./overlay.svelte.ts";

/** Why a channel is not among those that are added up. */
export interface ChannelAbsence {
  /** It never will be; else it is only not there yet. */
  lost: boolean;
  /** One or two words for it: "not captured". */
  mark: string;
  why: string;
}

/** The channels of one pane: where they lie along the axes of its source, and which of them there are to draw. */
export class Channels {
  readonly #source: () => PlaneSource;
  readonly #navigation: Navigation;
  readonly #overlay: Overlay;

  constructor(source: () => PlaneSource, navigation: Navigation, overlay: Overlay) {
    this.#source = source;
    this.#navigation = navigation;
    this.#overlay = overlay;
  }

  /** Which of the axes they lie along; -1: there is none. */
  get axis(): number {
    return this.#source().axes.findIndex(({ kind, size }) => kind === "Channel" && size !== null);
  }
  get count(): number {
    return Math.max(1, this.#source().axes[this.axis]?.size ?? 1);
  }
  /** How a frame's channel follows from its frame index; null: all are of one channel. */
  get step(): AxisStep | null {
    const axis = this.#source().axes[this.axis];
    return axis?.size ? { stride: axis.stride, size: axis.size } : null;
  }
  name(channel: number): string {
    const axis = this.#source().axes[this.axis];
    return axis?.labels[channel] || `${axis?.name ?? "c"} ${channel}`;
  }

  /** Why a channel is not among those that are added up, here and now: it would look as if it were dark. Null: it is. */
  absence(channel: number): ChannelAbsence | null {
    if (!this.#overlay.active || this.#overlay.hidden.has(channel) || this.axis < 0) return null;
    const availability = this.#availability(this.#navigation.position, channel);
    if (availability.kind === "readable") return null;
    if (availability.kind === "pending") return { lost: false, mark: "not yet", why: "Not stored yet" };
    return { lost: true, mark: availability.kind, why: availability.why };
  }
  /** Channels that are to be added up and have no frame, while others are there. */
  get lost(): { name: string; why: string }[] {
    if (this.axis < 0) return [];
    const count = Math.min(MOST_CHANNELS, this.count);
    return Array.from({ length: count }, (_, channel) => channel).flatMap((channel) => {
      const absence = this.absence(channel);
      return absence?.lost ? [{ name: this.name(channel), why: absence.why }] : [];
    });
  }

  /** Which there are to draw at a position: of an overlay those that can be read. None: not even the one that is chosen. */
  at(position: readonly number[]): number[] {
    if (this.axis < 0) return [];
    return this.#overlay
      .shown(position[this.axis] ?? 0)
      .filter((channel) => this.#availability(position, channel).kind === "readable");
  }

  #availability(position: readonly number[], channel: number): FrameAvailability {
    const source = this.#source();
    return source.availability(frameIndexOf(source.axes, moved(position, this.axis, channel)));
  }
}
