import { crc32 } from "../../../zip/crc32.ts";
import type { RandomAccess } from "../../../zip/random-access.ts";
import { DEFLATED, LOCAL_HEADER, LOCAL_HEADER_BYTES, STORED } from "../../../zip/records.ts";
import { type ZipEntry, readDirectory } from "../../../zip/zip-directory.ts";
import { DamageError, NotShownError } from "./errors.ts";
import { type ByteRange, type Found, type Store, checkLength, cut } from "./store.ts";

/** What may be unpacked at once: a deflated file has no parts. */
const MOST_DEFLATED_BYTES = 1 << 30;
const ROOTS = ["zarr.json", ".zgroup", ".zarray", ".zattrs"];

/** The Zarr hierarchy in an archive: at its root, or in the one folder that somebody has packed. */
export class ZipStore implements Store {
  readonly format: "zarr2" | "zarr3";
  readonly isArray: boolean;
  readonly #access: RandomAccess;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  /** With its slash; empty: the archive's root. */
  readonly #root: string;
  /** Where the bytes of an entry begin: only its own header tells. */
  readonly #begins = new Map<string, number>();
  #unpacked: { name: string; bytes: Promise<Uint8Array> } | null = null;

  private constructor(access: RandomAccess, entries: ReadonlyMap<string, ZipEntry>) {
    this.#access = access;
    this.#entries = entries;
    this.#root = rootOf([...entries.keys()]);
    this.format = entries.has(`${this.#root}zarr.json`) ? "zarr3" : "zarr2";
    this.isArray = this.format === "zarr2" && !entries.has(`${this.#root}.zgroup`);
  }

  /** Throws a sentence for users where it is no archive, or holds no Zarr. */
  static async open(access: RandomAccess, signal: AbortSignal): Promise<ZipStore> {
    return new ZipStore(access, await readDirectory(access, signal));
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal, mostBytes = Infinity): Promise<Found | null> {
    const name = this.#root + key;
    const entry = this.#entries.get(name);
    if (!entry) return null;
    const found = (bytes: Uint8Array): Found => ({ bytes, total: entry.bytes, version: versionOf(entry) });
    if (entry.encrypted) throw new NotShownError(`${name} is encrypted, which an .ozx may not be.`);
    if (!range) checkLength(entry.bytes, mostBytes);
    if (entry.method === STORED) {
      const begin = await this.#begin(name, entry, signal);
      const [from, to] = range ? part(range, entry.bytes) : [0, entry.bytes];
      const bytes = await this.#access.read(begin + from, to - from, signal);
      if (!range) check(bytes, entry);
      return found(bytes);
    }
    if (entry.method !== DEFLATED)
      throw new NotShownError(
        `${name} is packed by method ${entry.method}; this page reads stored and deflated files.`,
      );
    const bytes = await this.#unpack(name, entry, signal);
    return found(range ? cut(bytes, range) : bytes);
  }

  version(key: string): Promise<string | null> {
    const entry = this.#entries.get(this.#root + key);
    return Promise.resolve(entry ? versionOf(entry) : null);
  }

  async #begin(name: string, entry: ZipEntry, signal: AbortSignal): Promise<number> {
    const known = this.#begins.get(name);
    if (known !== undefined) return known;
    const bytes = await this.#access.read(entry.offset, LOCAL_HEADER_BYTES, signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < LOCAL_HEADER_BYTES || view.getUint32(0, true) !== LOCAL_HEADER)
      throw new DamageError("the archive has no file where its list says");
    const begin = entry.offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
    this.#begins.set(name, begin);
    return begin;
  }

  /** The last one is kept: its parts are asked for one after the other. */
  #unpack(name: string, entry: ZipEntry, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#unpacked?.name === name) return this.#unpacked.bytes;
    const bytes = this.#inflate(name, entry, signal);
    const kept = (this.#unpacked = { name, bytes });
    bytes.catch(() => {
      if (this.#unpacked === kept) this.#unpacked = null;
    });
    return bytes;
  }

  async #inflate(name: string, entry: ZipEntry, signal: AbortSignal): Promise<Uint8Array> {
    if (Math.max(entry.bytes, entry.storedBytes) > MOST_DEFLATED_BYTES)
      throw new NotShownError(`${name} is deflated, and too large to unpack.`);
    const begin = await this.#begin(name, entry, signal);
    const packed = await this.#access.read(begin, entry.storedBytes, signal);
    const whole = new Uint8Array(entry.bytes);
    let at = 0;
    try {
      const reader = new Blob([packed as Uint8Array<ArrayBuffer>])
        .stream()
        .pipeThrough(new DecompressionStream("deflate-raw"))
        .getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        // Throws where there is more than the list says.
        whole.set(next.value, at);
        at += next.value.length;
      }
    } catch {
      throw new DamageError("its deflated data is cut short or has another length than the archive says");
    }
    check(whole.subarray(0, at), entry);
    return whole;
  }
}

function check(bytes: Uint8Array, entry: ZipEntry): void {
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc)
    throw new DamageError("its checksum is not what the archive says");
}
function versionOf({ crc, offset }: ZipEntry): string {
  return `${crc.toString(16)}-${offset.toString(16)}`;
}
function part(range: ByteRange, size: number): [number, number] {
  if ("last" in range) return [Math.max(0, size - range.last), size];
  const from = Math.min(size, range.offset);
  return [from, Math.min(size, range.offset + range.length)];
}

function rootOf(names: readonly string[]): string {
  const folders = names
    .filter((name) => ROOTS.includes(name.slice(name.lastIndexOf("/") + 1)))
    .map((name) => name.slice(0, name.lastIndexOf("/") + 1));
  const depth = (folder: string) => folder.split("/").length;
  const highest = Math.min(...folders.map(depth));
  const roots = [...new Set(folders.filter((folder) => depth(folder) === highest))];
  const [root] = roots;
  if (root === undefined)
    throw new NotShownError("It is an archive, but holds no Zarr: no zarr.json, .zgroup or .zarray is in it.");
  if (roots.length > 1) {
    const some = roots.slice(0, 3).map((one) => one.slice(0, -1));
    throw new NotShownError(`It holds ${roots.length} Zarr hierarchies (${some.join(", ")}); an .ozx holds one.`);
  }
  return root;
}
