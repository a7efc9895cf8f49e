import type { PixelType } from "@zarrcam/protocol";

import type { ColourMap } from "./colour-maps.ts";
import { rangeOf } from "./picture.ts";

/** How values become colours. */
export interface DisplaySettings {
  /** Value that is drawn in the first colour of the map. */
  min: number;
  /** Value that is drawn in the last colour of the map. */
  max: number;
  /** The screen's curve: 1 is linear, above 1 lifts the dark. */
  gamma: number;
  map: ColourMap;
  /** Whether min and max follow every frame. */
  auto: boolean;
  /** Whether saturated pixels get a colour of their own. */
  markSaturated: boolean;
}

export const MIN_GAMMA = 0.2;
export const MAX_GAMMA = 5;

export function defaultDisplay(pixelType: PixelType | null): DisplaySettings {
  const [min, max] = (pixelType && rangeOf(pixelType)) ?? [0, 1];
  return { min, max, gamma: 1, map: "gray", auto: true, markSaturated: true };
}

/** Index of a value's colour in its map, 0 to 255. The shader computes the same. */
export function colourIndex(display: Pick<DisplaySettings, "min" | "max" | "gamma">, value: number): number {
  const span = Math.max(display.max - display.min, Number.MIN_VALUE);
  const part = Math.min(1, Math.max(0, (value - display.min) / span));
  return Math.floor(part ** (1 / display.gamma) * 255 + 0.5);
}
