import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../bridge/cli/bin/zarrcam.js", import.meta.url));

/** A bridge of its own on a free port, with a data folder of its own. */
export class Bridge {
  readonly url: string;
  readonly dataDir: string;
  readonly #child: ChildProcess;

  private constructor(url: string, dataDir: string, child: ChildProcess) {
    this.url = url;
    this.dataDir = dataDir;
    this.#child = child;
  }

  /** `origins`: of other people's pages that may read the data. */
  static async start({
    dataDir,
    port = 0,
    origins = [],
  }: { dataDir?: string; port?: number; origins?: string[] } = {}): Promise<Bridge> {
    const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "zarrcam-e2e-")));
    const allowed = origins.flatMap((origin) => ["--allow-origin", origin]);
    const child = spawn(process.execPath, [cli, "serve", "--port", String(port), "--data", folder, ...allowed], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let output = "";
      const read = (text: Buffer): void => {
        output += text.toString();
        const link = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
        if (link) resolve(link);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("exit", (code) => {
        reject(new Error(`the bridge ended with ${code}: ${output}`));
      });
    });
    return new Bridge(url, folder, child);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** `SIGKILL` is the crash, `SIGTERM` the orderly end. The data folder stays. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (!this.alive) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
