import type { Paired } from "@zarrcam/protocol";
import { EntryError, enter } from "./entry-client.ts";
import { readPasted } from "./pairing-link.ts";

export interface EntryPort {
  /** Of this page. */
  readonly origin: string;
  /** What this device is called where its user says nothing. */
  readonly deviceName: string;
  /** Leaves for the page of another zarrcam. */
  open(link: string): void;
  /** The page was let in. */
  entered(paired: Paired): void;
}

/** The way in: a link or its secret, and a name for this device. */
export class Entry {
  name = $state("");
  /** What was pasted. */
  pasted = $state("");
  /** Why it did not let in; null: nothing was tried, or it is being tried. */
  problem = $state<string | null>(null);
  busy = $state(false);
  /** The secret that the page was opened with; null: none, or it is spent. */
  #token = $state<string | null>(null);
  readonly #port: EntryPort;
  readonly #enter: typeof enter;

  constructor(port: EntryPort, token: string | null, doEnter = enter) {
    this.#port = port;
    this.#token = token;
    this.#enter = doEnter;
    this.name = port.deviceName;
  }

  /** A link is asked for; otherwise the page has one. */
  get needsLink(): boolean {
    return this.#token === null;
  }

  async submit(): Promise<void> {
    if (this.busy) return;
    const token = this.#token ?? this.#readPasted();
    if (token === null) return;
    this.busy = true;
    this.problem = null;
    try {
      this.#port.entered(await this.#enter(token, this.name.trim() || this.#port.deviceName));
    } catch (error) {
      if (error instanceof EntryError && error.isSpent) [this.#token, this.pasted] = [null, ""];
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  #readPasted(): string | null {
    const pasted = readPasted(this.pasted, this.#port.origin);
    if (pasted.kind === "token") return pasted.token;
    if (pasted.kind === "elsewhere") {
      this.problem = `This link leads to another address, ${pasted.host}: opening it there.`;
      this.#port.open(pasted.link);
    } else if (this.pasted.trim() === "") this.problem = "Paste the link that you were given.";
    else this.problem = "This is no link of a zarrcam. It begins with https:// and has “#pair=” in it: copy all of it.";
    return null;
  }
}
