// The view in the page's address: what is shown and how. Never settings of the acquisition.
import { type ColourMap, isColourMap } from "./colour-maps.ts";
import type { DatasetPlace } from "./dataset-place.ts";
import type { DisplaySettings } from "./display-settings.ts";
import { type RendererChoice, rendererChoices } from "./renderer-choice.ts";

/** What the page's address says of the view. */
export interface ViewUrl {
  /** Name of the dataset that is shown; null: a camera is. */
  dataset: string | null;
  /** Where that dataset is. */
  place: DatasetPlace;
  /** Index in `video` of the camera that is shown. */
  stream: number;
  /** Whether all cameras are shown side by side. */
  sideBySide: boolean;
  /** Middle of the view and its zoom; null: the whole frame. */
  view: { x: number; y: number; zoom: number } | null;
  /** Index along each axis by its name: only where a frame other than the newest is shown. */
  position: Record<string, number>;
  /** Elements to which axes are pinned, by the names of the axes. */
  pins: Record<string, number>;
  /** Contrast limits of every channel; null: automatic. Empty: all are. */
  contrasts: ({ min: number; max: number } | null)[];
  /** Channels of a dataset that are added up, and their colours; null: one at a time. */
  overlay: { shown: number[]; colours: ColourMap[] } | null;
  display: Partial<Pick<DisplaySettings, "min" | "max" | "gamma" | "map">>;
  /** Who draws the image; null: as this browser's preferences have it. */
  renderer: RendererChoice | null;
}

export const emptyViewUrl: ViewUrl = {
  dataset: null,
  place: "bridge",
  stream: 0,
  sideBySide: false,
  view: null,
  position: {},
  pins: {},
  contrasts: [],
  overlay: null,
  display: {},
  renderer: null,
};

const NAME = /^[^\s=,&;:]{1,40}$/;

export function formatViewUrl(state: ViewUrl): string {
  const parts = new URLSearchParams();
  if (state.dataset) parts.set("dataset", state.dataset);
  if (state.dataset && state.place === "browser") parts.set("in", "browser");
  if (state.stream > 0) parts.set("stream", String(state.stream));
  if (state.sideBySide) parts.set("streams", "all");
  if (state.view) parts.set("view", [state.view.x, state.view.y, state.view.zoom].map(short).join(","));
  const at = pairs(state.position);
  if (at) parts.set("at", at);
  const pins = pairs(state.pins);
  if (pins) parts.set("pin", pins);
  const { min, max, gamma, map } = state.display;
  if (min !== undefined && max !== undefined) parts.set("contrast", `${short(min)},${short(max)}`);
  if (gamma !== undefined && gamma !== 1) parts.set("gamma", short(gamma));
  if (map !== undefined && map !== "gray") parts.set("map", map);
  if (state.contrasts.length > 1 && state.contrasts.some((one) => one !== null)) {
    const each = state.contrasts.map((one) => (one ? `${short(one.min)},${short(one.max)}` : "auto"));
    parts.set("contrasts", each.join(";"));
  }
  if (state.overlay) {
    parts.set("overlay", state.overlay.shown.join(","));
    parts.set("colours", state.overlay.colours.map((colour) => colour.replace("#", "")).join(","));
  }
  if (state.renderer !== null) parts.set("renderer", state.renderer);
  return parts.toString();
}

/** What cannot be read is left out: an address is typed by hand, too. */
export function parseViewUrl(text: string): ViewUrl {
  const parts = new URLSearchParams(text);
  const view = numbers(parts.get("view"), 3);
  const contrast = numbers(parts.get("contrast"), 2);
  const gamma = Number(parts.get("gamma"));
  const renderer = parts.get("renderer") as RendererChoice | null;
  const map = parts.get("map");
  const stream = Number(parts.get("stream"));
  const display: ViewUrl["display"] = {};
  if (contrast && (contrast[0] as number) < (contrast[1] as number)) {
    display.min = contrast[0] as number;
    display.max = contrast[1] as number;
  }
  if (parts.has("gamma") && gamma >= 0.2 && gamma <= 5) display.gamma = gamma;
  if (map && isColourMap(map)) display.map = map;
  return {
    dataset: parts.get("dataset"),
    place: parts.get("in") === "browser" ? "browser" : "bridge",
    stream: Number.isInteger(stream) && stream >= 0 ? stream : 0,
    sideBySide: parts.get("streams") === "all",
    view:
      view && (view[2] as number) > 0 ? { x: view[0] as number, y: view[1] as number, zoom: view[2] as number } : null,
    position: parsePairs(parts.get("at")),
    pins: parsePairs(parts.get("pin")),
    display,
    contrasts: parseContrasts(parts.get("contrasts")),
    overlay: parseOverlay(parts.get("overlay"), parts.get("colours")),
    renderer: renderer && rendererChoices.includes(renderer) ? renderer : null,
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(7)));
}
function pairs(values: Record<string, number>): string {
  return Object.entries(values)
    .filter(([name]) => NAME.test(name))
    .map(([name, value]) => `${name}:${value}`)
    .join(",");
}
function parsePairs(text: string | null): Record<string, number> {
  const found: Record<string, number> = {};
  for (const pair of (text ?? "").split(",")) {
    const [name, value] = pair.split(":");
    const index = Number(value);
    if (name && NAME.test(name) && value && Number.isInteger(index) && index >= 0) found[name] = index;
  }
  return found;
}
/** As many channels as anybody adds up. */
const MOST_CHANNELS = 64;

function parseContrasts(text: string | null): ViewUrl["contrasts"] {
  return (text?.split(";") ?? []).slice(0, MOST_CHANNELS).map((one) => {
    const [min, max] = numbers(one, 2) ?? [];
    return min !== undefined && max !== undefined && min < max ? { min, max } : null;
  });
}
function parseOverlay(shown: string | null, colours: string | null): ViewUrl["overlay"] {
  if (shown === null) return null;
  const channels = shown.split(",").map(Number);
  const named = (colours?.split(",") ?? []).map((one) => (isColourMap(one) ? one : `#${one}`));
  return {
    shown: channels.filter((one) => Number.isInteger(one) && one >= 0 && one < MOST_CHANNELS),
    colours: named.slice(0, MOST_CHANNELS).map((one) => (isColourMap(one) ? one : "#ffffff")),
  };
}
function numbers(text: string | null, count: number): number[] | null {
  const found = (text ?? "").split(",").map(Number);
  return text !== null && found.length === count && found.every(Number.isFinite) ? found : null;
}
