/** A file that is open, read and written at once: a `FileSystemSyncAccessHandle`, or what has its rules. */
export interface SyncFile {
  read(bytes: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(bytes: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** What a call of the core on a file answers instead of a count: why not stands in `failure`. */
const FAILED = -1;
const QUOTA = -2;

export const isQuotaError = (error: unknown): boolean => error instanceof Error && error.name === "QuotaExceededError";

/** The open files that the core reads and writes, by number. */
export class FileTable {
  readonly #files = new Map<number, SyncFile>();
  readonly #view: (start: number, bytes: number) => Uint8Array;
  #next = 1;
  #failure = "";

  /** `view`: of the core's memory. */
  constructor(view: (start: number, bytes: number) => Uint8Array) {
    this.#view = view;
  }

  add(file: SyncFile): number {
    const number = this.#next++;
    this.#files.set(number, file);
    return number;
  }

  get count(): number {
    return this.#files.size;
  }

  /** Of a core that is gone: nobody else closes them. */
  closeAll(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  readonly imports = {
    file_read: (number: number, start: number, bytes: number, at: number): number =>
      this.#try(number, (file) => file.read(this.#view(start, bytes), { at })),
    file_write: (number: number, start: number, bytes: number, at: number): number =>
      this.#try(number, (file) => file.write(this.#view(start, bytes), { at })),
    file_truncate: (number: number, bytes: number): number =>
      this.#try(number, (file) => {
        file.truncate(bytes);
        // A private window of Chromium lets a file grow as far as there is room, and says nothing.
        if (file.getSize() < bytes)
          throw new DOMException(`There is no room for ${bytes} bytes.`, "QuotaExceededError");
        return 0;
      }),
    file_flush: (number: number): number =>
      this.#try(number, (file) => {
        file.flush();
        return 0;
      }),
    file_close: (number: number): void => {
      this.#files.get(number)?.close();
      this.#files.delete(number);
    },
    /** Writes why the last call failed; how many bytes that are. */
    failure: (start: number, bytes: number): number =>
      new TextEncoder().encodeInto(this.#failure, this.#view(start, bytes)).written,
  };

  #try(number: number, use: (file: SyncFile) => number): number {
    try {
      const file = this.#files.get(number);
      if (!file) throw new Error(`file ${number} is not open`);
      return use(file);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      return isQuotaError(error) ? QUOTA : FAILED;
    }
  }
}
