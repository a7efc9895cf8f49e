import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const FILE = "bridge.lock";
/** So often who holds it says that it is there, ms; who has not said so for so long is not. */
const SIGN_OF_LIFE_MS = 5000;
const GONE_AFTER_MS = 20_000;

interface Holder {
  pid: number;
  host: string;
}

/**
 * A state folder is one bridge's: two that other computers reach would let in devices that the other does not know in time, and
 * write one audit log.
 */
export class StateLock {
  readonly #path: string;
  readonly #sign: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#sign = setInterval(() => {
      const now = new Date();
      // Who takes the folder away takes the lock with it.
      utimes(path, now, now).catch(() => undefined);
    }, SIGN_OF_LIFE_MS).unref();
  }

  /** Throws, with the way out, where another bridge has it. */
  static async take(folder: string): Promise<StateLock> {
    const path = join(folder, FILE);
    for (;;) {
      try {
        const file = await open(path, "wx", 0o600);
        const me: Holder = { pid: process.pid, host: hostname() };
        await file.writeFile(JSON.stringify(me)).finally(() => file.close());
        return new StateLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = await holderOf(path);
      if (holder) {
        const who = `process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}`;
        throw new Error(
          `Another zarrcam (${who}) that other computers reach keeps its devices, certificates and log in ${folder}. End it, or give this one a folder of its own: --state DIR.`,
        );
      }
      await rm(path, { force: true });
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#sign);
    await rm(this.#path, { force: true });
  }
}

/** Who has it; null: nobody that is still there. */
async function holderOf(path: string): Promise<Holder | null> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > GONE_AFTER_MS) return null;
    const holder = JSON.parse(await readFile(path, "utf8")) as Holder;
    return holder.host !== hostname() || isRunning(holder.pid) ? holder : null;
  } catch {
    // It is gone meanwhile, or a crash left half of it.
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
