import type { PaneImage } from "./pane/pane-image.svelte.ts";
import type { SourcePane } from "./pane/source-pane.svelte.ts";
import { type ViewUrl, formatViewUrl, parseViewUrl } from "./core/view-url.ts";

const SAVE_AFTER_MS = 400;

/** The page's address: read once, and kept up to date with what is looked at and how. */
export class Address {
  /** What the address said when the page was opened. */
  readonly given: ViewUrl = parseViewUrl(location.hash.slice(1));
  /** Who is to draw the image on this page alone; null: as this browser's preferences have it. */
  renderer = this.given.renderer;
  readonly #now: () => Omit<ViewUrl, "renderer">;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(now: () => Omit<ViewUrl, "renderer">) {
    this.#now = now;
  }

  /** Writes the address soon, once the hand rests. */
  save(): void {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      const text = formatViewUrl({ ...this.#now(), renderer: this.renderer });
      history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
    }, SAVE_AFTER_MS);
  }
  dispose(): void {
    clearTimeout(this.#saving);
  }
}

/** What an address tells of the pane that is looked at. */
export function addressOf(
  { image, navigation }: SourcePane,
  page: Pick<ViewUrl, "dataset" | "place" | "stream" | "sideBySide">,
): Omit<ViewUrl, "renderer"> {
  const { centre, zoom, fit } = image.view;
  const { min, max, gamma, map, auto } = image.displays[0] ?? image.display;
  const named = (pairs: [number, number][]) =>
    Object.fromEntries(pairs.map(([axis, at]) => [navigation.axes[axis]?.name ?? "", at]));
  const stored = page.dataset !== null;
  const { overlay } = image;
  return {
    ...page,
    view: fit ? null : { ...centre, zoom },
    position: stored ? named(navigation.position.map((at, axis) => [axis, at])) : {},
    pins: named(navigation.pins.map(({ axis, index }) => [axis, index])),
    display: auto ? { gamma, map } : { min, max, gamma, map },
    contrasts: image.displays.map((own) => (own.auto ? null : { min: own.min, max: own.max })),
    overlay: stored && overlay.on ? { shown: overlay.shown(0).sort((a, b) => a - b), colours: overlay.colours } : null,
  };
}

/** Makes a pane look as an address has it. Its axes and channels must be known. */
export function restorePane(pane: SourcePane, given: ViewUrl): void {
  restoreView(pane.image, given);
  restoreChannels(pane, given);
}

function restoreView(image: PaneImage, { view, display }: ViewUrl): void {
  if (view) image.setView({ centre: { x: view.x, y: view.y }, zoom: view.zoom, fit: false });
  if (Object.keys(display).length > 0) image.setDisplay({ ...display, auto: display.min === undefined });
}

function restoreChannels({ image, navigation }: SourcePane, { overlay, contrasts, pins }: ViewUrl): void {
  if (overlay) image.overlay.restore(overlay.shown, overlay.colours);
  contrasts.slice(0, image.displays.length).forEach((limits, channel) => {
    if (limits) image.setDisplay({ ...limits, auto: false }, channel);
  });
  for (const [name, at] of Object.entries(pins)) {
    const axis = navigation.axes.findIndex((one) => one.name === name);
    if (axis >= 0) navigation.setPin(axis, at);
  }
}
