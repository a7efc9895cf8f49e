import type { Say } from "../log/say.ts";
import { errorText } from "../ui/error-text.ts";
import { formatBytes } from "../ui/format.ts";

/** What the browser's own storage has room for. */
export interface StorageUsage {
  usedBytes: number;
  /** `usedBytes` included. */
  quotaBytes: number;
  /** Whether the browser keeps it until the user deletes it. */
  persisted: boolean;
}

export interface BrowserStoragePort {
  /** Why there is none in this browser, in a sentence; null: there is. */
  readonly unavailable: string | null;
  usage(): Promise<StorageUsage>;
  /** Asks the browser to keep it. */
  persist(): Promise<boolean>;
  say: Say;
}

/** The room of this browser, and whether what is in it stays. */
export class BrowserStorage {
  usage = $state.raw<StorageUsage | null>(null);
  readonly #port: BrowserStoragePort;

  constructor(port: BrowserStoragePort) {
    this.#port = port;
  }

  get unavailable(): string | null {
    return this.#port.unavailable;
  }
  /** "1.2 GB of 60 GB in this browser used"; null: not known. */
  get text(): string | null {
    const { usage } = this;
    return usage && `${formatBytes(usage.usedBytes)} of ${formatBytes(usage.quotaBytes)} in this browser used`;
  }

  async refresh(): Promise<void> {
    if (this.unavailable !== null) return;
    // Some browsers tell nothing in a private window.
    this.usage = await this.#port.usage().catch(() => null);
  }

  async keep(): Promise<void> {
    const { say } = this.#port;
    try {
      const kept = await this.#port.persist();
      say(
        kept
          ? "This browser keeps its datasets until you delete them."
          : "This browser does not promise to keep its datasets. It may when the page is installed, bookmarked or used more often; export or copy what must not be lost.",
        { level: kept ? "info" : "warning", polite: true },
      );
    } catch (error) {
      say(errorText(error), { level: "error", polite: true });
    }
    await this.refresh();
  }
}
