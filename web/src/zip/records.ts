// The records of a ZIP archive, as PKWARE's APPNOTE numbers their fields (4.3.7 and on). Always ZIP64, since OME's RFC-9
// asks for it whatever the size, and no other extra field, since it allows hardly any.

export const LOCAL_HEADER = 0x0403_4b50;
export const DATA_DESCRIPTOR = 0x0807_4b50;
export const CENTRAL_HEADER = 0x0201_4b50;
export const END64 = 0x0606_4b50;
export const END64_LOCATOR = 0x0706_4b50;
export const END = 0x0605_4b50;
export const ZIP64_EXTRA = 0x0001;

export const LOCAL_HEADER_BYTES = 30;
export const CENTRAL_HEADER_BYTES = 46;
export const END64_BYTES = 56;
export const END64_LOCATOR_BYTES = 20;
export const END_BYTES = 22;

/** The checksum and the lengths follow the bytes. */
export const FLAG_DESCRIPTOR = 1 << 3;
export const FLAG_UTF8 = 1 << 11;
export const FLAG_ENCRYPTED = 1;
export const STORED = 0;
export const DEFLATED = 8;
/** 4.5: ZIP64. */
const VERSION = 45;
const MADE_ON_UNIX = 3 << 8;
/** A regular file that its owner may write and everybody read: what a Unix unpacks it as. */
const FILE_MODE = 0o100644;
/** "See the ZIP64 record." */
export const IN_ZIP64 = 0xffff_ffff;
export const COUNT_IN_ZIP64 = 0xffff;

export interface Entry {
  name: Uint8Array;
  modified: Date;
  /** They follow the bytes: the local header was written before they were known. */
  streamed: boolean;
  crc: number;
  bytes: number;
  /** Of its local header in the archive. */
  offset: number;
}

export function localHeader({ name, modified, streamed, crc, bytes }: Entry): Uint8Array {
  const record = new Fields(LOCAL_HEADER_BYTES + name.length + 20);
  record.u32(LOCAL_HEADER).u16(VERSION).u16(flags(streamed)).u16(STORED).time(modified);
  record
    .u32(streamed ? 0 : crc)
    .u32(IN_ZIP64)
    .u32(IN_ZIP64)
    .u16(name.length)
    .u16(20)
    .raw(name);
  // Both lengths must be here in a local header. Nought where they follow; that they are of 64 bits is told all the same.
  const known = streamed ? 0 : bytes;
  return record.u16(ZIP64_EXTRA).u16(16).u64(known).u64(known).end();
}

export function dataDescriptor({ crc, bytes }: Entry): Uint8Array {
  return new Fields(24).u32(DATA_DESCRIPTOR).u32(crc).u64(bytes).u64(bytes).end();
}

export function centralHeader({ name, modified, streamed, crc, bytes, offset }: Entry): Uint8Array {
  const record = new Fields(CENTRAL_HEADER_BYTES + name.length + 28);
  record
    .u32(CENTRAL_HEADER)
    .u16(MADE_ON_UNIX | VERSION)
    .u16(VERSION);
  record.u16(flags(streamed)).u16(STORED).time(modified).u32(crc).u32(IN_ZIP64).u32(IN_ZIP64);
  // Lengths of the name, of the extra field and of the comment; disk; internal and external attributes; place.
  record
    .u16(name.length)
    .u16(28)
    .u16(0)
    .u16(0)
    .u16(0)
    .u32((FILE_MODE << 16) >>> 0)
    .u32(IN_ZIP64)
    .raw(name);
  return record.u16(ZIP64_EXTRA).u16(24).u64(bytes).u64(bytes).u64(offset).end();
}

/** @param at of the central directory */
export function endRecords(count: number, at: number, directoryBytes: number, comment: Uint8Array): Uint8Array {
  const record = new Fields(END64_BYTES + END64_LOCATOR_BYTES + END_BYTES + comment.length);
  // The length of an END64 leaves out its first 12 bytes.
  record
    .u32(END64)
    .u64(END64_BYTES - 12)
    .u16(MADE_ON_UNIX | VERSION)
    .u16(VERSION)
    .u32(0)
    .u32(0);
  record.u64(count).u64(count).u64(directoryBytes).u64(at);
  record
    .u32(END64_LOCATOR)
    .u32(0)
    .u64(at + directoryBytes)
    .u32(1);
  record.u32(END).u16(0).u16(0).u16(COUNT_IN_ZIP64).u16(COUNT_IN_ZIP64).u32(IN_ZIP64).u32(IN_ZIP64);
  return record.u16(comment.length).raw(comment).end();
}

function flags(streamed: boolean): number {
  return FLAG_UTF8 | (streamed ? FLAG_DESCRIPTOR : 0);
}

/** Little-endian fields, one behind the other. */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }
  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }
  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }
  u64(value: number): this {
    this.#view.setBigUint64(this.#at, BigInt(value), true);
    this.#at += 8;
    return this;
  }
  raw(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }
  /** MS-DOS's clock: local time in steps of two seconds, from 1980 to 2107. */
  time(date: Date): this {
    const year = date.getFullYear();
    if (!(year >= 1980)) return this.u16(0).u16((1 << 5) | 1);
    this.u16((date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1));
    return this.u16(((Math.min(year, 2107) - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate());
  }
  end(): Uint8Array {
    if (this.#at !== this.#bytes.length)
      throw new Error("A record of the archive has another length than it was made for.");
    return this.#bytes;
  }
}
