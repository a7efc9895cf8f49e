// One image of the page, in the view worker: its canvas, its picture, its view and looks.
import { AutoContrast } from "../core/auto-contrast.ts";
import type { Point, Size, View } from "../core/geometry.ts";
import { type Look, defaultLook } from "../core/look.ts";
import { type CaptionedPicture, type ChannelPicture, valueAt } from "../core/picture.ts";
import type { Layer, Renderer } from "../render/renderer.ts";
import { AGAIN_MS, CanvasWatch } from "./canvas-watch.ts";
import type { FromView, PlaceIndex, Readout } from "./messages.ts";

interface Incoming {
  /** The first is the one that is told of; with others it is added up. */
  layers: [ChannelPicture, ...ChannelPicture[]];
  /** The picture is on the screen, or never will be. */
  taken: () => void;
  emptied: number;
}

interface Drawing {
  incoming: Incoming | null;
  look: Look;
}

/**
 * A graphics device tells late that it has drawn: to wait for it each time would miss refreshes of the screen. More than
 * two would only make what is seen older.
 */
const MOST_DRAWN = 2;

export interface PaneEvents {
  /** A picture is drawn, and the next may be. */
  idle(): void;
  /** The renderer cannot draw. */
  unable(error: unknown): void;
}

export class Pane {
  readonly id: number;
  readonly #post: (message: FromView) => void;
  readonly #events: PaneEvents;
  #renderer: Renderer | null = null;
  #size: Size = { width: 1, height: 1 };
  #view: View = { centre: { x: 0, y: 0 }, zoom: 1, fit: true };
  #looks: Look[] = [defaultLook(null)];
  #channelOf: PlaceIndex | null = null;
  #pins: (PlaceIndex & { index: number })[] = [];
  readonly #auto: AutoContrast[] = [];
  #current: [ChannelPicture, ...ChannelPicture[]] | null = null;
  #incoming: Incoming | null = null;
  /** What is being drawn, oldest first; one more may follow it, the next waits. */
  #drawing: Drawing[] = [];
  #point: Point | null = null;
  #readout: Readout | null = null;
  #stale = false;
  #following = false;
  #emptied = 0;
  /** Whether what is drawn is on the canvas. */
  readonly #watch = new CanvasWatch();
  #drawnAtMs = 0;
  overtaken = 0;

  constructor(id: number, post: (message: FromView) => void, events: PaneEvents) {
    this.id = id;
    this.#post = post;
    this.#events = events;
  }

  get renderer(): Renderer | null {
    return this.#renderer;
  }

  setRenderer(renderer: Renderer | null, size = this.#size): void {
    // Its canvas is gone, drawn or not: the picture is drawn again on the next, and told of then.
    this.#stopDrawing();
    this.#renderer?.dispose();
    this.#renderer = null;
    this.#size = size;
    this.#stale = true;
    renderer?.resize(size);
    this.#renderer = renderer;
    this.#watch.reset();
  }
  resize(size: Size): void {
    this.#size = size;
    this.#renderer?.resize(size);
    this.#stale = true;
    this.#watch.look();
  }
  /** The canvas may not have what was drawn on it any more: it is drawn again, and looked at. */
  redraw(): void {
    this.#stale = true;
    this.#watch.look();
  }
  /** What is drawn again and again is looked at then; what stands still is drawn once more for it. */
  lookAgain(nowMs: number): void {
    if (this.#current && nowMs - this.#drawnAtMs >= AGAIN_MS) this.redraw();
  }
  setView(view: View): void {
    this.#view = view;
    this.#stale = true;
  }
  setLooks(looks: Look[], channel: PlaceIndex | null): void {
    const shown = this.#current?.[0].channel;
    this.#looks = looks.map((look, at) => {
      const before = this.#looks[at];
      // The limits in force are the frame's, whatever the page remembers of older ones.
      if (look.auto && before?.auto) return { ...look, min: before.min, max: before.max };
      this.#auto[at]?.reset(look.auto ? null : { min: look.min, max: look.max });
      if (!look.auto) return look;
      // No other frame may come to set them.
      const histogram = this.#current?.find(({ channel }) => channel === at)?.captioned.caption.histogram;
      const auto = (this.#auto[at] ??= new AutoContrast());
      const own = histogram ? { ...look, ...auto.update(histogram, this.#drawnAtMs) } : look;
      if (histogram && at === shown) this.#post({ kind: "limits", pane: this.id, channel: at, look: own });
      return own;
    });
    this.#channelOf = channel;
    this.#stale = true;
  }
  setPins(pins: (PlaceIndex & { index: number })[]): void {
    this.#pins = pins;
  }
  setPoint(at: Point | null): void {
    this.#point = at;
    this.#tellReadout();
  }

  /** Whether the camera's pictures are shown. What is still on its way when they no longer are is taken, not drawn. */
  follow(camera: boolean): void {
    this.#following = camera;
    if (camera || this.#incoming?.layers[0].captioned.caption.source !== "camera") return;
    this.#incoming.taken();
    this.#incoming = null;
  }

  /** A picture of the camera's preview. */
  offerPreview(captioned: CaptionedPicture, taken: () => void): void {
    const { place } = captioned.caption;
    if (this.#following && this.#accepts(place)) this.offer([{ captioned, channel: this.#channel(place) }], taken);
    else taken();
  }

  /** Latest wins: a picture that waits to be drawn gives way to a newer one. */
  offer(layers: Incoming["layers"], taken: () => void = () => undefined): void {
    if (this.#incoming) {
      this.overtaken++;
      this.#incoming.taken();
    }
    this.#incoming = { layers, taken, emptied: this.#emptied };
  }

  clear(): void {
    this.#emptied++;
    this.#incoming?.taken();
    this.#incoming = null;
    this.#current = null;
    this.#stale = true;
    this.#tellReadout();
  }

  /** Draws what has changed since the last call. @returns whether it did. */
  draw(nowMs: number): boolean {
    const renderer = this.#renderer;
    if (!renderer || !this.waiting) return false;
    const incoming = this.#incoming;
    this.#incoming = null;
    this.#stale = false;
    try {
      if (incoming) {
        this.#current = incoming.layers;
        this.#follow(nowMs);
      }
      const drawing = { incoming, look: this.#look(this.#current?.[0].channel ?? 0) };
      const layers = this.#layers();
      const drawn = renderer.draw(this.#view, layers);
      this.#drawnAtMs = nowMs;
      const verdict = this.#watch.check((x, y) => renderer.read(x, y), this.#view, layers, this.#size, nowMs);
      if (verdict !== "good") {
        // Of what cannot be seen nobody is told; who draws has its say by the device, or not at all.
        drawn?.catch(() => undefined);
        if (verdict === "doubtful") this.#drawAgain(incoming);
        else this.#failed(incoming, verdict);
      } else if (drawn === null) this.#drawn(drawing);
      else {
        this.#drawing.push(drawing);
        void this.#whenDrawn(renderer, drawing, drawn);
      }
      return true;
    } catch (error) {
      this.#failed(incoming, error);
      return false;
    }
  }

  get waiting(): boolean {
    // A canvas without px has no room for any.
    if (this.#size.width < 1 || this.#size.height < 1) return false;
    if (!this.#renderer?.ready || this.#drawing.length >= MOST_DRAWN) return false;
    return this.#incoming !== null || this.#stale;
  }

  async #whenDrawn(renderer: Renderer, drawing: Drawing, drawn: Promise<void>): Promise<void> {
    try {
      await drawn;
      if (renderer === this.#renderer) this.#drawn(drawing);
    } catch (error) {
      if (renderer === this.#renderer) this.#failed(null, error);
    }
  }

  #drawn(drawing: Drawing): void {
    const { incoming, look } = drawing;
    this.#drawing = this.#drawing.filter((one) => one !== drawing);
    if (incoming) {
      incoming.taken();
      this.#tellShown(incoming, look);
      this.#tellReadout();
    }
    this.#events.idle();
  }

  #drawAgain(incoming: Incoming | null): void {
    this.#incoming = incoming;
    this.#stale = true;
    this.#events.idle();
  }

  /** The picture is kept for whoever draws next; its credit goes back all the same, or no other would ever come. */
  #failed(incoming: Incoming | null, error: unknown): void {
    this.#keep(incoming);
    this.#stopDrawing();
    this.#events.unable(error);
  }

  /** Newest first: that is the one to keep. */
  #stopDrawing(): void {
    for (const { incoming } of this.#drawing.reverse()) this.#keep(incoming);
    this.#drawing = [];
  }

  #keep(incoming: Incoming | null): void {
    incoming?.taken();
    if (incoming?.emptied === this.#emptied) this.#incoming ??= { ...incoming, taken: () => undefined };
  }

  async capture(request: number): Promise<void> {
    let image = null;
    try {
      if (this.#renderer && this.#current) image = await this.#renderer.capture(this.#view, this.#layers());
    } catch {
      // The device went while it read back: there is no image, and whoever asked must hear so.
    }
    this.#post({ kind: "captured", request, image });
  }

  #look(channel: number): Look {
    return this.#looks[channel] ?? this.#looks[0] ?? defaultLook(null);
  }

  #layers(): Layer[] {
    const current = this.#current ?? [];
    // Added up with others, a mark would be one more colour.
    const marks = current.length === 1 ? {} : { markSaturated: false };
    return current.map(({ captioned, channel }) => ({
      picture: captioned.picture,
      look: { ...this.#look(channel), ...marks },
    }));
  }

  /** With automatic contrast the frame's own percentiles set the limits it is drawn with. */
  #follow(nowMs: number): void {
    for (const { channel, captioned } of this.#current ?? []) {
      const look = this.#look(channel);
      if (!look.auto) continue;
      const auto = (this.#auto[channel] ??= new AutoContrast());
      // A step through stored data is a new picture, not the next moment of the same.
      if (captioned.caption.source === "dataset") auto.reset();
      this.#looks[channel] = { ...look, ...auto.update(captioned.caption.histogram, nowMs) };
    }
  }

  #channel(place: number | null): number {
    if (place === null || !this.#channelOf) return 0;
    return Math.floor(place / this.#channelOf.stride) % this.#channelOf.size;
  }

  #accepts(place: number | null): boolean {
    if (place === null) return true;
    return this.#pins.every(({ stride, size, index }) => Math.floor(place / stride) % size === index);
  }

  #tellShown({ layers, emptied }: Incoming, look: Look): void {
    const [{ captioned, channel }] = layers;
    const { pixels: _, wide: __, gaps: ___, ...picture } = captioned.picture;
    this.#post({
      kind: "shown",
      pane: this.id,
      caption: captioned.caption,
      picture,
      channel,
      gaps: layers.flatMap(({ captioned: { picture }, channel }) => {
        return (picture.gaps ?? []).map((gap) => ({ ...gap, channel }));
      }),
      look,
      emptied,
      shownAtMs: Date.now(),
    });
  }

  #tellReadout(): void {
    const at = this.#point;
    const picture = this.#current?.[0].captioned.picture;
    const found = at && picture ? valueAt(picture, at.x, at.y) : null;
    const readout = at && found ? { x: Math.floor(at.x), y: Math.floor(at.y), ...found } : null;
    if (readout === null && this.#readout === null) return;
    this.#readout = readout;
    this.#post({ kind: "readout", pane: this.id, readout });
  }
}
