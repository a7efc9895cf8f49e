import { isSecret, shortSecret } from "./secrets.ts";

/** How long a ticket is good: a page asks for one when it connects. */
const KEPT_MS = 30_000;
/** Open at the same time; the oldest goes first. */
const MOST = 256;

interface Ticket {
  sha256: string;
  /** Of whom: its id. */
  of: string;
  /** The page that asked for it; null: none. */
  origin: string | null;
  endsMs: number;
}

/** Tickets for one WebSocket each: a browser sends no header of a page's own with it, and an address is no place for a secret. */
export class Tickets {
  #open: Ticket[] = [];

  /** @param nowMs of a clock that never goes back. */
  make(of: string, origin: string | null, nowMs: number): string {
    const { text, sha256 } = shortSecret();
    this.#open = [
      ...this.#open.filter(({ endsMs }) => endsMs > nowMs).slice(1 - MOST),
      { sha256, of, origin, endsMs: nowMs + KEPT_MS },
    ];
    return text;
  }

  /** Whose it is; it is used up. Null: it is none, not this page's, too old, or was used. */
  take(text: string, origin: string | null, nowMs: number): string | null {
    const found = this.#open.find((ticket) => isSecret(text, ticket.sha256));
    if (!found) return null;
    this.#open = this.#open.filter((ticket) => ticket !== found);
    return found.endsMs > nowMs && found.origin === origin ? found.of : null;
  }
}
