import { type FileTree, partsOf } from "./file-tree.ts";
import type { SyncFile } from "./files.ts";

/** What TypeScript's library does not know of a file's handle. */
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncFile>;
  /** Safari's takes both, always. */
  move?(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** Of files that are copied because they cannot be moved. */
const COPY_BYTES = 4 << 20;

const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === "NotFoundError";

/** The origin's private file system, or a folder of it. For workers: elsewhere no file opens. */
export class OpfsTree implements FileTree {
  readonly #root: FileSystemDirectoryHandle;
  /** By path: to look one up takes as long as to open a file. */
  readonly #folders = new Map<string, FileSystemDirectoryHandle>();
  /** Whose answers are awaited, see `#holding`. */
  readonly #held = new Set<FileSystemFileHandle>();

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  static async open(): Promise<OpfsTree> {
    return new OpfsTree(await navigator.storage.getDirectory());
  }

  async list(folder: string): Promise<[string, number][]> {
    const files: [string, number][] = [];
    const visit = async (handle: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of (handle as unknown as AsyncIterableHandles).entries()) {
        if (entry.kind === "directory") await visit(entry as FileSystemDirectoryHandle, `${path}/${name}`);
        else files.push([`${path}/${name}`, (await (entry as FileSystemFileHandle).getFile()).size]);
      }
    };
    const found = await this.#folder(partsOf(folder), false).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (found)
      await visit(
        found,
        partsOf(folder)
          .map((part) => `/${part}`)
          .join(""),
      );
    return files;
  }

  async open(path: string, create: boolean): Promise<SyncFile> {
    const handle = await this.#file(path, create);
    if (!handle.createSyncAccessHandle) throw new Error("This browser opens no file of its own storage in a worker.");
    return this.#holding(handle, handle.createSyncAccessHandle());
  }

  async move(from: string, to: string): Promise<void> {
    const handle = await this.#file(from, false);
    const parts = partsOf(to);
    const name = parts.pop() ?? "";
    const folder = await this.#folder(parts, true);
    if (handle.move) await this.#holding(handle, handle.move(folder, name));
    else await this.#copy(from, to);
  }

  async remove(path: string): Promise<void> {
    const parts = partsOf(path);
    const name = parts.pop() ?? "";
    for (const known of this.#folders.keys())
      if (known === path || known.startsWith(`${path}/`)) this.#folders.delete(known);
    try {
      await (await this.#folder(parts, false)).removeEntry(name, { recursive: true });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Where files cannot be moved: the copy is whole before the original goes, but may be seen in part. */
  async #copy(from: string, to: string): Promise<void> {
    const source = await this.open(from, false);
    const target = await this.open(to, true);
    try {
      target.truncate(0);
      const part = new Uint8Array(COPY_BYTES);
      for (let at = 0; at < source.getSize(); at += part.length) {
        const count = source.read(part, { at });
        target.write(part.subarray(0, count), { at });
      }
      target.flush();
    } finally {
      source.close();
      target.close();
    }
    await this.remove(from);
  }

  /** Chromium never answers when the handle that was asked is collected as garbage meanwhile; a recording that waits for it would stand still. */
  async #holding<T>(handle: FileSystemFileHandle, answer: Promise<T>): Promise<T> {
    this.#held.add(handle);
    try {
      return await answer;
    } finally {
      this.#held.delete(handle);
    }
  }

  async #file(path: string, create: boolean): Promise<FileHandle> {
    const parts = partsOf(path);
    const name = parts.pop() ?? "";
    return (await this.#folder(parts, create)).getFileHandle(name, { create });
  }

  async #folder(parts: string[], create: boolean): Promise<FileSystemDirectoryHandle> {
    let folder = this.#root;
    let path = "";
    for (const part of parts) {
      path += `/${part}`;
      const known = this.#folders.get(path);
      folder = known ?? (await folder.getDirectoryHandle(part, { create }));
      this.#folders.set(path, folder);
    }
    return folder;
  }
}

interface AsyncIterableHandles {
  entries(): AsyncIterable<[string, FileSystemHandle]>;
}
