import { readAddress } from "./bridge-address.ts";
import { BarredError, passTo } from "./bridge-access.ts";

export interface BridgeChoicePort {
  /** The bridge that this page speaks to; null: none. */
  readonly origin: string | null;
  /** Why the page may not be loaded anew now, in a sentence; null: it may. */
  reloadRefusal(): Promise<string | null>;
  keep(origin: string | null): void;
  reload(): void;
}

/** Which camera computer a page that came from elsewhere connects to, as its user chooses it. */
export class BridgeChoice {
  address = $state("");
  /** What goes on, or what came of it, in a sentence; null: nothing yet. */
  message = $state<{ text: string; bad: boolean } | null>(null);
  busy = $state(false);
  /** The page of the bridge that was asked last: it can be opened itself. */
  asked = $state<string | null>(null);
  readonly #port: BridgeChoicePort;
  readonly #pass: typeof passTo;

  constructor(port: BridgeChoicePort, pass = passTo) {
    this.#port = port;
    this.#pass = pass;
    this.address = port.origin ?? "http://127.0.0.1:8421";
  }

  /** The bridge that the page speaks to; null: none. */
  get origin(): string | null {
    return this.#port.origin;
  }

  /** Tries the way first, while the click still counts; the page is loaded anew only where it leads somewhere. */
  async connect(): Promise<void> {
    if (this.busy) return;
    const origin = readAddress(this.address);
    if (origin === null)
      return this.#say("This is no address. The camera computer prints it: http://127.0.0.1:8421, say.");
    this.busy = true;
    this.asked = origin;
    this.message = { text: `Asking ${origin} …`, bad: false };
    const asking = (): void => {
      this.message = { text: "The browser asks whether this site may reach it: press Allow.", bad: false };
    };
    try {
      const { version } = await this.#pass(origin, { byUser: true, asking });
      const refusal = await this.#port.reloadRefusal();
      if (refusal !== null) return this.#say(refusal);
      this.message = { text: `zarrcam ${version} answers. Connecting …`, bad: false };
      this.#change(origin);
    } catch (error) {
      this.#say(error instanceof BarredError ? error.message : String(error));
    } finally {
      this.busy = false;
    }
  }

  /** Goes on with this browser alone. */
  async forget(): Promise<void> {
    const refusal = await this.#port.reloadRefusal();
    if (refusal !== null) return this.#say(refusal);
    this.#change(null);
  }

  #change(origin: string | null): void {
    try {
      this.#port.keep(origin);
    } catch {
      return this.#say(
        "This browser keeps nothing for this site, so it cannot keep the address either. Allow it to, in the site's settings.",
      );
    }
    this.#port.reload();
  }
  #say(text: string): void {
    this.message = { text, bad: true };
  }
}
