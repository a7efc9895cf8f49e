import type { PlaneSource, SourceChange } from "../core/plane-source.ts";
import { pictureRequest } from "../core/picture-request.ts";
import type { FromView, Shown } from "../live/messages.ts";
import type { PaneLink } from "../live/view-client.ts";
import { Channels } from "./channels.svelte.ts";
import { FullPictures } from "./full-pictures.svelte.ts";
import { Navigation } from "./navigation.svelte.ts";
import { PaneImage } from "./pane-image.svelte.ts";
import { PlaneReads } from "./plane-reads.svelte.ts";

/** Live pictures of another size or region are asked for once the hand rests so long, ms. */
const REST_MS = 60;

/** What the view worker tells of one pane. */
export type PaneMessage = Extract<FromView, { pane: number }>;

/**
 * One pane of the viewer: it shows a plane source. Where it stands in time, its pins, its channels and how they are drawn are
 * the pane's; what there is to see is the source's.
 */
export class SourcePane<Source extends PlaneSource = PlaneSource> {
  readonly id: number;
  readonly image: PaneImage;
  readonly navigation: Navigation;
  readonly channels: Channels;
  readonly reads: PlaneReads;
  /** Whether live pictures are to come whole over a slow network. */
  readonly full: FullPictures;

  #source = $state.raw() as Source;
  /** Another object whenever the source has changed: whoever reads the source hears of it. */
  #version = $state.raw({});
  readonly #link: PaneLink;
  readonly #changed: () => void;
  #visible = false;
  /** The source, its channels and the position are set: from now on what changes is asked for. */
  #begun = false;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: () => void = () => undefined;

  /** @param changed the view, the display or the position is another */
  constructor(id: number, source: Source, link: PaneLink, changed: () => void) {
    this.id = id;
    this.#source = source;
    this.#link = link;
    this.#changed = changed;
    this.full = new FullPictures(id, () => this.requestLive());
    this.image = new PaneImage(id, link, () => this.#viewChanged());
    const current = () => this.source;
    this.navigation = new Navigation(current, () => this.image.shown?.caption.frameIndex ?? null, {
      moved: () => this.#moved(),
      pinned: () => this.#pinned(),
    });
    this.channels = new Channels(current, this.navigation, this.image.overlay);
    this.reads = new PlaneReads(current, this.image, this.navigation, this.channels);
    this.navigation.begin({});
    this.#take(source);
  }

  get source(): Source {
    void this.#version;
    return this.#source;
  }

  /**
   * Shows another source; the one before is closed.
   * @param at where to begin, by the names of the axes
   * @param prepare called once its channels are known, before the first plane is read
   */
  setSource(source: Source, at: Record<string, number> = {}, prepare?: () => void): void {
    const before = this.#source;
    this.#begun = false;
    this.reads.cancel();
    this.#source = source;
    // What was shown before belongs to another source.
    this.image.clear(null);
    this.navigation.begin(at);
    this.#take(source);
    prepare?.();
    if (before !== source) before.close();
    this.begin();
  }
  /** Reads the first plane, or asks for the live pictures: once, when whoever made the pane has set what it is to look like. */
  begin(): void {
    this.#begun = true;
    this.image.overlay.setPossible(!this.navigation.live);
    this.reads.request();
    this.requestLive();
  }

  /** Whether it is on the page: else nothing live is sent for it. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.requestLive();
  }

  /** Asks for the live pictures that the canvas shows; for none where it shows stored ones, or is not to be seen. */
  requestLive(): void {
    const { live } = this.#source;
    if (!live) return;
    clearTimeout(this.#resting);
    const request = () => {
      const { frame, size, view } = this.image;
      const seen = this.#visible && this.navigation.live && frame !== null && size.width > 0;
      live.request(seen ? { ...pictureRequest(view, frame, size), lossless: this.full.wanted } : null);
    };
    // Looking elsewhere takes effect at once; sizes wait for the hand to rest.
    if (!this.#visible || !this.navigation.live) request();
    else this.#resting = setTimeout(request, REST_MS);
  }

  /** From the view worker. @returns whether it is a picture that is on the canvas now */
  receive(message: PaneMessage): boolean {
    switch (message.kind) {
      case "shown":
        return this.#takeShown(message);
      case "limits":
        this.image.takeLimits(message.channel, message.display);
        return false;
      case "readout":
        this.image.readout = message.readout;
        return false;
      case "subscription":
        this.image.refusal = message.problem;
        return false;
    }
  }

  dispose(): void {
    clearTimeout(this.#resting);
    this.full.dispose();
    this.#unsubscribe();
    this.reads.cancel();
    this.#link.send({ kind: "close-pane", pane: this.id });
    this.#source.close();
  }

  #takeShown(shown: Shown): boolean {
    const { caption } = shown;
    // Drawn before the pane looked back, told after.
    if (caption.source === "camera" && !this.navigation.live) return false;
    const unixMs = caption.unixMs ?? (caption.frameIndex === null ? null : this.#source.clockMs(caption.frameIndex));
    if (!this.image.take({ ...shown, caption: { ...caption, unixMs } })) return false;
    if (caption.source === "camera") this.full.shown(shown.picture.adaptation ?? null);
    this.#source.takeShown?.(shown);
    return true;
  }

  #take(source: Source): void {
    this.#unsubscribe();
    this.#unsubscribe = source.subscribe((change) => this.#sourceChanged(change));
    this.#takeChannels();
    this.image.overlay.takeHints(source.image?.channels ?? []);
  }
  #takeChannels(): void {
    this.image.setChannels(this.channels.count, this.channels.step);
  }

  #sourceChanged(change: SourceChange): void {
    this.#version = {};
    this.#takeChannels();
    if (change === "others") {
      this.reads.forgetNewest();
      this.navigation.restart();
    }
    this.navigation.sourceGrew();
    this.reads.sourceGrew();
  }

  #moved(): void {
    const { live } = this.navigation;
    if (live) {
      this.reads.cancel();
      this.reads.forgetNewest();
      this.image.missing = null;
    }
    this.reads.problem = null;
    this.image.overlay.setPossible(!live);
    // First of all no more live pictures, where the pane looks back.
    this.requestLive();
    if (live) this.reads.followPinned();
    else this.reads.request();
    this.#changed();
  }
  #pinned(): void {
    const pins = this.navigation.pins.flatMap(({ axis, index }) => {
      const { stride, size } = this.#source.axes[axis] ?? { stride: 1, size: null };
      return size === null ? [] : [{ stride, size, index }];
    });
    this.image.setPins(this.#source.live ? pins : []);
    this.reads.forgetNewest();
    this.reads.followPinned();
    this.#changed();
  }
  /** Another zoom may want another level, or another part. */
  #viewChanged(): void {
    if (!this.#begun) return;
    this.reads.request();
    this.requestLive();
    this.#changed();
  }
}
