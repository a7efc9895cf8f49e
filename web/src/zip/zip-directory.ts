import type { RandomAccess } from "./random-access.ts";
import {
  CENTRAL_HEADER,
  CENTRAL_HEADER_BYTES,
  COUNT_IN_ZIP64,
  END,
  END64,
  END64_BYTES,
  END64_LOCATOR,
  END64_LOCATOR_BYTES,
  END_BYTES,
  FLAG_ENCRYPTED,
  FLAG_UTF8,
  IN_ZIP64,
  LOCAL_HEADER,
  ZIP64_EXTRA,
} from "./records.ts";

export interface ZipEntry {
  /** Of its local header. */
  offset: number;
  /** As they lie in the archive. */
  storedBytes: number;
  bytes: number;
  method: number;
  crc: number;
  encrypted: boolean;
}

/** A comment is 65,535 bytes at most. */
const TAIL_BYTES = END64_LOCATOR_BYTES + END_BYTES + 0xffff;
/** Some five million files: more would not fit into the page. */
const MOST_DIRECTORY_BYTES = 512 << 20;

/** What an archive holds, by name; folders are left out. Throws a sentence for users where it is no whole archive. */
export async function readDirectory(access: RandomAccess, signal: AbortSignal): Promise<Map<string, ZipEntry>> {
  const size = await access.size(signal);
  const tailAt = Math.max(0, size - TAIL_BYTES);
  const tail = await access.read(tailAt, size - tailAt, signal);
  const end = endOf(tail);
  if (end < 0) throw new Error(await whyNone(access, size, signal));
  const view = viewOf(tail);
  if (view.getUint16(end + 4, true) !== view.getUint16(end + 6, true))
    throw new Error("It is one part of several: an archive of more than one file is not read.");
  let [count, length, at] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (count === COUNT_IN_ZIP64 || length === IN_ZIP64 || at === IN_ZIP64) {
    const locator = end - END64_LOCATOR_BYTES;
    if (locator >= 0 && view.getUint32(locator, true) === END64_LOCATOR) {
      const record = u64(view, locator + 8);
      if (record + END64_BYTES > size) throw new Error(DAMAGED);
      const end64 = viewOf(await access.read(record, END64_BYTES, signal));
      if (end64.getUint32(0, true) !== END64) throw new Error(DAMAGED);
      [count, length, at] = [u64(end64, 32), u64(end64, 40), u64(end64, 48)];
    }
  }
  if (at + length > size) throw new Error("It is damaged, or cut short: the list of its files lies beyond its end.");
  if (length > MOST_DIRECTORY_BYTES) throw new Error("It holds too many files: their list alone is over 512 MiB.");
  return parseDirectory(await access.read(at, length, signal), count, size);
}

const DAMAGED = "It is damaged: the list of its files cannot be read.";

function parseDirectory(bytes: Uint8Array, count: number, size: number): Map<string, ZipEntry> {
  const view = viewOf(bytes);
  const utf8 = new TextDecoder();
  const latin = new TextDecoder("latin1");
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let entry = 0; entry < count; entry++) {
    if (at + CENTRAL_HEADER_BYTES > bytes.length || view.getUint32(at, true) !== CENTRAL_HEADER)
      throw new Error(DAMAGED);
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const extraAt = at + CENTRAL_HEADER_BYTES + nameLength;
    const next = extraAt + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) throw new Error(DAMAGED);
    const name = (flags & FLAG_UTF8 ? utf8 : latin).decode(bytes.subarray(at + CENTRAL_HEADER_BYTES, extraAt));
    const [own, stored, offset] = wide(view, at, extraAt, extraAt + extraLength);
    if (offset + stored > size) throw new Error(`It is damaged, or cut short: ${name} lies beyond its end.`);
    if (!name.endsWith("/"))
      entries.set(name, {
        offset,
        storedBytes: stored,
        bytes: own,
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        encrypted: (flags & FLAG_ENCRYPTED) !== 0,
      });
    at = next;
  }
  return entries;
}

/** Length, stored length and place, from the ZIP64 field where they are too large for the header. */
function wide(view: DataView, at: number, from: number, to: number): [number, number, number] {
  const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  for (let extra = from; extra + 4 <= to;) {
    const end = extra + 4 + view.getUint16(extra + 2, true);
    if (view.getUint16(extra, true) === ZIP64_EXTRA && end <= to) {
      let value = extra + 4;
      for (const [which, field] of fields.entries()) {
        if (field !== IN_ZIP64) continue;
        if (value + 8 > end) throw new Error(DAMAGED);
        fields[which] = u64(view, value);
        value += 8;
      }
    }
    extra = end;
  }
  return fields as [number, number, number];
}

/** Where the last record begins; -1: there is none. Bytes of a comment may look like it: its length must agree. */
function endOf(tail: Uint8Array): number {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === tail.length) return at;
  return -1;
}

async function whyNone(access: RandomAccess, size: number, signal: AbortSignal): Promise<string> {
  const begun = size >= 4 && viewOf(await access.read(0, 4, signal)).getUint32(0, true) === LOCAL_HEADER;
  return begun
    ? "It is cut short: its end, where an archive lists its files, is missing."
    : "It is no ZIP archive, which an .ozx is.";
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function u64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(DAMAGED);
  return Number(value);
}
