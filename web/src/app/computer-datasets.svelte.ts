import { type ConnectedRuntime, RemoteRuntime } from "@zarrcam/client/remote";
import type { RuntimeState } from "@zarrcam/protocol";
import { passTo } from "../connection/bridge-access.ts";
import { bridgeSocketUrl } from "../connection/bridge-address.ts";
import type { CamerasOf } from "../connection/cameras-of.ts";

interface ComputerDatasetsPort {
  readonly camerasOf: CamerasOf;
  /** Null: there is no camera computer. */
  readonly bridgeOrigin: string | null;
  readonly runtime: ConnectedRuntime | null;
  readonly isConnected: boolean;
  readonly isRecording: boolean;
  readonly dataDir: string;
  /** Its datasets are there, or others. */
  datasetsChanged(): void;
}

/** So long after an attempt that failed the next one is made, ms. */
const RETRY_MS = 5000;

/** The datasets of the camera computer, also while the page shows the cameras of this browser: then by a connection of their own. */
export class ComputerDatasets {
  readonly #port: ComputerDatasetsPort;
  #own = $state.raw<RemoteRuntime | null>(null);
  #isOpen = $state(false);
  #state = $state<RuntimeState>("Armed");

  constructor(port: ComputerDatasetsPort) {
    this.#port = port;
  }

  get #isElsewhere(): boolean {
    return this.#port.camerasOf === "This browser";
  }
  /** Whom to ask of them; null: nobody. */
  get runtime(): ConnectedRuntime | null {
    return this.#isElsewhere ? this.#own : this.#port.runtime;
  }
  get isConnected(): boolean {
    return this.#isElsewhere ? this.#isOpen : this.#port.isConnected;
  }
  /** Its disk is a recording's alone. */
  get isRecording(): boolean {
    return this.#isElsewhere ? this.#state === "Running" : this.#port.isRecording;
  }
  get folder(): string {
    return this.#isElsewhere ? (this.#own?.hello.data_dir ?? "") : this.#port.dataDir;
  }

  async connect(): Promise<void> {
    const { bridgeOrigin } = this.#port;
    if (!this.#isElsewhere || bridgeOrigin === null) return;
    while (!this.#own)
      try {
        if (bridgeOrigin !== location.origin) await passTo(bridgeOrigin, { byUser: false });
        const runtime = await RemoteRuntime.connect(bridgeSocketUrl(bridgeOrigin), { reconnect: true });
        this.#state = runtime.hello.state;
        runtime.onConnection(({ state }) => {
          this.#isOpen = state === "connected";
          if (this.#isOpen) this.#port.datasetsChanged();
        });
        runtime.on("state", ({ state }) => {
          this.#state = state;
          this.#port.datasetsChanged();
        });
        this.#isOpen = true;
        this.#own = runtime;
      } catch {
        // Nothing of this page waits for it.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    this.#port.datasetsChanged();
  }
}
