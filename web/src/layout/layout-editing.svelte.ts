import type { Dimension, DimensionKind, AccessPattern } from "@zarrcam/protocol";
import { formatOf } from "../configuration/formats.ts";
import type { Edit } from "../configuration/edit.ts";
import {
  dimension,
  dimensionsOf,
  insertDimension,
  moveDimension,
  removeDimension,
  setCount,
  writeDimensions,
} from "../configuration/sequence.ts";
import { micrometres, setInterval, setPixelSize, stepInSeconds } from "../configuration/sizes.ts";
import { errorText } from "../ui/error-text.ts";
import type { LayoutPort } from "./ports.ts";

const LETTERS: Record<DimensionKind, string> = { Space: "z", Channel: "c", Time: "t", Other: "p" };

/** The dimensions of the shown camera, fastest first, and every edit of them. */
export class LayoutEditing {
  readonly #port: Omit<LayoutPort, "disk" | "draft">;
  #suggestion = $state.raw<{ why: string; layout: string } | null>(null);

  constructor(port: Omit<LayoutPort, "disk" | "draft">) {
    this.#port = port;
  }

  get format() {
    return formatOf(this.#port.camera.stream?.storage.identifier ?? null);
  }
  get dimensions(): Dimension[] {
    const { stream, plan } = this.#port.camera;
    return stream ? dimensionsOf(stream, plan) : [];
  }
  /** Index of the growing dimension. */
  get last(): number {
    return this.dimensions.length - 1;
  }
  /** Names of the stored axes, slowest first. */
  get storedOrder(): string[] {
    const order = this.#port.camera.stream?.storage.settings.storage_order ?? [];
    return order.length > 0 ? order : this.dimensions.map(({ name }) => name).reverse();
  }
  get hasShards(): boolean {
    return this.#port.camera.capabilities?.storage?.sharding ?? this.format?.id === "zarr3";
  }
  /** Why the layout is as it was suggested; gone with the next change of it. */
  get why(): string | null {
    const suggestion = this.#suggestion;
    return suggestion?.layout === layoutKey(this.dimensions) ? suggestion.why : null;
  }
  /** Dimensions whose elements can have names, with their index. */
  get labelled(): { entry: Dimension; index: number }[] {
    const { last } = this;
    return this.dimensions
      .map((entry, index) => ({ entry, index }))
      .filter(
        ({ entry, index }) => index >= 2 && index < last && (entry.kind !== "Space" || (entry.labels ?? []).length > 0),
      );
  }

  /** Some fields of one dimension; the list is written out where the document leaves it to the core. */
  change(label: string, index: number, change: Partial<Record<keyof Dimension, unknown>>): void {
    const { stream, base } = this.#port.camera;
    if (!stream) return;
    const { dimensions } = this;
    const own = stream.storage.settings.acquisition_dimensions;
    if (own.length === dimensions.length) {
      const path = `${this.#settings}.acquisition_dimensions[${index}]`;
      this.#edit(
        label,
        Object.entries(change).map(([key, value]) => ({ path: `${path}.${key}`, value })),
      );
      return;
    }
    const changed = dimensions.map((entry, position) => (position === index ? changedEntry(entry, change) : entry));
    this.#edit(label, writeDimensions(stream, base, changed));
  }

  setCount(index: number, count: number | null): void {
    const { stream, base, plan } = this.#port.camera;
    if (stream) this.#edit("Count", setCount(stream, base, index, count, plan));
  }

  /** The pixel size and the interval have fields of their own, and are one value with what stands here. */
  setStep(index: number, value: number | null, unit: string): void {
    const { stream, base } = this.#port.camera;
    const entry = this.dimensions[index];
    if (!stream || !entry) return;
    const factor = index < 2 ? micrometres(unit) : null;
    if (factor !== null) {
      const um = value === null ? null : Number.parseFloat((value * factor).toPrecision(14));
      this.#edit("Pixel size", setPixelSize(stream, base, index as 0 | 1, um));
      return;
    }
    const isTime = index === this.last && entry.kind === "Time";
    const seconds = isTime && value !== null ? stepInSeconds(value, unit) : null;
    if (seconds !== null) this.#edit("Interval", setInterval(stream, base, seconds));
    else this.change("Step", index, { scale: value ?? undefined, ...(value !== null && unit !== "" ? { unit } : {}) });
  }

  add(kind: DimensionKind): void {
    const { stream, base, plan } = this.#port.camera;
    if (!stream) return;
    const taken = this.dimensions.map(({ name }) => name);
    let name = LETTERS[kind];
    for (let number = 2; taken.includes(name); number += 1) name = `${LETTERS[kind]}${number}`;
    this.#edit("Add dimension", insertDimension(stream, base, dimension(name, kind, 1, 1), plan));
  }

  move(index: number, by: -1 | 1): void {
    const { stream, base } = this.#port.camera;
    if (stream) this.#edit("Move dimension", moveDimension(stream, base, index, by));
  }

  remove(index: number): void {
    const { stream, base } = this.#port.camera;
    if (stream) this.#edit("Remove dimension", removeDimension(stream, base, index));
  }

  async suggest(use: AccessPattern): Promise<void> {
    if (this.#port.editing.locked) return;
    try {
      const answer = await this.#port.suggest(use);
      if (!answer) return;
      this.#suggestion = { why: answer.why, layout: layoutKey(answer.dimensions) };
      this.#edit("Suggested layout", [{ path: `${this.#settings}.acquisition_dimensions`, value: answer.dimensions }]);
      this.#port.announce(answer.why);
    } catch (error) {
      this.#port.say(errorText(error), { level: "error", polite: true });
    }
  }

  /** Names with blanks or commas between, slowest first; the usual order, or nothing, leaves it to the core. */
  setStoredOrder(text: string): void {
    const names = text.split(/[\s,]+/).filter((name) => name !== "");
    const usual = this.dimensions.map(({ name }) => name).reverse();
    const isUsual = names.length === 0 || names.join(" ") === usual.join(" ");
    this.#edit("Stored order", [{ path: `${this.#settings}.storage_order`, value: isUsual ? undefined : names }]);
  }

  /** One for each element, with commas between. */
  setLabels(index: number, text: string): void {
    const labels = text
      .split(",")
      .map((label) => label.trim())
      .filter((label) => label !== "");
    this.change("Labels", index, { labels: labels.length > 0 ? labels : undefined });
  }

  get #settings(): string {
    return `${this.#port.camera.base}.storage.settings`;
  }

  #edit(label: string, edits: readonly Edit[]): void {
    this.#port.editing.edit(label, edits);
  }
}

function changedEntry(entry: Dimension, change: Partial<Record<keyof Dimension, unknown>>): Dimension {
  const next: Record<string, unknown> = { ...entry, ...change };
  for (const [key, value] of Object.entries(change)) if (value === undefined) delete next[key];
  return next as unknown as Dimension;
}

/** What a suggestion decides. */
function layoutKey(list: readonly Dimension[]): string {
  return list
    .map(({ name, chunk_size_px, shard_size_chunks }) => `${name} ${chunk_size_px} ${shard_size_chunks}`)
    .join(", ");
}
