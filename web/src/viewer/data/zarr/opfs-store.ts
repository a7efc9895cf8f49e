import { type ByteRange, type Found, type Store, checkLength } from "./store.ts";

/** A store in the browser's own storage, read without keeping anybody from writing it. */
export class OpfsStore implements Store {
  readonly #path: string;
  /** By path: to look one up takes as long as to open a file. */
  readonly #folders = new Map<string, Promise<FileSystemDirectoryHandle>>();

  /** @param path of the store's folder: `/embryo.zarr` */
  constructor(path: string) {
    this.#path = path;
  }

  async get(key: string, range: ByteRange | null, signal: AbortSignal, mostBytes = Infinity): Promise<Found | null> {
    const file = await this.#file(key);
    signal.throwIfAborted();
    if (!file) return null;
    if (!range) checkLength(file.size, mostBytes);
    const [from, to] = range ? within(range, file.size) : [0, file.size];
    try {
      const bytes = new Uint8Array(await file.slice(from, to).arrayBuffer());
      signal.throwIfAborted();
      return { bytes, total: file.size, version: versionOf(file) };
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotReadableError")
        throw new Error(`${key} was written while it was read.`, { cause: error });
      throw error;
    }
  }

  async version(key: string): Promise<string | null> {
    const file = await this.#file(key);
    return file && versionOf(file);
  }

  async #file(key: string): Promise<File | null> {
    const parts = `${this.#path}/${key}`.split("/").filter((part) => part !== "");
    const name = parts.pop() ?? "";
    try {
      const folder = await this.#folder(parts);
      return await (await folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      // Where a folder was removed and made again, the one that is known is not the one that is there.
      this.#folders.clear();
      if (error.name === "NotFoundError" || error.name === "TypeMismatchError") return null;
      throw error;
    }
  }

  #folder(parts: string[]): Promise<FileSystemDirectoryHandle> {
    const path = parts.join("/");
    let folder = this.#folders.get(path);
    if (!folder) {
      const above = parts.slice(0, -1);
      const name = parts.at(-1);
      folder =
        name === undefined
          ? navigator.storage.getDirectory()
          : this.#folder(above).then((handle) => handle.getDirectoryHandle(name));
      this.#folders.set(path, folder);
    }
    return folder;
  }
}

function within(range: ByteRange, size: number): [from: number, to: number] {
  if ("last" in range) return [Math.max(0, size - range.last), size];
  const from = Math.min(size, range.offset);
  return [from, Math.min(size, range.offset + range.length)];
}

const versionOf = ({ size, lastModified }: File): string => `${lastModified}-${size}`;
