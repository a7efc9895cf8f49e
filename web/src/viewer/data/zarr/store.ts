import { DamageError } from "./errors.ts";

/** What was read, and of which state of its file. */
export interface Found {
  bytes: Uint8Array;
  /** Of the whole file, bytes; null: not known. */
  total: number | null;
  /** Another one is another state of the file; null: nobody says. */
  version: string | null;
}

export type ByteRange = { offset: number; length: number } | { last: number };

/** Where keys of a Zarr hierarchy are read from. A key is a path of names with slashes, none of them escaped. */
export interface Store {
  /**
   * Null: there is no such key.
   *
   * @param mostBytes a longer file is not read: `DamageError`. Of a part its own length counts.
   */
  get(key: string, range: ByteRange | null, signal: AbortSignal, mostBytes?: number): Promise<Found | null>;
  /** Which state a key is of, without reading it; null: there is none. */
  version(key: string, signal: AbortSignal): Promise<string | null>;
}

/** Joins paths of a hierarchy: `..` and `.` lead where they say, but never above the store. Null: they would. */
export function joinKey(...parts: string[]): string | null {
  const names: string[] = [];
  for (const name of parts.flatMap((part) => part.split("/"))) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return null;
  }
  return names.join("/");
}

/** Refuses a file before memory is taken for it. */
export function checkLength(bytes: number, mostBytes: number): void {
  if (bytes > mostBytes) throw new DamageError(`it has ${bytes} bytes, and cannot have more than ${mostBytes}`);
}

/** What of a whole file a range is. */
export function cut(bytes: Uint8Array, range: ByteRange): Uint8Array {
  if ("last" in range) return bytes.subarray(Math.max(0, bytes.length - range.last));
  return bytes.subarray(range.offset, range.offset + range.length);
}
