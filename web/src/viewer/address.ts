import type { CameraView, CameraViews } from "./camera-views.svelte.ts";
import { type ViewUrl, formatViewUrl, parseViewUrl } from "./core/view-url.ts";
import type { PaneState } from "./pane.svelte.ts";

const SAVE_AFTER_MS = 400;

/** The page's address: read once, and kept up to date with what is looked at and how. */
export class Address {
  /** As the page was opened with. */
  readonly given: ViewUrl = parseViewUrl(location.hash.slice(1));
  /** Who is to draw on this page alone; null: as this browser keeps it. */
  renderer = this.given.renderer;
  readonly #now: () => Omit<ViewUrl, "renderer">;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(now: () => Omit<ViewUrl, "renderer">) {
    this.#now = now;
  }

  /** Soon, once the hand rests. */
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

export function addressOf(cameras: CameraViews, dataset: string | null): Omit<ViewUrl, "renderer"> {
  const { pane, timeline } = cameras.current;
  const { centre, zoom, fit } = pane.view;
  const { min, max, gamma, map, auto } = pane.looks[0] ?? pane.look;
  const named = (pairs: [number, number][]) =>
    Object.fromEntries(pairs.map(([axis, at]) => [timeline.axes[axis]?.name ?? "", at]));
  const overlaid = dataset !== null && pane.overlay.on;
  return {
    dataset,
    stream: cameras.active,
    sideBySide: cameras.sideBySide,
    view: fit ? null : { ...centre, zoom },
    index: dataset === null ? {} : named(timeline.index.map((at, axis) => [axis, at])),
    pins: named(timeline.pins.map(({ axis, index }) => [axis, index])),
    look: auto ? { gamma, map } : { min, max, gamma, map },
    contrasts: pane.looks.map((own) => (own.auto ? null : { min: own.min, max: own.max })),
    overlay: overlaid ? { shown: pane.overlay.shown(0).sort((a, b) => a - b), colours: pane.overlay.colours } : null,
  };
}

/** All of it but the dataset, whose channels are not known yet. */
export function restoreView({ pane, timeline }: CameraView, { view, look, contrasts, pins, dataset }: ViewUrl): void {
  if (view) pane.setView({ centre: { x: view.x, y: view.y }, zoom: view.zoom, fit: false });
  if (Object.keys(look).length > 0) pane.setLook({ ...look, auto: look.min === undefined });
  if (dataset === null) restoreContrasts(pane, contrasts);
  for (const [name, at] of Object.entries(pins)) {
    const axis = timeline.axes.findIndex((one) => one.name === name);
    if (axis >= 0) timeline.setPin(axis, at);
  }
}

/** Of a dataset, once its channels are known. */
export function restoreChannels(pane: PaneState, { overlay, contrasts }: ViewUrl): void {
  if (overlay) pane.overlay.restore(overlay.shown, overlay.colours);
  restoreContrasts(pane, contrasts);
}

function restoreContrasts(pane: PaneState, contrasts: ViewUrl["contrasts"]): void {
  contrasts.slice(0, pane.looks.length).forEach((limits, channel) => {
    if (limits) pane.setLook({ ...limits, auto: false }, channel);
  });
}
