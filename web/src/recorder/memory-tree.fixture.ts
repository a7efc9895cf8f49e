import type { FileTree } from "./file-tree.ts";
import type { SyncFile } from "./files.ts";

/** An error with the name that the browser's has. */
const refuse = (name: string, message: string): never => {
  throw new DOMException(message, name);
};

interface Contents {
  bytes: Uint8Array;
  length: number;
  isOpen: boolean;
}

/**
 * Files in memory with the rules of the browser's own storage: opened, moved and removed asynchronously, open once at a time, not to
 * be moved or removed while open, no folder moved, no hole, an end of the room.
 */
export class MemoryTree implements FileTree {
  readonly files = new Map<string, Contents>();
  /** Files that were open at a time, at most. */
  mostOpen = 0;
  quotaBytes: number;

  constructor(quotaBytes = Infinity) {
    this.quotaBytes = quotaBytes;
  }

  async list(folder: string): Promise<[string, number][]> {
    await Promise.resolve();
    return [...this.files].flatMap(([path, { length }]) => (path.startsWith(`${folder}/`) ? [[path, length]] : []));
  }

  async open(path: string, create: boolean): Promise<SyncFile> {
    await Promise.resolve();
    let file = this.files.get(path);
    if (!file) {
      if (!create) return refuse("NotFoundError", `There is no file ${path}.`);
      if ([...this.files.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`)))
        return refuse("TypeMismatchError", `${path} is a folder, or lies in a file.`);
      file = { bytes: new Uint8Array(0), length: 0, isOpen: false };
      this.files.set(path, file);
    }
    if (file.isOpen) return refuse("NoModificationAllowedError", `${path} is open.`);
    file.isOpen = true;
    this.mostOpen = Math.max(this.mostOpen, [...this.files.values()].filter(({ isOpen }) => isOpen).length);
    return this.#handle(path, file);
  }

  async move(from: string, to: string): Promise<void> {
    await Promise.resolve();
    const file = this.files.get(from) ?? refuse("NotFoundError", `There is no file ${from}.`);
    if (file.isOpen || this.files.get(to)?.isOpen) refuse("NoModificationAllowedError", `${from} or ${to} is open.`);
    this.files.delete(from);
    this.files.set(to, file);
  }

  async remove(path: string): Promise<void> {
    await Promise.resolve();
    const within = [...this.files].filter(([other]) => other === path || other.startsWith(`${path}/`));
    if (within.some(([, { isOpen }]) => isOpen)) refuse("NoModificationAllowedError", `${path} is open.`);
    for (const [other] of within) this.files.delete(other);
  }

  /** What a file holds. */
  contents(path: string): Uint8Array | null {
    const file = this.files.get(path);
    return file ? file.bytes.subarray(0, file.length) : null;
  }

  /** As after a crash of the browser: nobody has anything open. */
  crash(): void {
    for (const file of this.files.values()) file.isOpen = false;
  }

  #used(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  #grow(path: string, file: Contents, length: number): void {
    if (length <= file.length) return;
    if (this.#used() + length - file.length > this.quotaBytes)
      refuse("QuotaExceededError", `There is no room for ${path}.`);
    if (length > file.bytes.length) {
      const bytes = new Uint8Array(Math.max(length, 2 * file.bytes.length));
      bytes.set(file.bytes.subarray(0, file.length));
      file.bytes = bytes;
    }
    file.bytes.fill(0, file.length, length);
    file.length = length;
  }

  #handle(path: string, file: Contents): SyncFile {
    let isClosed = false;
    const open = () => {
      if (isClosed || !file.isOpen) refuse("InvalidStateError", `${path} was closed.`);
      return file;
    };
    return {
      read: (bytes, { at }) => {
        const part = open().bytes.subarray(Math.min(at, file.length), Math.min(at + bytes.length, file.length));
        bytes.set(part);
        return part.length;
      },
      write: (bytes, { at }) => {
        this.#grow(path, open(), at + bytes.length);
        file.bytes.set(bytes, at);
        return bytes.length;
      },
      truncate: (length) => {
        const room = this.quotaBytes - this.#used() + open().length;
        // As far as there is room, without a word, as in a private window of Chromium.
        if (length > file.length) this.#grow(path, file, Math.min(length, Math.max(room, file.length)));
        else file.length = length;
      },
      getSize: () => open().length,
      flush: () => void open(),
      close: () => {
        if (!isClosed) file.isOpen = false;
        isClosed = true;
      },
    };
  }
}
