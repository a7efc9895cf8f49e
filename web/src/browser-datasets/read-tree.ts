import { type FileTree, partsOf } from "../recorder/file-tree.ts";
import type { SyncFile } from "../recorder/files.ts";

/** Of workers; the page's library does not know it. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** Files that are looked at together: one after the other each waits for another process. */
const AT_ONCE = 64;

export interface FileFacts {
  path: string;
  bytes: number;
  modifiedMs: number;
}

/**
 * The origin's private file system, read only: nothing that is opened here keeps anybody from writing. For workers. What is open is
 * the file as it was then.
 */
export class ReadTree implements FileTree {
  readonly #root: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  static async open(): Promise<ReadTree> {
    return new ReadTree(await navigator.storage.getDirectory());
  }

  /** Null: there is no such folder. */
  async folder(path: string): Promise<FileSystemDirectoryHandle | null> {
    try {
      let folder = this.#root;
      for (const part of partsOf(path)) folder = await folder.getDirectoryHandle(part);
      return folder;
    } catch (error) {
      if (isNotThere(error)) return null;
      throw error;
    }
  }

  /** The files that are in a folder and, with `deep`, in those in it. */
  async facts(path: string, deep: boolean): Promise<FileFacts[]> {
    const files: [string, FileSystemFileHandle][] = [];
    const visit = async (folder: FileSystemDirectoryHandle, at: string): Promise<void> => {
      for await (const [name, entry] of folder.entries()) {
        if (entry.kind === "file") files.push([`${at}/${name}`, entry]);
        else if (deep) await visit(entry, `${at}/${name}`);
      }
    };
    const folder = await this.folder(path);
    if (folder) await visit(folder, `/${partsOf(path).join("/")}`);
    const facts: FileFacts[] = [];
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const some = files.slice(at, at + AT_ONCE).map(async ([name, handle]): Promise<FileFacts[]> => {
        // A run that goes on removes and renames.
        const file = await handle.getFile().catch(() => null);
        return file ? [{ path: name, bytes: file.size, modifiedMs: file.lastModified }] : [];
      });
      facts.push(...(await Promise.all(some)).flat());
    }
    return facts;
  }

  async list(folder: string): Promise<[string, number][]> {
    return (await this.facts(folder, true)).map(({ path, bytes }) => [path, bytes]);
  }

  async open(path: string): Promise<SyncFile> {
    const parts = partsOf(path);
    const name = parts.pop() ?? "";
    const folder = await this.folder(parts.join("/"));
    if (!folder) throw new DOMException(`There is no folder of ${path}.`, "NotFoundError");
    return new ReadFile(await (await folder.getFileHandle(name)).getFile());
  }

  move(): Promise<void> {
    return Promise.reject(new Error("Nothing is written here."));
  }
  remove(): Promise<void> {
    return Promise.reject(new Error("Nothing is written here."));
  }
  flush(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

export const isNotThere = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === "NotFoundError" || error.name === "TypeMismatchError");

class ReadFile implements SyncFile {
  readonly #file: File;
  readonly #reader = new FileReaderSync();

  constructor(file: File) {
    this.#file = file;
  }

  read(bytes: Uint8Array, { at }: { at: number }): number {
    const part = new Uint8Array(this.#reader.readAsArrayBuffer(this.#file.slice(at, at + bytes.length)));
    bytes.set(part);
    return part.length;
  }
  getSize(): number {
    return this.#file.size;
  }
  write(): number {
    throw new Error("Nothing is written here.");
  }
  truncate(): void {
    throw new Error("Nothing is written here.");
  }
  flush(): void {
    // Nothing was written.
  }
  close(): void {
    // It keeps nobody away.
  }
}
