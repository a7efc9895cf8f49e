import { frameIndexOf, moved, pinnedAtOrBefore, positionOf } from "../core/axes.ts";
import { LatestRequest } from "../core/latest-request.ts";
import { chooseLevel } from "../core/level-choice.ts";
import type { PlaneImage, PlaneRequest, PlaneSource } from "../core/plane-source.ts";
import type { Channels } from "./channels.svelte.ts";
import type { Navigation } from "./navigation.svelte.ts";
import type { PaneImage } from "./pane-image.svelte.ts";

interface Asked {
  source: PlaneSource;
  request: PlaneRequest;
  /** The newest stored frame at the pinned elements, while the live picture is shown. */
  newest: boolean;
}

/** Asks a pane's source for the planes that its canvas shows, and says where there are none. */
export class PlaneReads {
  /** Why what was asked for cannot be shown. */
  problem = $state<string | null>(null);
  readonly #source: () => PlaneSource;
  readonly #image: PaneImage;
  readonly #navigation: Navigation;
  readonly #channels: Channels;
  readonly #reads: LatestRequest<Asked, void>;
  /** What was asked for last: the same is not asked for twice. */
  #asked: { image: PlaneImage; request: string } | null = null;
  /** The newest frame of the pinned elements that was read, by its frame index. */
  #pinnedRead = -1;

  constructor(source: () => PlaneSource, image: PaneImage, navigation: Navigation, channels: Channels) {
    this.#source = source;
    this.#image = image;
    this.#navigation = navigation;
    this.#channels = channels;
    this.#reads = new LatestRequest(
      ({ source, request, newest }, signal) => source.read(request, image.sink(newest), signal),
      () => (this.problem = null),
      ({ newest }, error) => this.#failed(error, newest),
    );
  }

  /** Reads what the canvas is to show now, unless it is the live picture. */
  request(): void {
    if (!this.#navigation.live) this.#request(this.#navigation.position, false);
  }
  /** Nothing that was asked for is to be shown any more. */
  cancel(): void {
    this.#reads.cancel();
    this.#asked = null;
    this.problem = null;
    this.#image.takeBack();
  }
  /** Other elements are pinned, or other frames are there: what was read for the live picture does not count. */
  forgetNewest(): void {
    this.#pinnedRead = -1;
  }

  /** Live with pinned elements: when the live picture left their frames out, the newest one that is stored is read. */
  followPinned(): void {
    const { axes, live, pins } = this.#navigation;
    const source = this.#source();
    if (!live || pins.length === 0) return;
    const newest = pinnedAtOrBefore(axes, pins, source.extent.readable - 1);
    const shown = Math.max(this.#image.latest?.caption.frameIndex ?? -1, this.#pinnedRead);
    if (newest === null || newest <= shown || source.availability(newest).kind !== "readable") return;
    this.#request(positionOf(axes, newest), true);
  }

  /** More can be read, or is known to be lost. */
  sourceGrew(): void {
    // What failed is asked for again when somebody looks elsewhere, not each time that there is more.
    if (this.problem === null) this.request();
    this.followPinned();
  }

  #request(position: number[], newest: boolean): void {
    const source = this.#source();
    if (!newest && this.#saysWhyNot(position)) return;
    if (source.image) return this.#ask(source, source.image, position, newest);
    source.open().then(
      (image) => {
        const { live, position: now } = this.#navigation;
        if (source === this.#source() && (newest ? live : !live && position === now))
          this.#ask(source, image, position, newest);
      },
      (error: unknown) => {
        if (source === this.#source()) this.#failed(error instanceof Error ? error : new Error(String(error)), newest);
      },
    );
  }

  #ask(source: PlaneSource, image: PlaneImage, position: number[], newest: boolean): void {
    const [full] = image.levels;
    if (!full) return;
    const frame = { width: full.width, height: full.height };
    this.#image.setFrame(frame);
    // A canvas without px asks for nothing; it will once it has some.
    if (this.#navigation.hasNoFrames || this.#image.size.width === 0) return;
    const choice = chooseLevel(image.levels, this.#image.view, frame, this.#image.size);
    const request = { planes: this.#planes(position, newest), ...choice };
    const text = JSON.stringify(request);
    if (image === this.#asked?.image && text === this.#asked.request && this.problem === null) return;
    this.#asked = { image, request: text };
    if (newest) this.#pinnedRead = frameIndexOf(source.axes, position);
    this.#reads.ask({ source, request, newest });
  }

  #planes(position: number[], newest: boolean): PlaneRequest["planes"] {
    const { axis } = this.#channels;
    if (axis < 0) return [{ channel: 0, position }];
    const there = newest ? [] : this.#channels.at(position);
    const channels = there.length > 0 ? there : [position[axis] ?? 0];
    return channels.map((channel) => ({ channel, position: moved(position, axis, channel) }));
  }

  /** A loss is located: hatching and words, never black. @returns whether there is no frame at the position */
  #saysWhyNot(position: number[]): boolean {
    if (this.#navigation.hasNoFrames) return false;
    const source = this.#source();
    const availability = source.availability(frameIndexOf(source.axes, position));
    if (availability.kind !== "lost" && availability.kind !== "not captured") return false;
    // Of several channels those that are there are shown, and the lost one is marked on them.
    if (this.#channels.at(position).length > 0) return false;
    this.#reads.cancel();
    this.#asked = null;
    this.problem = null;
    if (this.#image.missing !== availability.why) this.#image.clear(availability.why, availability.kind);
    return true;
  }

  /** A picture of another frame must not stand where this one belongs. */
  #failed(error: Error, newest: boolean): void {
    this.#asked = null;
    if (newest || this.#navigation.live) return;
    this.problem = error.message;
    this.#image.clear(`This frame cannot be shown: ${error.message}`, "failed");
  }
}
