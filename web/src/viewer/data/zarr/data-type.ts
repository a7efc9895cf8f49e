import { type DataType, type StoredArray, type StoredValue, isInteger, isWide } from "../../core/stored-value.ts";
import { shortValue } from "./bounds.ts";
import { NotShownError } from "./errors.ts";

const BYTES: Record<DataType, number> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

/** Of a stored element. */
export function bytesOf(type: DataType): number {
  return BYTES[type];
}
export function makeValues(type: DataType, length: number): StoredArray {
  switch (type) {
    case "bool":
    case "uint8":
      return new Uint8Array(length);
    case "int8":
      return new Int8Array(length);
    case "uint16":
      return new Uint16Array(length);
    case "int16":
      return new Int16Array(length);
    case "uint32":
      return new Uint32Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint64":
      return new BigUint64Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "float16":
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
  }
}

/** Bytes of whole elements as values. Shares their memory where it can. */
export function valuesOf(bytes: Uint8Array, type: DataType, bigEndian = false): StoredArray {
  const size = bytesOf(type);
  let own = bytes;
  if (bigEndian && size > 1) own = swapped(bytes, size);
  else if (bytes.byteOffset % size !== 0) own = bytes.slice();
  const { buffer, byteOffset } = own;
  const length = own.byteLength / size;
  switch (type) {
    case "bool":
      return own.some((value) => value > 1) ? own.map((value) => (value === 0 ? 0 : 1)) : own;
    case "uint8":
      return own;
    case "int8":
      return new Int8Array(buffer, byteOffset, length);
    case "uint16":
      return new Uint16Array(buffer, byteOffset, length);
    case "int16":
      return new Int16Array(buffer, byteOffset, length);
    case "uint32":
      return new Uint32Array(buffer, byteOffset, length);
    case "int32":
      return new Int32Array(buffer, byteOffset, length);
    case "uint64":
      return new BigUint64Array(buffer, byteOffset, length);
    case "int64":
      return new BigInt64Array(buffer, byteOffset, length);
    case "float16":
      return halves(new Uint16Array(buffer, byteOffset, length));
    case "float32":
      return new Float32Array(buffer, byteOffset, length);
    case "float64":
      return new Float64Array(buffer, byteOffset, length);
  }
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += size) {
    for (let byte = 0; byte < size; byte++) out[at + byte] = bytes[at + size - 1 - byte] as number;
  }
  return out;
}

let halfTable: Float32Array | null = null;

function halves(bits: Uint16Array): Float32Array {
  const table = (halfTable ??= Float32Array.from({ length: 65_536 }, (_, half) => halfValue(half)));
  const out = new Float32Array(bits.length);
  for (let at = 0; at < bits.length; at++) out[at] = table[bits[at] as number] as number;
  return out;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** V3's `data_type`. Throws `NotShownError` where it is none that a picture can be made of. */
export function dataTypeOfV3(value: unknown): DataType {
  const name = typeof value === "string" ? value : ((value as { name?: unknown } | null)?.name ?? "");
  if (typeof name === "string" && name in BYTES) return name as DataType;
  throw new NotShownError(`Its values are of type ${typeName(name)}: this page shows integers, floats and bool.`);
}

/** NumPy's typestr, as V2 has it. */
export function dataTypeOfV2(value: unknown): { type: DataType; bigEndian: boolean } {
  const [, order, kind = "", bytes = ""] = /^([<>|=])([biuf])(\d+)$/.exec(typeof value === "string" ? value : "") ?? [];
  const name = { b: "bool", i: "int", u: "uint", f: "float" }[kind];
  const type = name === "bool" ? (bytes === "1" ? "bool" : "") : `${name ?? ""}${8 * Number(bytes)}`;
  if (type in BYTES) return { type: type as DataType, bigEndian: order === ">" };
  throw new NotShownError(`Its values are of type ${typeName(value)}: this page shows integers, floats and bool.`);
}

function typeName(value: unknown): string {
  if (typeof value !== "string") return shortValue(value);
  const complex = /^[<>|=]c(\d+)$/.exec(value);
  return complex ? `complex${8 * Number(complex[1])}` : shortValue(value);
}

/** Longest fill value, characters: the digits of a float64 in full. */
const MOST_FILL = 800;

/** A fill value as the metadata has it; null: none is given, and a reader may take any. */
export function parseFill(value: unknown, type: DataType): StoredValue | null {
  if (value === null || value === undefined) return null;
  // A number of millions of digits takes minutes to read.
  if (typeof value === "string" && value.length > MOST_FILL) {
    throw new NotShownError(`Its fill value ${shortValue(value)} is none of ${type}.`);
  }
  if (type === "bool") return value === true || value === 1 || value === "true" ? 1 : 0;
  try {
    if (isWide(type)) return typeof value === "number" ? BigInt(Math.trunc(value)) : BigInt(value as string);
  } catch {
    throw new NotShownError(`Its fill value ${shortValue(value)} is none of ${type}.`);
  }
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity" || value === "-Infinity") return Number(value);
  if (typeof value === "string" && /^0x[0-9a-f]+$/i.test(value) && !isInteger(type)) {
    return floatOfBits(BigInt(value), type);
  }
  if (typeof value === "string" && value !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new NotShownError(`Its fill value ${shortValue(value)} is none of ${type}.`);
}

function floatOfBits(bits: bigint, type: DataType): number {
  const view = new DataView(new ArrayBuffer(8));
  if (type === "float16") return halfValue(Number(bits & 0xffffn));
  if (type === "float32") {
    view.setUint32(0, Number(bits & 0xffff_ffffn));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return view.getFloat64(0);
}
