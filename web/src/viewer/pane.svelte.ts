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
} from "./core/geometry.ts";
import { type Look, defaultLook } from "./core/look.ts";
import { percentileLimits } from "./core/percentile.ts";
import { IGNORED } from "./core/auto-contrast.ts";
import { Overlay } from "./overlay.svelte.ts";
import type { Rectangle } from "./core/picture.ts";
import type { VideoStream } from "@zarrcam/protocol";
import type { PlaceIndex, Readout, Shown } from "./live/messages.ts";
import type { ViewClient } from "./live/view-client.ts";

/** Numbers on the page change no more often than they can be read, ms. */
const PUBLISH_MS = 200;

/** Why there is no picture: a loss, the run's end, or what could not be read. */
export type Missing = "lost" | "not captured" | "failed";

export interface Measurement {
  from: Point;
  to: Point;
}

/** One image of the page: what it shows and how. Pixels stay in the view worker. */
export class PaneState {
  readonly id: number;
  /** Px of the screen. */
  size = $state.raw<Size>({ width: 0, height: 0 });
  /** Of the source; null until it is known. */
  frame = $state.raw<Size | null>(null);
  view = $state.raw<View>({ centre: { x: 0, y: 0 }, zoom: 1, fit: true });
  shown = $state.raw<Shown | null>(null);
  /** What was set when the shown picture of the camera, or of its run, was taken; null: there is none. */
  settings = $state.raw<VideoStream | null>(null);
  readout = $state.raw<Readout | null>(null);
  looks = $state.raw<Look[]>([defaultLook(null)]);
  /** Why the image has no picture where one belongs: "frame 118 lost: queue full". */
  missing = $state<string | null>(null);
  /** Why the camera computer sends no pictures of it; null: it does, or is not asked. */
  refusal = $state<string | null>(null);
  missingKind = $state<Missing>("lost");
  /** A region that is being drawn, px of the frame. */
  region = $state.raw<Rectangle | null>(null);
  measurement = $state.raw<Measurement | null>(null);
  readonly overlay: Overlay;

  readonly #client: ViewClient;
  readonly #changed: (pane: PaneState) => void;
  #channelOf: PlaceIndex | null = null;
  #latest: Shown | null = null;
  #publishing: ReturnType<typeof setTimeout> | null = null;
  #untouched = true;
  /** How often `clear` was called. */
  #emptied = 0;

  constructor(id: number, client: ViewClient, changed: (pane: PaneState) => void) {
    this.id = id;
    this.#client = client;
    this.#changed = changed;
    this.overlay = new Overlay(() => this.#sendLooks());
  }

  /** Of the channel that is shown. */
  get channel(): number {
    return this.shown?.channel ?? 0;
  }
  /** As set; with `auto` the limits in force are the frame's. */
  get look(): Look {
    const own = this.#drawnLooks()[this.channel] ?? this.looks[0] ?? defaultLook(null);
    return own.auto && this.shown ? { ...own, min: this.shown.look.min, max: this.shown.look.max } : own;
  }

  resize(size: Size): void {
    if (size.width === this.size.width && size.height === this.size.height) return;
    this.size = size;
    this.#client.send({ kind: "resize", pane: this.id, size });
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
    this.#client.send({ kind: "point", pane: this.id, at: at && this.frameAt(at) });
  }

  setLook(change: Partial<Look>, channel = this.channel): void {
    this.#untouched = false;
    if (change.map !== undefined && this.overlay.active) return this.overlay.setColour(channel, change.map);
    const looks = [...this.looks];
    const own = looks[channel] ?? defaultLook(null);
    const before = channel === this.channel ? { ...this.look, map: own.map } : own;
    const next = { ...before, ...change };
    if (!(next.max > next.min)) return;
    looks[channel] = next;
    this.looks = looks;
    this.#sendLooks();
  }
  /** The shown frame's percentiles, once. */
  autoOnce(): void {
    const histogram = this.shown?.caption.histogram;
    if (histogram) this.setLook({ ...percentileLimits(histogram, IGNORED), auto: false });
  }
  /** As many looks as channels; those that there are stay. */
  setChannels(count: number, of: PlaceIndex | null): void {
    const same = of?.stride === this.#channelOf?.stride && of?.size === this.#channelOf?.size;
    if (this.looks.length === count && same) return;
    const first = this.looks[0] ?? defaultLook(null);
    this.looks = Array.from({ length: Math.max(1, count) }, (_, at) => this.looks[at] ?? { ...first });
    this.#channelOf = of;
    this.overlay.setChannels(this.looks.length);
    this.#sendLooks();
  }
  setPins(pins: (PlaceIndex & { index: number })[]): void {
    this.#client.send({ kind: "pins", pane: this.id, pins });
  }

  /** From the view worker, for every picture that was drawn. @returns whether it is still on the canvas. */
  take(shown: Shown): boolean {
    // Drawn before the canvas was emptied, told after: why there is none must go on standing there.
    if (shown.emptied < this.#emptied) return false;
    this.#latest = shown;
    this.missing = null;
    if (this.#untouched) {
      this.#untouched = false;
      const range = defaultLook(shown.picture.pixelType);
      this.looks = this.looks.map((look) => (look.auto ? { ...look, min: range.min, max: range.max } : look));
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
  takeLimits(channel: number, look: Look): void {
    const known = this.#latest ?? this.shown;
    if (known?.channel !== channel) return;
    this.#latest = { ...known, look };
    this.shown = this.#latest;
  }
  /** The last one drawn, whether the page has seen it yet or not. */
  get latest(): Shown | null {
    return this.#latest;
  }
  clear(missing: string | null, kind: Missing = "lost"): void {
    this.missingKind = kind;
    this.#emptied++;
    this.#client.send({ kind: "pictures", pane: this.id, layers: [] });
    this.#latest = null;
    this.shown = null;
    this.settings = null;
    this.missing = missing;
  }

  #setView(view: View): void {
    this.view = this.frame ? settleView(view, this.frame, this.size) : view;
    this.#client.send({ kind: "view", pane: this.id, view: this.view });
    this.#changed(this);
  }
  /** Channels that are added up have a colour each; one alone has its own map. */
  #drawnLooks(): Look[] {
    if (!this.overlay.active) return this.looks;
    return this.looks.map((look, channel) => ({ ...look, map: this.overlay.colours[channel] ?? look.map }));
  }
  #sendLooks(): void {
    this.#client.send({ kind: "looks", pane: this.id, looks: this.#drawnLooks(), channel: this.#channelOf });
    this.#changed(this);
  }
}
