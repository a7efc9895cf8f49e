import type { ColourMap } from "../core/colour-maps.ts";
import type { ChannelHint } from "../core/plane-source.ts";

/** Where nobody says otherwise: no two of the first three share a primary colour with both others, and six tell apart. */
const DEFAULTS: ColourMap[] = ["#00ff00", "#ff00ff", "#00ffff", "#ffff00", "#ff0000", "#0000ff"];

/** More are neither listed nor added up: each is a whole frame to read, to keep and to draw. */
export const MOST_CHANNELS = 32;

/** Several channels of stored frames on one canvas, added up: which, and in what colours. */
export class Overlay {
  /** As wanted; it takes stored frames and more than one channel. */
  on = $state(false);
  #possible = $state(false);
  /** By channel. */
  colours = $state.raw<ColourMap[]>([DEFAULTS[0] as ColourMap]);
  hidden = $state.raw<ReadonlySet<number>>(new Set());
  readonly #changed: () => void;
  #count = 1;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get active(): boolean {
    return this.on && this.#possible;
  }
  /** Stored frames are looked at: of a camera there is one channel at a time. */
  setPossible(possible: boolean): void {
    if (possible === this.#possible) return;
    this.#possible = possible;
    if (this.on) this.#changed();
  }

  /** Channels to draw, the one that is told of first. */
  shown(selected: number): number[] {
    if (!this.active || this.#count < 2) return [selected];
    const all = Array.from({ length: this.#count }, (_, channel) => channel).filter((one) => !this.hidden.has(one));
    return all.includes(selected) ? [selected, ...all.filter((one) => one !== selected)] : all;
  }

  setChannels(channels: number): void {
    const count = Math.min(MOST_CHANNELS, channels);
    if (count === this.#count) return;
    this.#count = count;
    this.colours = Array.from({ length: count }, (_, at) => this.colours[at] ?? defaultColour(at));
    this.hidden = new Set([...this.hidden].filter((channel) => channel < count));
  }
  /** What a dataset says of its channels. */
  takeHints(hints: ChannelHint[]): void {
    this.colours = Array.from({ length: this.#count }, (_, at) => hints[at]?.colour ?? defaultColour(at));
    const hidden = hints.slice(0, this.#count).flatMap(({ active }, at) => (active ? [] : [at]));
    // A dataset that shows nothing is of no use to anybody.
    this.hidden = new Set(hidden.length < this.#count ? hidden : []);
    this.#changed();
  }

  setOn(on: boolean): void {
    this.on = on;
    this.#changed();
  }
  /** The last one that is shown stays. */
  setShown(channel: number, shown: boolean): void {
    const hidden = new Set(this.hidden);
    if (shown) hidden.delete(channel);
    else hidden.add(channel);
    if (hidden.size >= this.#count) return;
    this.hidden = hidden;
    this.#changed();
  }
  setColour(channel: number, colour: ColourMap): void {
    this.colours = this.colours.map((own, at) => (at === channel ? colour : own));
    this.#changed();
  }
  /** From the page's address. */
  restore(shown: number[], colours: ColourMap[]): void {
    this.on = true;
    const all = Array.from({ length: this.#count }, (_, channel) => channel);
    const hidden = all.filter((channel) => !shown.includes(channel));
    this.hidden = new Set(hidden.length < this.#count ? hidden : []);
    this.colours = all.map((at) => colours[at] ?? this.colours[at] ?? defaultColour(at));
    this.#changed();
  }
}

function defaultColour(channel: number): ColourMap {
  return DEFAULTS[channel % DEFAULTS.length] as ColourMap;
}
