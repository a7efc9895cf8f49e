import {
  type Point,
  type Size,
  type View,
  fitView,
  panBy,
  settleView,
  toFrame,
  zoomAt,
  zoomTo,
} from "../core/geometry.ts";
import { type DisplaySettings, defaultDisplay } from "../core/display-settings.ts";
import { percentileLimits } from "../core/percentile.ts";
import { IGNORED } from "../core/auto-contrast.ts";
import { Overlay } from "./overlay.svelte.ts";
import type { Rectangle } from "../core/picture.ts";
import type { PlaneSink } from "../core/plane-source.ts";
import type { AxisStep, Readout, Shown } from "../live/messages.ts";
import type { PaneLink } from "../live/view-client.ts";

/** Numbers on the page change no more often than they can be read, ms. */
const PUBLISH_MS = 200;

/** Why there is no picture: a loss, the run's end, or what could not be read. */
export type Missing = "lost" | "not captured" | "failed";

export interface Measurement {
  from: Point;
  to: Point;
}

/** The image of one pane: what is on its canvas, and how it is drawn. Pixels stay in the view worker. */
export class PaneImage {
  readonly id: number;
  /** Size of the canvas, px of the screen. */
  size = $state.raw<Size>({ width: 0, height: 0 });
  /** Size of a whole frame of the source, px; null until it is known. */
  frame = $state.raw<Size | null>(null);
  view = $state.raw<View>({ centre: { x: 0, y: 0 }, zoom: 1, fit: true });
  /** The picture on the canvas, as the page tells of it five times a second; null: there is none. */
  shown = $state.raw<Shown | null>(null);
  /** What is known of the pixel under the pointer; null: nothing, or the pointer is elsewhere. */
  readout = $state.raw<Readout | null>(null);
  /** Display settings by channel. */
  displays = $state.raw<DisplaySettings[]>([defaultDisplay(null)]);
  /** Why it shows no picture where one belongs: "frame 118 lost: queue full". */
  missing = $state<string | null>(null);
  /** Why the camera computer sends no pictures of it; null: it does, or is not asked. */
  refusal = $state<string | null>(null);
  /** Which kind of reason `missing` is. */
  missingKind = $state<Missing>("lost");
  /** A region that is being drawn, px of the frame. */
  region = $state.raw<Rectangle | null>(null);
  /** A length that is being measured, in px of the frame; null: none is. */
  measurement = $state.raw<Measurement | null>(null);
  readonly overlay: Overlay;

  readonly #link: PaneLink;
  readonly #changed: (pane: PaneImage) => void;
  #channelAxis: AxisStep | null = null;
  #latest: Shown | null = null;
  #publishing: ReturnType<typeof setTimeout> | null = null;
  #untouched = true;
  /** How often `clear` was called. */
  #emptied = 0;
  /** Counts how often what was asked for before was taken back. */
  #epoch = 0;

  constructor(id: number, link: PaneLink, changed: (pane: PaneImage) => void) {
    this.id = id;
    this.#link = link;
    this.#changed = changed;
    this.overlay = new Overlay(() => this.#sendDisplays());
  }

  /** The channel whose values, histogram and display settings are told. */
  get channel(): number {
    return this.shown?.channel ?? 0;
  }
  /** Display settings of that channel; with `auto` the limits are those that the shown picture asked for. */
  get display(): DisplaySettings {
    const own = this.#drawnDisplays()[this.channel] ?? this.displays[0] ?? defaultDisplay(null);
    return own.auto && this.shown ? { ...own, min: this.shown.display.min, max: this.shown.display.max } : own;
  }

  resize(size: Size): void {
    if (size.width === this.size.width && size.height === this.size.height) return;
    this.size = size;
    this.#link.send({ kind: "resize", pane: this.id, size });
    this.#setView(this.view);
  }
  setFrame(frame: Size): void {
    if (this.frame?.width === frame.width && this.frame.height === frame.height) return;
    // Another frame is another coordinate system: what was in sight there means nothing here.
    const known = this.frame !== null;
    this.frame = frame;
    this.#setView(known ? fitView(frame, this.size) : this.view);
  }
  fit(): void {
    if (this.frame) this.#setView(fitView(this.frame, this.size));
  }
  oneToOne(): void {
    if (this.frame) this.#setView(zoomTo(this.view, this.frame, this.size, 1));
  }
  /** @param at px of the canvas; the middle where it is left out. */
  zoom(factor: number, at = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    if (this.frame) this.#setView(zoomAt(this.view, this.frame, this.size, at, factor));
  }
  pan(dx: number, dy: number): void {
    if (this.frame) this.#setView(panBy(this.view, this.frame, dx, dy));
  }
  setView(view: View): void {
    this.#setView(view);
  }
  frameAt(point: Point): Point {
    return toFrame(this.view, this.size, point);
  }
  point(at: Point | null): void {
    this.#link.send({ kind: "point", pane: this.id, at: at && this.frameAt(at) });
  }

  setDisplay(change: Partial<DisplaySettings>, channel = this.channel): void {
    this.#untouched = false;
    if (change.map !== undefined && this.overlay.active) return this.overlay.setColour(channel, change.map);
    const displays = [...this.displays];
    const own = displays[channel] ?? defaultDisplay(null);
    const before = channel === this.channel ? { ...this.display, map: own.map } : own;
    const next = { ...before, ...change };
    if (!(next.max > next.min)) return;
    displays[channel] = next;
    this.displays = displays;
    this.#sendDisplays();
  }
  /** Sets the contrast to the percentiles of the picture that is shown, and leaves it there. */
  autoOnce(): void {
    const histogram = this.shown?.caption.histogram;
    if (histogram) this.setDisplay({ ...percentileLimits(histogram, IGNORED), auto: false });
  }
  /** Display settings for so many channels; those that there are stay. @param of how a live picture's channel follows from its frame index */
  setChannels(count: number, of: AxisStep | null): void {
    const same = of?.stride === this.#channelAxis?.stride && of?.size === this.#channelAxis?.size;
    if (this.displays.length === count && same) return;
    const first = this.displays[0] ?? defaultDisplay(null);
    this.displays = Array.from({ length: Math.max(1, count) }, (_, at) => this.displays[at] ?? { ...first });
    this.#channelAxis = of;
    this.overlay.setChannels(this.displays.length);
    this.#sendDisplays();
  }
  /** Begins with the display settings of another image. Its size is as good a guess as any. */
  resemble({ displays, overlay, size }: PaneImage): void {
    this.size = size;
    this.displays = this.displays.map((own, channel) => ({ ...(displays[channel] ?? displays[0] ?? own) }));
    this.overlay.on = overlay.on;
    this.#sendDisplays();
  }
  setPins(pins: (AxisStep & { index: number })[]): void {
    this.#link.send({ kind: "pins", pane: this.id, pins });
  }

  /** From the view worker, for every picture that was drawn. @returns whether it is still on the canvas. */
  take(shown: Shown): boolean {
    // Drawn before the canvas was emptied, told after: why there is none must go on standing there.
    if (shown.emptied < this.#emptied) return false;
    this.#latest = shown;
    this.missing = null;
    if (this.#untouched) {
      this.#untouched = false;
      const range = defaultDisplay(shown.picture.pixelType);
      this.displays = this.displays.map((display) =>
        display.auto ? { ...display, min: range.min, max: range.max } : display,
      );
    }
    this.setFrame({ width: shown.picture.frameWidth, height: shown.picture.frameHeight });
    if (this.#publishing) return true;
    this.shown = shown;
    this.#publishing = setTimeout(() => {
      this.#publishing = null;
      if (this.#latest && this.#latest !== this.shown) this.shown = this.#latest;
    }, PUBLISH_MS);
    return true;
  }
  /** Of the picture that is there, which no other may follow. */
  takeLimits(channel: number, display: DisplaySettings): void {
    const known = this.#latest ?? this.shown;
    if (known?.channel !== channel) return;
    this.#latest = { ...known, display };
    this.shown = this.#latest;
  }
  /** The last one drawn, whether the page has seen it yet or not. */
  get latest(): Shown | null {
    return this.#latest;
  }
  /** Where planes for it go. @param newerOnly only if they are newer than the live picture that is there */
  sink(newerOnly: boolean): PlaneSink {
    const address = { pane: this.id, epoch: this.#epoch, newerOnly };
    return { address, put: (planes) => this.#link.planes(address, planes) };
  }
  /** What was asked for so far is not shown any more, should it still come. */
  takeBack(): void {
    this.#link.send({ kind: "epoch", pane: this.id, epoch: ++this.#epoch, empty: false });
  }
  /** An empty canvas. @param missing why, for whoever looks at it */
  clear(missing: string | null, kind: Missing = "lost"): void {
    this.missingKind = kind;
    this.#emptied++;
    this.#link.send({ kind: "epoch", pane: this.id, epoch: ++this.#epoch, empty: true });
    this.#latest = null;
    this.shown = null;
    this.missing = missing;
  }

  #setView(view: View): void {
    this.view = this.frame ? settleView(view, this.frame, this.size) : view;
    this.#link.send({ kind: "view", pane: this.id, view: this.view });
    this.#changed(this);
  }
  /** Channels that are added up have a colour each; one alone has its own map. */
  #drawnDisplays(): DisplaySettings[] {
    if (!this.overlay.active) return this.displays;
    return this.displays.map((display, channel) => ({ ...display, map: this.overlay.colours[channel] ?? display.map }));
  }
  #sendDisplays(): void {
    this.#link.send({ kind: "displays", pane: this.id, displays: this.#drawnDisplays(), channel: this.#channelAxis });
    this.#changed(this);
  }
}
