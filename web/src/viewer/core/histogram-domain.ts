import type { Limits } from "./percentile.ts";

/** Ends of the histogram's axis: around all of it, in coarse steps, so that noise does not move it. */
export function histogramDomain(...spans: Limits[]): Limits {
  const min = Math.min(...spans.map((span) => span.min));
  const max = Math.max(...spans.map((span) => span.max));
  const span = max - min;
  if (!(span > 0)) return { min: min - 0.5, max: min + 0.5 };
  const step = 2 ** (Math.ceil(Math.log2(span)) - 3);
  return { min: Math.floor(min / step) * step, max: Math.ceil(max / step) * step };
}
