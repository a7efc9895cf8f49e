import { isColourMap } from "../core/colour-maps.ts";
import type { Reduction } from "../core/picture.ts";
import type { ChannelHint } from "../core/plane-source.ts";
import type { StoreAxis } from "./messages.ts";
import { MOST_AXES, MOST_CHANNEL_HINTS, shortName } from "./zarr/bounds.ts";
import { type JsonObject, asArray, asObject, asText } from "./zarr/json.ts";

/** An axis as OME-NGFF says it. */
export interface OmeAxis {
  name: string;
  kind: StoreAxis["kind"];
  unit: string;
}
/** A zoom level as OME-NGFF says it. */
export interface OmeLevel {
  path: string;
  /** Size of an element along each axis; null: none is said, or it makes no sense. */
  scale: number[] | null;
  translation: number[] | null;
}
/** A multiscale image as OME-NGFF says it. */
export interface OmeMultiscale {
  axes: OmeAxis[];
  datasets: OmeLevel[];
  reduction: Exclude<Reduction, "none">;
}

/** What OME-NGFF says of a group: 0.5 keeps it under `ome`, the versions before among the attributes. */
export function omeOf(attributes: JsonObject): JsonObject {
  return asObject(attributes["ome"]) ?? attributes;
}

/** OME-NGFF 0.4 (`multiscales`) and 0.5 (`ome.multiscales`) alike; null: a group without. */
export function readMultiscale(attributes: JsonObject): OmeMultiscale | null {
  const multiscale = asObject(asArray(omeOf(attributes)["multiscales"])[0]);
  if (!multiscale) return null;
  // What is said of all levels comes on top of what each says.
  const common = transformOf(multiscale, "scale");
  const datasets = asArray(multiscale["datasets"]).flatMap((entry) => {
    const dataset = asObject(entry);
    const path = dataset?.["path"];
    if (!dataset || typeof path !== "string") return [];
    const own = transformOf(dataset, "scale");
    const scale = own && common?.length === own.length ? own.map((one, axis) => one * (common[axis] as number)) : own;
    return [
      { path, scale: scale?.every((one) => one > 0) ? scale : null, translation: transformOf(dataset, "translation") },
    ];
  });
  if (datasets.length === 0) return null;
  // One more than there may be: what has too many is not taken for one that has not.
  const axes = asArray(multiscale["axes"])
    .slice(0, MOST_AXES + 1)
    .map((entry) => {
      const axis = asObject(entry);
      const name = shortName(typeof entry === "string" ? entry : asText(axis?.["name"]));
      return { name, kind: kindOf(asText(axis?.["type"]), name), unit: shortName(asText(axis?.["unit"])) };
    });
  const method = asText(multiscale["type"]) || asText(asObject(multiscale["metadata"])?.["method"]);
  return { axes, datasets, reduction: reductionOf(method) };
}

function transformOf(entry: JsonObject, type: "scale" | "translation"): number[] | null {
  const transform = asArray(entry["coordinateTransformations"])
    .map(asObject)
    .find((one) => one?.["type"] === type);
  const values = asArray(transform?.[type]);
  return values.length > 0 && values.every((one) => typeof one === "number" && Number.isFinite(one))
    ? (values as number[])
    : null;
}

/** Names that everybody uses, where nothing else says what an axis is. */
export function kindOf(type: string, name: string): StoreAxis["kind"] {
  if (type === "space" || (!type && ["x", "y", "z"].includes(name.toLowerCase()))) return "Space";
  if (type === "channel" || (!type && ["c", "channel"].includes(name.toLowerCase()))) return "Channel";
  if (type === "time" || (!type && ["t", "time"].includes(name.toLowerCase()))) return "Time";
  return "Other";
}

/** What OME's `omero` says of the channels: their names, colours, and whether they are shown at first. */
export function omeChannels(attributes: JsonObject): ChannelHint[] {
  const channels = asArray(asObject(omeOf(attributes)["omero"])?.["channels"]).slice(0, MOST_CHANNEL_HINTS);
  return channels.map((entry, at) => {
    const channel = asObject(entry);
    const colour = `#${asText(channel?.["color"]).replace(/^#/, "").toLowerCase()}`;
    return {
      label: shortName(asText(channel?.["label"])) || String(at),
      colour: isColourMap(colour) ? colour : null,
      active: channel?.["active"] !== false,
    };
  });
}

/** Only what is said plainly: a Gaussian of some width is no mean of so many pixels. */
function reductionOf(type: string): OmeMultiscale["reduction"] {
  if (/decimat|nearest|subsampl|stride/i.test(type)) return "decimate";
  if (/\b(local_)?(mean|average)\b|_mean\b/i.test(type)) return "mean";
  if (/\b(local_)?min(imum)?\b/i.test(type)) return "min";
  return /\b(local_)?max(imum)?\b/i.test(type) ? "max" : "unknown";
}
