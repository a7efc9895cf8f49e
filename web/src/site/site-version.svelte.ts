import type { Say } from "../log/say.ts";

/** How often a page that stays open looks for a newer version, ms. */
const LOOK_MS = 3_600_000;
/** What is being written in this browser, by whichever page, holds a lock that begins so. */
const WRITING = "zarrcam /";

export interface SiteVersionPort {
  /** Cameras run, and a recording is made. */
  isRecording(): boolean;
  say: Say;
  reload(): void;
}

/** As much of the browser as it takes, for tests. */
export interface VersionBrowser {
  readonly workers: Pick<ServiceWorkerContainer, "register" | "ready" | "controller" | "addEventListener"> | undefined;
  readonly workerUrl: URL;
  /** Names of all locks that are held, by all pages of the site. */
  locks(): Promise<readonly string[]>;
  every(ms: number, look: () => void): void;
}

/** The version of the site that this page is: kept for when there is no network, and changed for a newer one only when its user says so. */
export class SiteVersion {
  /** A newer one is here, and waits. */
  offered = $state(false);
  /** The page can be loaded without a network. */
  isKept = $state(false);
  /** Why it is not kept, or the newer one not taken, in a sentence. */
  problem = $state<string | null>(null);
  readonly #port: SiteVersionPort;
  readonly #browser: VersionBrowser;
  #waiting: ServiceWorker | null = null;

  constructor(port: SiteVersionPort, browser = inBrowser) {
    this.#port = port;
    this.#browser = browser;
  }

  async begin(): Promise<void> {
    const { workers, workerUrl } = this.#browser;
    if (!workers) {
      this.problem =
        "This browser keeps no page for later here, so it needs its server each time. A private window and an address without https are reasons.";
      return;
    }
    try {
      const registration = await workers.register(workerUrl);
      this.#watch(registration, workers);
      await workers.ready;
      this.isKept = true;
      this.#browser.every(LOOK_MS, () => {
        // What is fetched and kept meanwhile would take the recording's time.
        if (!this.#port.isRecording()) void registration.update().catch(() => undefined);
      });
    } catch (error) {
      this.problem = `This page could not be kept for later, so it needs its server each time. (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  /** Why the page may not be loaded anew now, in a sentence; null: it may. */
  async reloadRefusal(): Promise<string | null> {
    const writing = (await this.#browser.locks()).some((name) => name.startsWith(WRITING));
    if (!writing && !this.#port.isRecording()) return null;
    return "Something is being recorded: this page is loaded anew when the recording has ended, not before.";
  }

  /** Loads the newer version. */
  async take(): Promise<void> {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.problem = await this.reloadRefusal();
    if (this.problem !== null) return;
    const others = await ask(waiting);
    if (others > 0)
      this.problem = `${others === 1 ? "Another page" : `${others} other pages`} of this site ${others === 1 ? "runs" : "run"} on the old version: close ${others === 1 ? "it" : "them"} first.`;
  }

  #watch(registration: ServiceWorkerRegistration, workers: NonNullable<VersionBrowser["workers"]>): void {
    // Where no worker serves the page yet, the first one is no newer version.
    if (registration.waiting && workers.controller) this.#offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const found = registration.installing;
      found?.addEventListener("statechange", () => {
        if (found.state === "installed" && workers.controller) this.#offer(found);
      });
    });
    workers.addEventListener("controllerchange", () => {
      if (this.#waiting) this.#port.reload();
    });
  }

  #offer(waiting: ServiceWorker): void {
    this.#waiting = waiting;
    this.offered = true;
    this.#port.say(
      "A new version of this page is here. It is loaded when you say so, or when all pages of it were closed.",
      {
        polite: true,
      },
    );
  }
}

/** @returns how many other pages it must wait for; 0: it takes over */
function ask(worker: ServiceWorker): Promise<number> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.postMessage("take over", [port2]);
  });
}

const inBrowser: VersionBrowser = {
  get workers() {
    // An address without https has none.
    return "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
  },
  get workerUrl() {
    return new URL("site-worker.js", document.baseURI);
  },
  locks: async () => ((await navigator.locks?.query())?.held ?? []).flatMap(({ name }) => name ?? []),
  every: (ms, look) => void setInterval(look, ms),
};
