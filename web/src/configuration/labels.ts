import type { PixelType } from "@zarrcam/protocol";
import { formatNumber } from "../ui/format.ts";

/** What the page calls the document's fields. The field's own name stands in tooltips and exports. */
const FIELDS: readonly [pattern: RegExp, words: string, show?: (value: unknown) => string][] = [
  [/exposure_time_us$/, "Exposure", (value) => `${formatNumber(Number(value) / 1000)} ms`],
  [
    /frame_period_us$/,
    "Frame rate",
    (value) => (value ? `${formatNumber(1e6 / Number(value), 4)} fps` : "set by the exposure"),
  ],
  [/time_point_interval_us$/, "Interval", (value) => (value ? `${formatNumber(Number(value) / 1e6)} s` : "none")],
  [/line_interval_us$/, "Line interval", (value) => `${formatNumber(Number(value))} µs`],
  [/settings\.shape(\[0\])$/, "Width", pixels],
  [/settings\.shape(\[1\])$/, "Height", pixels],
  [/settings\.shape$/, "ROI"],
  [/settings\.offset(\[0\])$/, "ROI x", pixels],
  [/settings\.offset(\[1\])$/, "ROI y", pixels],
  [/settings\.offset$/, "ROI position"],
  [/binning$/, "Binning"],
  [/pixel_type$/, "Pixel type", (value) => pixelTypeLabel(value as PixelType)],
  [/readout_direction$/, "Readout direction"],
  [/camera\.identifier(\.name)?$/, "Camera", deviceName],
  [/replay(\.path)?$/, "TIFF stack"],
  [/(in|out)put_triggers\..*$/, "Triggers"],
  [/storage\.identifier(\.name)?$/, "Format", deviceName],
  [/compression(\..*)?$/, "Compression"],
  [/multiscale(\..*)?$/, "Zoom levels"],
  [/uri$/, "Name"],
  [/external_metadata_json$/, "More metadata"],
  [
    /pixel_scale_um\[\d\]$/,
    "Pixel size",
    (value) => (Number(value) > 0 ? `${formatNumber(Number(value))} µm` : "not calibrated"),
  ],
  [/pixel_scale_um$/, "Pixel size"],
  [/storage_order$/, "Stored order"],
  [/durability$/, "Flush to disk"],
  [/overwrite$/, "Overwrite"],
  [/notes\.(sample|operator|text)$/, "Notes"],
  [/first_frame_id$/, "First frame id"],
  [/write_delay_ms$/, "Write delay", (value) => `${formatNumber(Number(value))} ms`],
  [
    /max_frame_count$/,
    "Total frames",
    (value) => (Number(value) >= 2 ** 53 ? "until stopped" : formatNumber(Number(value))),
  ],
  [/frame_average_count$/, "Average"],
  [/array_size_px$/, "Size"],
  [/chunk_size_px$/, "Chunk"],
  [/shard_size_chunks$/, "Chunks per file"],
  [/acquisition_dimensions(\[\d+\])?$/, "Dimensions"],
];

export function fieldLabel(path: string): string {
  return FIELDS.find(([pattern]) => pattern.test(path))?.[1] ?? path.slice(path.lastIndexOf(".") + 1);
}

export function describeValue(path: string, value: unknown): string {
  const shown = valueText(path, value);
  return shown === null ? fieldLabel(path) : `${fieldLabel(path)}: ${shown}`;
}

/** "70 ms"; null: the value is no matter of one word. */
export function valueText(path: string, value: unknown): string | null {
  const show = FIELDS.find(([pattern]) => pattern.test(path))?.[2];
  if (show && value !== undefined) return show(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function pixels(value: unknown): string {
  return `${formatNumber(Number(value))} px`;
}

function deviceName(value: unknown): string {
  if (value !== null && typeof value === "object" && "name" in value) return String(value.name);
  return typeof value === "string" ? value : "none";
}

export function pixelTypeLabel(type: PixelType): string {
  const bits: Record<PixelType, string> = {
    U8: "8 bit",
    U16: "16 bit",
    I8: "8 bit, signed",
    I16: "16 bit, signed",
    F32: "32 bit float",
    U10: "10 bit (in 16)",
    U12: "12 bit (in 16)",
    U14: "14 bit (in 16)",
  };
  return bits[type];
}
