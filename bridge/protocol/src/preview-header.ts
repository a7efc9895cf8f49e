// Reads and writes the fields of a preview message where the core has them.
import type { previewEncodings } from "./generated/preview-header.ts";
import { previewAdaptedFields, previewHeaderFields } from "./generated/preview-header.ts";

export * from "./generated/preview-header.ts";

const fields = { ...previewHeaderFields, ...previewAdaptedFields };
type Fields = typeof fields;
export type PreviewHeaderField = keyof Fields;
type ValueOf<F extends PreviewHeaderField> = Fields[F]["number"] extends "u64" ? bigint : number;
export type PreviewHeaderValues = { [F in PreviewHeaderField]: ValueOf<F> };
/** How the pixels of a picture are encoded. */
export type PreviewEncoding = (typeof previewEncodings)[number];

/** @param message as it came, whole or its header alone. */
export function previewHeaderView(message: Uint8Array): DataView {
  return new DataView(message.buffer, message.byteOffset, message.byteLength);
}

export function readHeaderField<F extends PreviewHeaderField>(view: DataView, field: F): ValueOf<F> {
  const { offset, number } = fields[field];
  switch (number) {
    case "u8":
      return view.getUint8(offset) as ValueOf<F>;
    case "u16":
      return view.getUint16(offset, true) as ValueOf<F>;
    case "u32":
      return view.getUint32(offset, true) as ValueOf<F>;
    case "u64":
      return view.getBigUint64(offset, true) as ValueOf<F>;
    case "f32":
      return view.getFloat32(offset, true) as ValueOf<F>;
    case "f64":
      return view.getFloat64(offset, true) as ValueOf<F>;
  }
}

/** Writes the fields that are given, and leaves the others as they are. */
export function writeHeaderFields(view: DataView, values: Partial<PreviewHeaderValues>): void {
  for (const [field, value] of Object.entries(values) as [PreviewHeaderField, number | bigint][]) {
    const { offset, number } = fields[field];
    if (typeof value === "bigint") view.setBigUint64(offset, value, true);
    else if (number === "u8") view.setUint8(offset, value);
    else if (number === "u16") view.setUint16(offset, value, true);
    else if (number === "u32") view.setUint32(offset, value, true);
    else if (number === "f32") view.setFloat32(offset, value, true);
    else view.setFloat64(offset, value, true);
  }
}
