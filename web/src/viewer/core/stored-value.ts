/** Values as they are stored; `float16` in 32 bits and `bool` as 0 and 1, which hold them exactly. */
export type StoredArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;
export type StoredValue = number | bigint;

/** The types that this page reads, by Zarr V3's names. */
export type DataType =
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

export function isInteger(type: DataType): boolean {
  return !type.startsWith("float");
}
/** Whether values of the type need a `bigint`: a number of JavaScript does not hold them exactly. */
export function isWide(type: DataType): boolean {
  return type === "int64" || type === "uint64";
}

/** As few digits as name this value and no other of its type: what NumPy prints. */
export function exactLabel(value: StoredValue, type: DataType): string {
  if (typeof value === "bigint" || !Number.isFinite(value)) return String(value);
  if (type !== "float32" && type !== "float16") return String(value);
  /** Half of what lies between half floats there. */
  const near = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 11);
  const same = (other: number) => (type === "float32" ? Math.fround(other) === value : Math.abs(other - value) < near);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (same(short)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
