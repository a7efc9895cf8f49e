import { SPACE_UNITS } from "@zarrcam/protocol";

export interface ScaleBar {
  /** Length of the bar, canvas px. */
  length: number;
  label: string;
}

/** How units are written besides by OME-NGFF's names. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  nm: "nanometer",
  um: "micrometer",
  µm: "micrometer",
  mm: "millimeter",
  cm: "centimeter",
  m: "meter",
};
/** What lengths are told in, whatever unit they are stored in. */
const SHOWN = [
  { symbol: "pm", metres: 1e-12 },
  { symbol: "nm", metres: 1e-9 },
  { symbol: "µm", metres: 1e-6 },
  { symbol: "mm", metres: 1e-3 },
  { symbol: "m", metres: 1 },
  { symbol: "km", metres: 1e3 },
] as const;

/**
 * A round length of up to a fifth of the canvas.
 *
 * @param zoom canvas px a frame px
 * @param pixelSize of a frame px, in `unit`
 * @param unit of space; where it is none, or not known, the bar is of px
 */
export function scaleBar(zoom: number, canvasWidth: number, pixelSize: number, unit: string): ScaleBar {
  const metres = metresOf(unit);
  const size = metres === null ? 1 : pixelSize * metres;
  const wanted = ((canvasWidth / 5) * size) / zoom;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [5, 2, 1].find((one) => one * power <= wanted) ?? 1;
  const length = factor * power;
  return { length: (length / size) * zoom, label: metres === null ? `${round(length)} px` : metresLabel(length) };
}

/** "12.4 µm"; px where the size of a pixel is not known. */
export function lengthLabel(px: number, pixelSize: number, unit: string): string {
  const metres = metresOf(unit);
  return metres === null ? `${round(px)} px` : metresLabel(px * pixelSize * metres);
}

/** "µm" for "micrometer"; what nobody here knows stays as it is. */
export function unitSymbol(unit: string): string {
  const metres = metresOf(unit);
  return SHOWN.find((one) => one.metres === metres)?.symbol ?? unit;
}

/** Metres of one; null: it is no unit of space that anybody here knows. */
function metresOf(unit: string): number | null {
  const name = SHORT_NAMES[unit] ?? unit;
  return Object.hasOwn(SPACE_UNITS, name) ? (SPACE_UNITS[name] ?? null) : null;
}

function metresLabel(metres: number): string {
  const shown = SHOWN.findLast((one) => metres >= one.metres * 0.9999) ?? SHOWN[0];
  return `${round(metres / shown.metres)} ${shown.symbol}`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
