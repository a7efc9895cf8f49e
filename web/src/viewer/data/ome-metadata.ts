import { isColourMap } from "../core/colour-maps.ts";
import type { ChannelHint, StoreAxis } from "./messages.ts";

export interface OmeAxis {
  name: string;
  kind: StoreAxis["kind"];
  unit: string;
}
export interface OmeMultiscale {
  axes: OmeAxis[];
  datasets: { path: string; scale: number[] | null }[];
  reduction: "mean" | "decimate" | "min" | "max";
}

/** OME-NGFF 0.4 (`multiscales`) and 0.5 (`ome.multiscales`) alike; null: a group without. */
export function readMultiscale(attributes: Record<string, unknown>): OmeMultiscale | null {
  const ome = asRecord(attributes["ome"]) ?? attributes;
  const multiscale = asRecord(asArray(ome["multiscales"])[0]);
  if (!multiscale) return null;
  const datasets = asArray(multiscale["datasets"]).flatMap((entry) => {
    const dataset = asRecord(entry);
    const path = dataset?.["path"];
    if (!dataset || typeof path !== "string") return [];
    const transform = asArray(dataset["coordinateTransformations"])
      .map(asRecord)
      .find((one) => one?.["type"] === "scale");
    const scale = asArray(transform?.["scale"]);
    return [{ path, scale: scale.every((one) => typeof one === "number") && scale.length > 0 ? scale : null }];
  });
  if (datasets.length === 0) return null;
  const axes = asArray(multiscale["axes"]).map((entry) => {
    const axis = asRecord(entry);
    const name = typeof entry === "string" ? entry : text(axis?.["name"]);
    return { name, kind: kindOf(text(axis?.["type"]), name), unit: text(axis?.["unit"]) };
  });
  return { axes, datasets, reduction: reductionOf(text(multiscale["type"])) };
}

/** Names that everybody uses, where nothing else says what an axis is. */
export function kindOf(type: string, name: string): StoreAxis["kind"] {
  if (type === "space" || (!type && ["x", "y", "z"].includes(name.toLowerCase()))) return "Space";
  if (type === "channel" || (!type && ["c", "channel"].includes(name.toLowerCase()))) return "Channel";
  if (type === "time" || (!type && ["t", "time"].includes(name.toLowerCase()))) return "Time";
  return "Other";
}

/** What OME's `omero` says of the channels: their names, colours, and whether they are shown at first. */
export function omeChannels(attributes: Record<string, unknown>): ChannelHint[] {
  const ome = asRecord(attributes["ome"]) ?? attributes;
  return asArray(asRecord(ome["omero"])?.["channels"]).map((entry, at) => {
    const channel = asRecord(entry);
    const colour = `#${text(channel?.["color"]).replace(/^#/, "").toLowerCase()}`;
    return {
      label: text(channel?.["label"]) || String(at),
      colour: isColourMap(colour) ? colour : null,
      active: channel?.["active"] !== false,
    };
  });
}

function reductionOf(type: string): OmeMultiscale["reduction"] {
  if (/decimat|nearest|subsampl|stride/i.test(type)) return "decimate";
  if (/min/i.test(type)) return "min";
  return /max/i.test(type) ? "max" : "mean";
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
