export interface ScaleBar {
  /** Canvas px. */
  length: number;
  label: string;
}

const units: Record<string, { symbol: string; metres: number }> = {
  nanometer: { symbol: "nm", metres: 1e-9 },
  micrometer: { symbol: "µm", metres: 1e-6 },
  millimeter: { symbol: "mm", metres: 1e-3 },
  centimeter: { symbol: "cm", metres: 1e-2 },
  meter: { symbol: "m", metres: 1 },
  nm: { symbol: "nm", metres: 1e-9 },
  um: { symbol: "µm", metres: 1e-6 },
  µm: { symbol: "µm", metres: 1e-6 },
  mm: { symbol: "mm", metres: 1e-3 },
};
const steps = ["nm", "µm", "mm", "m"] as const;

/** A round length of about a fifth of the canvas. `pixelSize` in `unit` a frame px; no unit: px. */
export function scaleBar(zoom: number, canvasWidth: number, pixelSize: number, unit: string): ScaleBar {
  const known = units[unit];
  const size = known ? pixelSize * known.metres : 1;
  const wanted = ((canvasWidth / 5) * size) / zoom;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [5, 2, 1].find((one) => one * power <= wanted) ?? 1;
  const length = factor * power;
  return { length: (length / size) * zoom, label: known ? metresLabel(length) : `${round(length)} px` };
}

/** "12.4 µm"; px where the size of a pixel is not known. */
export function lengthLabel(px: number, pixelSize: number, unit: string): string {
  const known = units[unit];
  return known ? metresLabel(px * pixelSize * known.metres) : `${round(px)} px`;
}

function metresLabel(metres: number): string {
  const symbol = steps.findLast((one) => metres >= (units[one]?.metres ?? 1) * 0.9999) ?? "nm";
  return `${round(metres / (units[symbol]?.metres ?? 1))} ${symbol}`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
