import type { Dimension } from "@zarrcam/protocol";

/** What a channel is called that nobody named. */
export function usualName(index: number): string {
  return `Channel ${index + 1}`;
}

/** Names and colours of a dimension that has so many elements: they follow the count, and what is new gets the usual name. */
export function namesFor({ labels = [], colors = [] }: Dimension, count: number): Pick<Dimension, "labels" | "colors"> {
  if (labels.length === 0 || count === 0) return {};
  return {
    labels: Array.from({ length: count }, (_, index) => labels[index] ?? usualName(index)),
    ...(colors.length > 0 ? { colors: colors.slice(0, count) } : {}),
  };
}
