// One image of the page, in the view worker: its canvas, its picture, its view and looks.
import { AutoContrast } from "../core/auto-contrast.ts";
import type { Point, Size, View } from "../core/geometry.ts";
import { type Look, defaultLook } from "../core/look.ts";
import { type CaptionedPicture, valueAt } from "../core/picture.ts";
import type { Renderer } from "../render/renderer.ts";
import type { FromView, PlaceIndex, Readout } from "./messages.ts";

interface Incoming {
  captioned: CaptionedPicture;
  channel: number;
  /** The picture is on the screen, or never will be. */
  taken: () => void;
}

export class Pane {
  readonly id: number;
  readonly #post: (message: FromView) => void;
  #renderer: Renderer | null = null;
  #size: Size = { width: 1, height: 1 };
  #view: View = { centre: { x: 0, y: 0 }, zoom: 1, fit: true };
  #looks: Look[] = [defaultLook(null)];
  #channelOf: PlaceIndex | null = null;
  #pins: (PlaceIndex & { index: number })[] = [];
  readonly #auto: AutoContrast[] = [];
  #current: { captioned: CaptionedPicture; channel: number } | null = null;
  #incoming: Incoming | null = null;
  #point: Point | null = null;
  #readout: Readout | null = null;
  #stale = false;
  #following = false;
  overtaken = 0;

  constructor(id: number, post: (message: FromView) => void) {
    this.id = id;
    this.#post = post;
  }

  get renderer(): Renderer | null {
    return this.#renderer;
  }

  setRenderer(renderer: Renderer | null, size = this.#size): void {
    this.#renderer?.dispose();
    this.#renderer = renderer;
    this.#size = size;
    renderer?.resize(size);
    renderer?.setPicture(this.#current?.captioned.picture ?? null);
    this.#stale = true;
  }
  resize(size: Size): void {
    this.#size = size;
    this.#renderer?.resize(size);
    this.#stale = true;
  }
  setView(view: View): void {
    this.#view = view;
    this.#stale = true;
  }
  setLooks(looks: Look[], channel: PlaceIndex | null): void {
    looks.forEach((look, at) => {
      if (!look.auto) this.#auto[at]?.reset({ min: look.min, max: look.max });
      else if (!this.#looks[at]?.auto) this.#auto[at]?.reset({ min: look.min, max: look.max });
    });
    this.#looks = looks;
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
    if (camera || this.#incoming?.captioned.caption.source !== "camera") return;
    this.#incoming.taken();
    this.#incoming = null;
  }

  /** A picture of the camera's preview. */
  offerPreview(captioned: CaptionedPicture, taken: () => void): void {
    if (this.#following && this.#accepts(captioned.caption.place)) this.offer(captioned, taken);
    else taken();
  }

  /** Latest wins: a picture that waits to be drawn gives way to a newer one. */
  offer(captioned: CaptionedPicture, taken: () => void, channel?: number): void {
    const { place } = captioned.caption;
    if (this.#incoming) {
      this.overtaken++;
      this.#incoming.taken();
    }
    this.#incoming = { captioned, taken, channel: channel ?? this.#channel(place) };
  }

  clear(): void {
    this.#incoming?.taken();
    this.#incoming = null;
    this.#current = null;
    this.#renderer?.setPicture(null);
    this.#stale = true;
    this.#tellReadout();
  }

  /** Draws what has changed since the last call. @returns whether it drew. */
  draw(nowMs: number): boolean {
    const incoming = this.#incoming;
    if (incoming && this.#renderer) {
      this.#incoming = null;
      this.#current = incoming;
      this.#renderer.setPicture(incoming.captioned.picture);
      this.#follow(nowMs);
      this.#renderer.draw(this.#view, this.#look());
      this.#stale = false;
      incoming.taken();
      this.#tellShown();
      this.#tellReadout();
      return true;
    }
    if (!this.#stale || !this.#renderer) return false;
    this.#stale = false;
    this.#renderer.draw(this.#view, this.#look());
    return true;
  }

  get waiting(): boolean {
    return this.#renderer !== null && (this.#incoming !== null || this.#stale);
  }

  async capture(request: number): Promise<void> {
    const image = this.#renderer && this.#current ? await this.#renderer.capture(this.#view, this.#look()) : null;
    this.#post({ kind: "captured", request, image });
  }

  #look(): Look {
    return this.#looks[this.#current?.channel ?? 0] ?? this.#looks[0] ?? defaultLook(null);
  }

  /** With automatic contrast the frame's own percentiles set the limits it is drawn with. */
  #follow(nowMs: number): void {
    if (!this.#current) return;
    const { channel, captioned } = this.#current;
    const look = this.#looks[channel] ?? this.#looks[0];
    if (!look?.auto) return;
    const auto = (this.#auto[channel] ??= new AutoContrast());
    // A step through stored data is a new picture, not the next moment of the same.
    if (captioned.caption.source === "dataset") auto.reset();
    this.#looks[channel] = { ...look, ...auto.update(captioned.caption.histogram, nowMs) };
  }

  #channel(place: number | null): number {
    if (place === null || !this.#channelOf) return 0;
    return Math.floor(place / this.#channelOf.stride) % this.#channelOf.size;
  }

  #accepts(place: number | null): boolean {
    if (place === null) return true;
    return this.#pins.every(({ stride, size, index }) => Math.floor(place / stride) % size === index);
  }

  #tellShown(): void {
    if (!this.#current) return;
    const { captioned, channel } = this.#current;
    const { pixels: _, ...picture } = captioned.picture;
    this.#post({
      kind: "shown",
      pane: this.id,
      caption: captioned.caption,
      picture,
      channel,
      look: this.#look(),
      shownAtMs: Date.now(),
    });
  }

  #tellReadout(): void {
    const at = this.#point;
    const picture = this.#current?.captioned.picture;
    const found = at && picture ? valueAt(picture, at.x, at.y) : null;
    const readout = at && found ? { x: Math.floor(at.x), y: Math.floor(at.y), ...found } : null;
    if (readout === null && this.#readout === null) return;
    this.#readout = readout;
    this.#post({ kind: "readout", pane: this.id, readout });
  }
}
