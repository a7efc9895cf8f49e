// In the view worker.
import type { DisplaySettings } from "../core/display-settings.ts";

/** The values that 8 bits are to tell apart. */
export interface PictureWindow {
  minimum: number;
  maximum: number;
}

/** The contrast that somebody has set; null: it follows the frames, or which one counts follows from the frame's channel. */
export function windowOf(displays: readonly DisplaySettings[]): PictureWindow | null {
  const [display, ...others] = displays;
  if (!display || others.length > 0 || display.auto) return null;
  const { min, max } = display;
  return Number.isFinite(min) && Number.isFinite(max) && max > min ? { minimum: min, maximum: max } : null;
}
