import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { PREFIX, Upload } from "./upload.ts";
import { UploadError } from "./upload-error.ts";

/** That are begun and not ended. */
const MOST = 8;
/** One that began so long ago is given up, ms. */
const KEPT_MS = 24 * 3_600_000;

/** The uploads of a bridge. */
export class Uploads {
  readonly #dataDir: string;
  readonly #known = new Map<string, Upload>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  async begin(name: string, files: number, bytes: number): Promise<Upload> {
    await this.#sweep();
    const begun = (await this.#folders()).length;
    if (begun >= MOST)
      throw new UploadError(503, `${begun} uploads are under way: end one, or come again when one has ended.`);
    const upload = await Upload.begin(this.#dataDir, { name, files, bytes });
    this.#known.set(upload.id, upload);
    return upload;
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
    this.#known.delete(id);
    return upload.order.name;
  }

  async remove(id: string): Promise<void> {
    const upload = await this.find(id);
    this.#known.delete(id);
    await upload.remove();
  }

  async #folders(): Promise<string[]> {
    return (await readdir(this.#dataDir)).filter((name) => name.startsWith(PREFIX));
  }

  async #sweep(): Promise<void> {
    for (const name of await this.#folders()) {
      const upload = await Upload.find(this.#dataDir, name.slice(PREFIX.length)).catch(() => null);
      const { mtimeMs } = await stat(join(this.#dataDir, name)).catch(() => ({ mtimeMs: Date.now() }));
      if (upload && Date.now() - mtimeMs > KEPT_MS) await upload.remove();
    }
  }
}
