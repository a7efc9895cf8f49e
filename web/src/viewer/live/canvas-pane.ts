// One pane in the view worker: its canvas, its picture, its view and display settings.
import type { Point, Size, View } from "../core/geometry.ts";
import type { DisplaySettings } from "../core/display-settings.ts";
import { type CaptionedPicture, type ChannelPicture, valueAt } from "../core/picture.ts";
import type { Renderer } from "../render/renderer.ts";
import { AGAIN_MS, CanvasWatch } from "./canvas-watch.ts";
import { ChannelDisplays } from "./channel-displays.ts";
import type { AxisStep, FromView, PlanesMessage, Readout } from "./messages.ts";
import { type Drawing, type Incoming, PicturesUnderWay } from "./pictures-under-way.ts";
import { shownMessage } from "./shown-message.ts";
import { ShownPictures } from "./shown-pictures.ts";

/** What a pane tells the view worker. */
export interface PaneEvents {
  /** A picture is drawn, and the next may be. */
  idle(): void;
  /** The renderer cannot draw. */
  unable(error: unknown): void;
}

/** A pane in the view worker: takes pictures, and draws the newest of them on its canvas. */
export class CanvasPane {
  readonly id: number;
  readonly #post: (message: FromView) => void;
  readonly #events: PaneEvents;
  #renderer: Renderer | null = null;
  #size: Size = { width: 1, height: 1 };
  #view: View = { centre: { x: 0, y: 0 }, zoom: 1, fit: true };
  readonly #displays = new ChannelDisplays();
  #pins: (AxisStep & { index: number })[] = [];
  readonly #underWay = new PicturesUnderWay();
  readonly #shown = new ShownPictures((pictures) => this.#underWay.isDrawing(pictures));
  #point: Point | null = null;
  #readout: Readout | null = null;
  #stale = false;
  #following = false;
  #emptied = 0;
  #epoch = 0;
  /** Planes of an epoch that the page has not told of yet: its message comes another way, and may come later. */
  #early: PlanesMessage | null = null;
  /** Whether what is drawn is on the canvas. */
  readonly #watch = new CanvasWatch();
  #drawnAtMs = 0;

  constructor(id: number, post: (message: FromView) => void, events: PaneEvents) {
    this.id = id;
    this.#post = post;
    this.#events = events;
  }

  get #current(): Incoming["pictures"] | null {
    return this.#shown.pictures;
  }
  get renderer(): Renderer | null {
    return this.#renderer;
  }
  get overtaken(): number {
    return this.#underWay.overtaken;
  }

  setRenderer(renderer: Renderer | null, size = this.#size): void {
    // Its canvas is gone, drawn or not: the picture is drawn again on the next, and told of then.
    this.#underWay.stop(this.#emptied);
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
  setDisplays(displays: DisplaySettings[], channelAxis: AxisStep | null): void {
    const limited = this.#displays.set(displays, channelAxis, this.#current ?? [], this.#drawnAtMs);
    const channel = this.#current?.[0].channel;
    if (channel !== undefined && limited.includes(channel)) {
      this.#post({ kind: "limits", pane: this.id, channel, display: this.#displays.of(channel) });
    }
    this.#stale = true;
  }
  setPins(pins: (AxisStep & { index: number })[]): void {
    this.#pins = pins;
  }
  setPoint(at: Point | null): void {
    this.#point = at;
    this.#tellReadout();
  }

  /** Whether live pictures are shown. What is still on its way when they no longer are is taken, not drawn. */
  follow(live: boolean): void {
    this.#following = live;
    if (!live && this.#underWay.waiting?.pictures[0].captioned.caption.source === "camera") this.#underWay.drop();
  }

  /** A picture that came by itself. @param over is called once nobody looks at its pixels any more, or never */
  offerPreview(captioned: CaptionedPicture, taken: () => void, over: () => void = () => undefined): void {
    const { frameIndex } = captioned.caption;
    if (!this.#following || !this.#isPinned(frameIndex)) return taken();
    const channel = this.#displays.channelOf(frameIndex);
    this.#underWay.offer({ pictures: [{ captioned, channel }], taken, over, emptied: this.#emptied });
  }

  /** Planes that the page asked for. */
  offerPlanes(message: PlanesMessage): void {
    const { address, planes } = message;
    if (address.epoch > this.#epoch) this.#early = message;
    else if (address.epoch === this.#epoch && !(address.newerOnly && this.#isOvertaken(planes[0])))
      this.#underWay.offer({ pictures: planes, taken: () => undefined, over: null, emptied: this.#emptied });
  }
  /** What was asked for before this is not to be seen any more. @param empty nor what is on the canvas */
  setEpoch(epoch: number, empty: boolean): void {
    this.#epoch = epoch;
    if (empty) this.clear();
    else if (this.#underWay.waiting?.pictures[0].captioned.caption.source === "stored") this.#underWay.drop();
    const early = this.#early;
    this.#early = null;
    if (early) this.offerPlanes(early);
  }

  clear(): void {
    this.#emptied++;
    this.#underWay.drop();
    this.#shown.leave();
    this.#stale = true;
    this.#tellReadout();
  }

  /** Draws what has changed since the last call. @returns whether it did. */
  draw(nowMs: number): boolean {
    const renderer = this.#renderer;
    if (!renderer || !this.waiting) return false;
    const incoming = this.#underWay.next();
    this.#stale = false;
    try {
      if (incoming) {
        this.#shown.take(incoming);
        this.#displays.follow(incoming.pictures, nowMs);
      }
      const drawing = { incoming, display: this.#displays.of(this.#current?.[0].channel ?? 0) };
      const layers = this.#displays.layers(this.#current ?? []);
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
        this.#underWay.begin(drawing);
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
    if (this.#size.width < 1 || this.#size.height < 1 || !this.#renderer?.ready || this.#underWay.full) return false;
    return this.#underWay.waiting !== null || this.#stale;
  }

  async capture(request: number): Promise<void> {
    let image = null;
    try {
      const layers = this.#displays.layers(this.#current ?? []);
      const renderer = this.#renderer;
      if (renderer && layers.length > 0) image = await this.#shown.hold(() => renderer.capture(this.#view, layers));
    } catch {
      // The device went while it read back: there is no image, and whoever asked must hear so.
    }
    this.#post({ kind: "captured", request, image });
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
    const { incoming, display } = drawing;
    this.#underWay.end(drawing);
    if (incoming) {
      incoming.taken();
      this.#shown.drawn(incoming);
      this.#post(shownMessage(this.id, incoming, display));
      this.#tellReadout();
    }
    this.#events.idle();
  }

  #drawAgain(incoming: Incoming | null): void {
    // It is the current picture by now, which the pane itself says is over.
    this.#underWay.again(incoming && { ...incoming, over: null });
    this.#stale = true;
    this.#events.idle();
  }

  /** The picture is kept for whoever draws next; its credit goes back all the same, or no other would ever come. */
  #failed(incoming: Incoming | null, error: unknown): void {
    this.#underWay.stop(this.#emptied, incoming);
    this.#events.unable(error);
  }

  #isPinned(frameIndex: number | null): boolean {
    if (frameIndex === null) return true;
    return this.#pins.every(({ stride, size, index }) => Math.floor(frameIndex / stride) % size === index);
  }
  /** A live picture of this frame or of a later one is on the canvas, or on its way there. */
  #isOvertaken(plane: ChannelPicture): boolean {
    const newest = (this.#underWay.waiting?.pictures ?? this.#current)?.[0].captioned.caption.frameIndex ?? -1;
    return (plane.captioned.caption.frameIndex ?? -1) <= newest;
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
