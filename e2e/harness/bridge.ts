import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../bridge/cli/bin/zarrcam.js", import.meta.url));

/** A namespace of its own: no rights are needed where the system lets users have one. */
function onDisk(size: string, folder: string, command: string[]): string[] {
  const mounted = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"';
  return ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, size, folder, ...command];
}

/** Whether `disk` is to be had here. */
export function hasDisks(): boolean {
  return spawnSync("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;
}

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

  /**
   * `origins`: of other people's pages that may read the data. `controlledBy`: of those that may connect, too. `disk`: the data folder is a disk of this size ("4m") in
   * memory, which this process alone sees.
   */
  static async start({
    dataDir,
    port = 0,
    origins = [],
    controlledBy = [],
    disk,
    rigName,
  }: {
    dataDir?: string;
    port?: number;
    origins?: string[];
    controlledBy?: string[];
    disk?: string;
    /** What people call it; its host name. */
    rigName?: string;
  } = {}): Promise<Bridge> {
    const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "zarrcam-e2e-")));
    const allowed = [
      ...origins.flatMap((origin) => ["--allow-origin", origin]),
      ...controlledBy.flatMap((origin) => ["--allow-control", origin]),
      ...(rigName === undefined ? [] : ["--rig-name", rigName]),
    ];
    // Nothing of the user's own is read or changed.
    const state = ["--state", `${folder}-state`];
    const serve = [process.execPath, cli, "serve", "--port", String(port), "--data", folder, ...state, ...allowed];
    const [command = "", ...args] = disk ? onDisk(disk, folder, serve) : serve;
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
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
    for (const folder of [this.dataDir, `${this.dataDir}-state`]) await rm(folder, { recursive: true, force: true });
  }
}
