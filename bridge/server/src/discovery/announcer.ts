import { type DiscoveryProcess, startDiscovery } from "./discovery-program.ts";

/** What everybody in the network may know of this bridge. */
export interface Announced {
  /** What people call the rig. */
  readonly name: string;
  /** The computer's own name. */
  readonly host: string;
  readonly port: number;
  readonly scheme: "https" | "http";
  readonly version: string;
}

/** How often the addresses are looked at, ms. */
const CHECK_MS = 5000;
/** After the process has ended another is started in so long, ms, and in twice as long each time up to the second. */
const FIRST_RETRY_MS = 5000;
const LAST_RETRY_MS = 300_000;

export interface AnnouncerPort {
  /** Addresses that other computers reach the bridge by, now. */
  addresses(): readonly string[];
  /** What people should know, once. */
  readonly warn: (message: string) => void;
}

/** Says in the local network that the bridge is there, as long as it lives, on whatever addresses it listens on. */
export class Announcer {
  readonly #announced: Announced;
  readonly #port: AnnouncerPort;
  readonly #timer: NodeJS.Timeout;
  #process: DiscoveryProcess | null = null;
  #told: string | null = null;
  #retryMs = FIRST_RETRY_MS;
  #warned = false;
  #notBefore = 0;

  constructor(announced: Announced, port: AnnouncerPort) {
    this.#announced = announced;
    this.#port = port;
    this.#timer = setInterval(() => this.#tell(), CHECK_MS).unref();
    this.#tell();
  }

  /** Takes leave of the neighbours. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    const running = this.#process;
    this.#process = null;
    if (!running) return Promise.resolve();
    running.stdin.end();
    return new Promise((resolve) => {
      const impatient = setTimeout(() => running.kill("SIGKILL"), GOODBYE_MS);
      running.once("exit", () => {
        clearTimeout(impatient);
        resolve();
      });
    });
  }

  #tell(): void {
    const addresses = this.#port.addresses();
    const line = JSON.stringify({ ...this.#announced, addresses });
    if (line === this.#told || (!this.#process && addresses.length === 0) || Date.now() < this.#notBefore) return;
    this.#process ??= this.#start();
    this.#told = line;
    this.#process.stdin.write(`${line}\n`);
  }

  #start(): DiscoveryProcess {
    const started = startDiscovery("announce");
    started.stdout.once("data", () => (this.#retryMs = FIRST_RETRY_MS));
    // Read, so that it is never held up.
    started.stdout.resume();
    const gone = (): void => {
      if (this.#process !== started) return;
      this.#process = null;
      this.#told = null;
      this.#notBefore = Date.now() + this.#retryMs;
      this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
      if (!this.#warned)
        this.#port.warn(
          "This camera computer could not go on announcing itself in the local network; it tries again. It is reached by its address all the same.",
        );
      this.#warned = true;
    };
    started.once("error", gone);
    started.once("exit", gone);
    return started;
  }
}

/** How long neighbours may take to be told, ms. */
const GOODBYE_MS = 1500;
