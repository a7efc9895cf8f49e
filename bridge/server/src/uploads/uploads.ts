import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Principal } from "../access/principal.ts";
import { ConcurrencyLimit } from "../concurrency-limit.ts";
import { PREFIX, Upload, type UploadedFile, isUploadFolder } from "./upload.ts";
import { UploadError } from "./upload-error.ts";

/** That are begun and not ended. */
export const MOST_UPLOADS = 8;
/** Of them, those of one paired device or script: who forgets his uploads keeps nobody else from one. */
export const MOST_UPLOADS_OF_ONE = 4;
/** One that began so long ago is given up, ms. */
const KEPT_MS = 24 * 3_600_000;

/** The uploads of a bridge. */
export class Uploads {
  readonly #dataDir: string;
  readonly #known = new Map<string, Upload>();
  /** Ids of who began them, since the bridge was started. */
  readonly #owners = new Map<string, string>();
  readonly #lists = new ConcurrencyLimit(1);
  readonly #begins = new ConcurrencyLimit(1);

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** One after the other: each counts what those before it have announced. */
  begin(name: string, files: number, bytes: number, by: Principal | null): Promise<Upload> {
    return this.#begins.run(() => this.#begin(name, files, bytes, by));
  }

  async #begin(name: string, files: number, bytes: number, by: Principal | null): Promise<Upload> {
    await this.#sweep();
    const begun = await this.#folders();
    if (begun.length >= MOST_UPLOADS)
      throw new UploadError(503, `${begun.length} uploads are under way: end one, or come again when one has ended.`);
    const its = begun.filter((folder) => this.#owners.get(folder.slice(PREFIX.length)) === by?.id).length;
    if (by && by.kind !== "this_computer" && its >= MOST_UPLOADS_OF_ONE)
      throw new UploadError(
        503,
        `${its} uploads of ${JSON.stringify(by.name)} are under way: end one, or come again when one has ended.`,
      );
    const others = await Promise.all(begun.map((folder) => this.find(folder.slice(PREFIX.length)).catch(() => null)));
    const announced = others.reduce((sum, other) => sum + (other?.missingBytes ?? 0), 0);
    const upload = await Upload.begin(this.#dataDir, { name, files, bytes }, announced);
    this.#known.set(upload.id, upload);
    if (by) this.#owners.set(upload.id, by.id);
    return upload;
  }

  /** What is here of one. One list is made at a time: it may have millions of lines. */
  list(upload: Upload): Promise<UploadedFile[]> {
    return this.#lists.run(() => upload.list());
  }

  async find(id: string): Promise<Upload> {
    const upload = this.#known.get(id) ?? (await Upload.find(this.#dataDir, id));
    if (!upload) throw new UploadError(404, "There is no such upload: it has ended, or was given up.");
    this.#known.set(id, upload);
    return upload;
  }

  async publish(id: string): Promise<string> {
    const upload = await this.find(id);
    await upload.publish();
    this.#forget(id);
    return upload.order.name;
  }

  /** Gives one up. @returns what it was to be called. */
  async remove(id: string): Promise<string> {
    const upload = await this.find(id);
    this.#forget(id);
    await upload.remove();
    return upload.order.name;
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#owners.delete(id);
  }

  async #folders(): Promise<string[]> {
    return (await readdir(this.#dataDir)).filter(isUploadFolder);
  }

  /** Also of what is none: a folder without its order, as a crash leaves it, would keep its place for ever. */
  async #sweep(): Promise<void> {
    for (const name of await this.#folders()) {
      const path = join(this.#dataDir, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs <= KEPT_MS) continue;
      this.#forget(name.slice(PREFIX.length));
      await rm(path, { recursive: true, force: true });
    }
  }
}
