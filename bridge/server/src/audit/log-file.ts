import { constants } from "node:fs";
import { type FileHandle, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file is put aside when it is this long; so many older ones are kept. */
export const MOST_BYTES = 4 << 20;
export const OLDER_FILES = 4;

/** Lines in a file of the state folder that only its owner can read: appended, put aside at a length, the oldest deleted. */
export class LogFile {
  readonly path: string;
  readonly #folder: string;
  readonly #mostBytes: number;

  constructor(folder: string, mostBytes = MOST_BYTES) {
    this.#folder = folder;
    this.path = this.#at(0);
    this.#mostBytes = mostBytes;
  }

  /** Appends whole lines, without their ends. Rejects where the disk is full, the folder gone or not to be written. */
  async append(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => line + "\n").join(""));
    let file = await this.#open();
    try {
      let { size } = await file.stat();
      if (size > 0 && size + bytes.length > this.#mostBytes) {
        await file.close();
        await this.#putAside();
        file = await this.#open();
        size = 0;
      } else if (size > 0) await this.#endLine(file, size);
      // What was written by half comes again as a whole.
      await file.appendFile(bytes).catch(async (error: unknown) => {
        await file.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await file.close().catch(() => undefined);
    }
  }

  /** The last lines, oldest first: of the file and of the one before it. */
  async tail(): Promise<string[]> {
    const texts = await Promise.all([1, 0].map((age) => readFile(this.#at(age), "utf8").catch(() => "")));
    return texts.join("\n").split("\n");
  }

  /** A file that is a link to somewhere else is not ours. */
  async #open(): Promise<FileHandle> {
    const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = constants;
    const file = await open(this.path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    await file.chmod(0o600).catch(() => undefined);
    return file;
  }

  /** A crash or a full disk may have left half a line: it stays one, and spoils no other. */
  async #endLine(file: FileHandle, size: number): Promise<void> {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] !== 10) await file.appendFile("\n");
  }

  async #putAside(): Promise<void> {
    for (let age = OLDER_FILES - 1; age >= 0; age--) {
      if (await stat(this.#at(age)).catch(() => null)) await rename(this.#at(age), this.#at(age + 1));
    }
  }

  #at(age: number): string {
    return join(this.#folder, age === 0 ? "audit.jsonl" : `audit.${age}.jsonl`);
  }
}
