import { randomBytes } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  opendir,
  readFile,
  realpath,
  rename,
  rm,
  statfs,
  writeFile,
} from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

import { isDatasetFile } from "@zarrcam/protocol";

import { UploadError } from "./upload-error.ts";

/** What is uploaded lies in such a folder of the data folder until it is whole; no list of datasets shows it. */
export const PREFIX = ".zarrcam-upload-";
const ID = /^[0-9a-f]{32}$/;
/** Whether a folder of the data folder is one of ours. */
export const isUploadFolder = (name: string): boolean => name.startsWith(PREFIX) && ID.test(name.slice(PREFIX.length));
const ORDER = "upload.json";
const DATA = "data";
/** Names of a file's path, or of a dataset's. */
const MOST_NAMES = 32;
export const MOST_FILES = 2_000_000;
const MOST_BYTES = 2 ** 50;
/** An upload never takes the last of a disk that a recording may be writing to: 1 GiB, or of a small one so much of it. */
export const MOST_KEPT_BYTES = 1 << 30;
export const KEPT_PART = 0.05;
/** What a file system takes, bytes: a longer name is refused before a folder is made for it. */
const MOST_NAME_BYTES = 255;

/** What was announced. */
interface Order {
  /** Of the dataset, with slashes, in the data folder. */
  name: string;
  files: number;
  bytes: number;
}

export interface UploadedFile {
  path: string;
  bytes: number;
}

/** A dataset that comes file by file, under a hidden name until it is whole. */
export class Upload {
  readonly id: string;
  readonly order: Order;
  readonly #dataDir: string;
  readonly #folder: string;
  #bytes = 0;
  #files = 0;

  private constructor(dataDir: string, id: string, order: Order) {
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, PREFIX + id);
    this.id = id;
    this.order = order;
  }

  /**
   * Takes the name, as far as that can be: another may have it by the time when all is here.
   *
   * @param announced bytes that other uploads will bring
   */
  static async begin(dataDir: string, order: Order, announced: number): Promise<Upload> {
    checkOrder(order);
    const upload = new Upload(dataDir, randomBytes(16).toString("hex"), order);
    await upload.#checkFree();
    const { free, kept } = await roomOf(dataDir);
    if (free - kept - announced < order.bytes)
      throw new UploadError(
        507,
        `The camera computer has ${gigabytes(free)} free, ${order.name} takes ${gigabytes(order.bytes)}; ` +
          `${gigabytes(kept)} stay free for recordings${announced > 0 ? `, and other uploads bring ${gigabytes(announced)}` : ""}.`,
      );
    await mkdir(join(upload.#folder, DATA), { recursive: true });
    await writeFile(join(upload.#folder, ORDER), JSON.stringify(order));
    return upload;
  }

  /** One that was begun, by this bridge or by one before it. Null: there is none. */
  static async find(dataDir: string, id: string): Promise<Upload | null> {
    if (!ID.test(id)) return null;
    const text = await readFile(join(dataDir, PREFIX + id, ORDER), "utf8").catch(() => null);
    if (text === null) return null;
    const upload = new Upload(dataDir, id, JSON.parse(text) as Order);
    await upload.list();
    return upload;
  }

  /** Bytes that are still to come. */
  get missingBytes(): number {
    return Math.max(0, this.order.bytes - this.#bytes);
  }

  /** What is here of it. */
  async list(): Promise<UploadedFile[]> {
    const files: UploadedFile[] = [];
    const root = join(this.#folder, DATA);
    for await (const path of filesBelow(root)) {
      const { size } = await lstat(path);
      files.push({ path: relative(root, path).split(sep).join("/"), bytes: size });
    }
    this.#files = files.length;
    this.#bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return files;
  }

  /** Writes a piece of a file, at most where the file ends now: so there is no hole, and a piece may come again. */
  async write(names: readonly string[], at: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    if (names.length === 0 || names.length > MOST_NAMES || !isDatasetFile(names) || !names.every(isName))
      throw new UploadError(400, `${names.join("/")} is no file of a dataset.`);
    const { free, kept } = await roomOf(this.#dataDir);
    if (free < kept)
      throw new UploadError(
        507,
        `The disk of the camera computer is nearly full: the last ${gigabytes(kept)} are kept for recordings.`,
      );
    const file = await this.#open(join(this.#folder, DATA, ...names), names.join("/"));
    try {
      const { size } = await file.stat();
      if (at > size) throw new UploadError(409, `${names.join("/")} has ${size} bytes; the next piece begins there.`);
      let to = at;
      for await (const piece of pieces) {
        const more = Math.max(0, to + piece.length - Math.max(size, to));
        if (this.#bytes + more > this.order.bytes)
          throw new UploadError(413, "There are more bytes than were announced.");
        this.#bytes += more;
        await file.write(piece, 0, piece.length, to).catch((error: unknown) => {
          this.#bytes -= more;
          throw error;
        });
        to += piece.length;
      }
    } finally {
      await file.close();
    }
  }

  /** A file to write into. A new one is made where it was announced: until then nothing is, no folder either. */
  async #open(path: string, name: string): Promise<FileHandle> {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const known = async (): Promise<FileHandle | null> =>
      open(path, O_WRONLY | O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        if (error.code === "EISDIR") throw new UploadError(409, `${name} is a folder.`);
        throw error;
      });
    const file = await known();
    if (file) return file;
    if (this.#files >= this.order.files) throw new UploadError(413, "There are more files than were announced.");
    this.#files += 1;
    try {
      await mkdir(dirname(path), { recursive: true });
      return await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    } catch (error) {
      this.#files -= 1;
      // Another piece of it came at the same time.
      const made = (error as NodeJS.ErrnoException).code === "EEXIST" ? await known() : null;
      if (made) return made;
      throw error;
    }
  }

  /** All of it is here: it gets its name, at once. */
  async publish(): Promise<void> {
    const { name, files, bytes } = this.order;
    await this.list();
    if (this.#files !== files || this.#bytes !== bytes)
      throw new UploadError(
        409,
        `It is not whole: ${this.#files} of ${files} files are here, ${this.#bytes} of ${bytes} bytes.`,
      );
    await this.#checkFree();
    const path = join(this.#dataDir, ...name.split("/"));
    await mkdir(dirname(path), { recursive: true });
    // A link among the folders may lead elsewhere.
    const root = await realpath(this.#dataDir);
    const folder = await realpath(dirname(path));
    if (folder !== root && !folder.startsWith(root + sep))
      throw new UploadError(403, `${name} would lie outside of the data folder.`);
    await this.#checkFree();
    await rename(join(this.#folder, DATA), path);
    await this.remove();
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #checkFree(): Promise<void> {
    const { name } = this.order;
    const there = await lstat(join(this.#dataDir, ...name.split("/"))).catch(() => null);
    if (there) throw new UploadError(409, `There is a ${name} on the camera computer already: choose another name.`);
  }
}

function checkOrder({ name, files, bytes }: Order): void {
  const names = name.split("/");
  if (names.length > MOST_NAMES || !names.every((one) => isName(one) && !one.startsWith(".")))
    throw new UploadError(400, `"${name}" is no name of a dataset in the data folder.`);
  if (!isCount(files, MOST_FILES) || !isCount(bytes, MOST_BYTES))
    throw new UploadError(400, "The numbers of files and of bytes must be told.");
}

const isCount = (value: number, most: number): boolean => Number.isSafeInteger(value) && value > 0 && value <= most;
const isName = (name: string): boolean =>
  name !== "" &&
  name !== "." &&
  name !== ".." &&
  Buffer.byteLength(name) <= MOST_NAME_BYTES &&
  !/[/\\\u0000-\u001f\u007f]/.test(name);
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Of the disk: what is free, and how much of it uploads leave to recordings, bytes. */
async function roomOf(folder: string): Promise<{ free: number; kept: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, kept: Math.min(MOST_KEPT_BYTES, KEPT_PART * blocks * bsize) };
}

async function* filesBelow(folder: string): AsyncGenerator<string, void> {
  for await (const entry of (await opendir(folder)) as AsyncIterable<Dirent>) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}
