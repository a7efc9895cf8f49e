import { searchedText } from "./details.ts";
import { dayLabel, type Day } from "./listing.ts";
import type { PlacedDataset } from "./placed-dataset.ts";

export type Order = "newest" | "oldest" | "name" | "largest";
export type Kind = "all" | "complete" | "incomplete" | "lost";
export type Days = "any" | "today" | "week" | "month";

export const ORDERS: readonly { value: Order; label: string }[] = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "name", label: "By name" },
  { value: "largest", label: "Largest first" },
];
export const KINDS: readonly { value: Kind; label: string }[] = [
  { value: "all", label: "All" },
  { value: "complete", label: "Complete" },
  { value: "incomplete", label: "Incomplete" },
  { value: "lost", label: "With lost frames" },
];
export const DAYS: readonly { value: Days; label: string }[] = [
  { value: "any", label: "Any day" },
  { value: "today", label: "Today" },
  { value: "week", label: "Last 7 days" },
  { value: "month", label: "Last 30 days" },
];

export interface ListView {
  words: string;
  order: Order;
  kind: Kind;
  days: Days;
}

const DAY_MS = 86_400_000;

/** What of a list is shown, in its order. Every word must be somewhere in the name, the notes or the channels. */
export function viewed(all: readonly PlacedDataset[], view: ListView, nowMs = Date.now()): PlacedDataset[] {
  const words = view.words.toLowerCase().split(/\s+/).filter(Boolean);
  const since = {
    any: null,
    today: startOfDay(nowMs),
    week: startOfDay(nowMs - 6 * DAY_MS),
    month: startOfDay(nowMs - 29 * DAY_MS),
  }[view.days];
  const shown = all.filter((dataset) => {
    if (since !== null && (dataset.started_unix_ms ?? -1) < since) return false;
    if (!isOfKind(dataset, view.kind)) return false;
    if (words.length === 0) return true;
    const text = searchedText(dataset);
    return words.every((word) => text.includes(word));
  });
  const started = ({ started_unix_ms }: PlacedDataset) => started_unix_ms ?? -1;
  const byName = (a: PlacedDataset, b: PlacedDataset) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const by: Record<Order, (a: PlacedDataset, b: PlacedDataset) => number> = {
    newest: (a, b) => started(b) - started(a) || byName(a, b),
    // What has no date is last either way.
    oldest: (a, b) => (a.started_unix_ms ?? Infinity) - (b.started_unix_ms ?? Infinity) || byName(a, b),
    name: byName,
    largest: (a, b) => b.bytes - a.bytes || byName(a, b),
  };
  return shown.sort(by[view.order]);
}

function isOfKind({ end, state, losses }: PlacedDataset, kind: Kind): boolean {
  switch (kind) {
    case "all":
      return true;
    case "lost":
      return (losses?.dropped ?? 0) > 0;
    case "complete":
      return state === "closed" && (end === null || end.kind === "complete");
    case "incomplete":
      return state === "needs_recovery" || (end !== null && end.kind !== "complete");
  }
}

function startOfDay(unixMs: number): number {
  const day = new Date(unixMs);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** A run of rows that are made together, or stand as empty room where nobody sees them. */
export interface Block {
  key: string;
  /** Heading above it; null: it belongs to the block before. */
  heading: string | null;
  datasets: PlacedDataset[];
}

/** Rows of one block. Small enough that a few of them fill the screen. */
const BLOCK = 30;

/** The list as blocks, by days where it is in the order of time. */
export function blocksOf(shown: readonly PlacedDataset[], order: Order, nowMs = Date.now()): Block[] {
  const byTime = order === "newest" || order === "oldest";
  const groups: Day<PlacedDataset>[] = [];
  for (const dataset of shown) {
    const day = byTime ? dayLabel(dataset.started_unix_ms, nowMs) : "";
    const last = groups.at(-1);
    if (last?.day === day) last.datasets.push(dataset);
    else groups.push({ day, datasets: [dataset] });
  }
  return groups.flatMap(({ day, datasets }, group) =>
    Array.from({ length: Math.ceil(datasets.length / BLOCK) }, (_, part) => ({
      key: `${group} ${day} ${part}`,
      heading: part === 0 && day !== "" ? day : null,
      datasets: datasets.slice(part * BLOCK, (part + 1) * BLOCK),
    })),
  );
}
