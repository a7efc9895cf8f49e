// A page of the harness, built once a worker: a development server for each journey compiled it anew, and two of them shared a
// cache that each may rewrite under the other's page.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type PreviewOptions, build, preview } from "vite";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The built page of a folder beside this file. */
export class BuiltPage {
  readonly #source: string;
  readonly #outDir: string;

  private constructor(source: string, outDir: string) {
    this.#source = source;
    this.#outDir = outDir;
  }

  /** `worker`: of the runner; each builds for itself. */
  static async of(name: "recorder-page" | "webcam-page", worker: number): Promise<BuiltPage> {
    const source = join(root, "e2e/harness", name);
    const outDir = join(root, ".cache", name, String(worker));
    await build({
      configFile: false,
      root: source,
      // The core.
      publicDir: join(root, "web/public"),
      worker: { format: "es" },
      build: { outDir, emptyOutDir: true, target: "es2023", minify: false },
      logLevel: "error",
    });
    return new BuiltPage(source, outDir);
  }

  /** Gives it on a free port. */
  async serve(options: Pick<PreviewOptions, "proxy"> = {}): Promise<{ url: string; close(): Promise<void> }> {
    const server = await preview({
      configFile: false,
      root: this.#source,
      build: { outDir: this.#outDir },
      preview: { host: "127.0.0.1", port: 0, ...options },
      logLevel: "error",
    });
    return { url: server.resolvedUrls?.local[0] ?? "", close: () => server.close() };
  }
}
