// In the view worker.
import { AutoContrast } from "../core/auto-contrast.ts";
import { type DisplaySettings, defaultDisplay } from "../core/display-settings.ts";
import type { ChannelPicture } from "../core/picture.ts";
import type { ImageLayer } from "../render/renderer.ts";
import type { AxisStep } from "./messages.ts";

/** How each channel of a pane is drawn; with automatic contrast the limits are those that its pictures ask for. */
export class ChannelDisplays {
  #displays: DisplaySettings[] = [defaultDisplay(null)];
  readonly #auto: AutoContrast[] = [];
  #channelAxis: AxisStep | null = null;

  of(channel: number): DisplaySettings {
    return this.#displays[channel] ?? this.#displays[0] ?? defaultDisplay(null);
  }
  /** Which channel a live picture shows; the first where nothing is known of its frame. */
  channelOf(frameIndex: number | null): number {
    if (frameIndex === null || !this.#channelAxis) return 0;
    return Math.floor(frameIndex / this.#channelAxis.stride) % this.#channelAxis.size;
  }

  /**
   * @param current what is drawn now: no other picture may come to set its limits
   * @param atMs when it was drawn
   * @returns channels whose limits are now those of their picture
   */
  set(displays: DisplaySettings[], channelAxis: AxisStep | null, current: ChannelPicture[], atMs: number): number[] {
    const limited: number[] = [];
    this.#displays = displays.map((display, channel) => {
      const before = this.#displays[channel];
      // The limits in force are the frame's, whatever the page remembers of older ones.
      if (display.auto && before?.auto) return { ...display, min: before.min, max: before.max };
      this.#auto[channel]?.reset(display.auto ? null : { min: display.min, max: display.max });
      const histogram = current.find((one) => one.channel === channel)?.captioned.caption.histogram;
      if (!display.auto) return display;
      const auto = (this.#auto[channel] ??= new AutoContrast());
      if (!histogram) return display;
      limited.push(channel);
      return { ...display, ...auto.update(histogram, atMs) };
    });
    this.#channelAxis = channelAxis;
    return limited;
  }

  /** With automatic contrast a picture's own percentiles set the limits that it is drawn with. */
  follow(current: ChannelPicture[], nowMs: number): void {
    for (const { channel, captioned } of current) {
      const display = this.of(channel);
      if (!display.auto) continue;
      const auto = (this.#auto[channel] ??= new AutoContrast());
      // A step through stored data is a new picture, not the next moment of the same.
      if (captioned.caption.source === "stored") auto.reset();
      this.#displays[channel] = { ...display, ...auto.update(captioned.caption.histogram, nowMs) };
    }
  }

  layers(current: ChannelPicture[]): ImageLayer[] {
    // Added up with others, a mark would be one more colour.
    const marks = current.length === 1 ? {} : { markSaturated: false };
    return current.map(({ captioned, channel }) => ({
      picture: captioned.picture,
      display: { ...this.of(channel), ...marks },
    }));
  }
}
