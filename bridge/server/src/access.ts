import type { IncomingMessage } from "node:http";

import { type ListenerKind, isNameOf, listenerOf } from "./listeners/listener.ts";

/** Why a request is not answered, and the HTTP status that says so. */
export interface AccessDenial {
  status: 400 | 403;
  message: string;
}

const WRONG_HOST: Record<ListenerKind, string> = {
  loopback: "This bridge answers to the names of this computer only: use http://127.0.0.1.",
  lan: "This bridge answers to the names and addresses of its computer only; `zarrcam serve --name` gives it another name.",
  insecure:
    "This bridge answers to the names and addresses of its computer only; `zarrcam serve --name` gives it another name.",
};

/** Origins of pages that are not the bridge's own, by what they may do. */
export interface AllowedOrigins {
  /** May read `/data`; never the control socket. */
  read?: readonly string[];
  /** May do what the bridge's own page may: connect to the control socket, read `/data` and `/streams`. */
  control?: readonly string[];
}

/** What a page of another origin may read. */
export type ForeignRight = "data" | "everything";

/**
 * Who may talk to the bridge. Browsers bring foreign pages there: by a name that resolves to its address (DNS rebinding:
 * the Host header gives it away) or by asking from another origin (Origin and Sec-Fetch-Site give it away; a page cannot
 * forge any of the three).
 */
export class AccessPolicy {
  readonly #rights: ReadonlyMap<string, ForeignRight>;

  constructor({ read = [], control = [] }: AllowedOrigins) {
    this.#rights = new Map<string, ForeignRight>([
      ...read.map((origin) => [origin, "data"] as const),
      ...control.map((origin) => [origin, "everything"] as const),
    ]);
  }

  /** Whether the request names this computer as its host; asked of every request. Null: it does. */
  checkHost(request: IncomingMessage): AccessDenial | null {
    // Node takes the first of several Host headers; who sends two is refused.
    const [host, another] = request.headersDistinct.host ?? [];
    const listener = listenerOf(request);
    if (host !== undefined && another === undefined && isNameOf(host, listener)) return null;
    return { status: 403, message: WRONG_HOST[listener.kind] };
  }

  /** Whether a request may open the control socket: a script sends no Origin, a browser always does. Null: it may. */
  checkSocketOrigin(request: IncomingMessage): AccessDenial | null {
    const { origin } = request.headers;
    if (origin === undefined || this.#isOwn(origin, request)) return null;
    if (this.#rights.get(origin) === "everything") return null;
    const message = `The origin ${printable(origin)} may not control this bridge: --allow-control names those that may.`;
    return { status: 403, message };
  }

  /** Whether a request may read, and for which other page it asks; `foreign` null: for none. */
  checkReader(
    request: IncomingMessage,
  ): { denial: AccessDenial } | { denial: null; foreign: { origin: string; may: ForeignRight } | null } {
    const { origin } = request.headers;
    if (origin !== undefined && !this.#isOwn(origin, request)) {
      const may = this.#rights.get(origin);
      if (may !== undefined) return { denial: null, foreign: { origin, may } };
      const message = `The origin ${printable(origin)} may not read from this bridge: --allow-origin names those that may read the data, --allow-control those that may do all.`;
      return { denial: { status: 403, message } };
    }
    // Requests without CORS carry no Origin: images, scripts and frames of a foreign page. A typed address is "none".
    const site = request.headers["sec-fetch-site"];
    const foreign = site === "cross-site" || site === "same-site";
    if (origin === undefined && foreign && request.headers["sec-fetch-mode"] !== "navigate") {
      return { denial: { status: 403, message: "A foreign page may not read from this bridge." } };
    }
    return { denial: null, foreign: null };
  }

  #isOwn(origin: string, request: IncomingMessage): boolean {
    const { scheme } = listenerOf(request);
    return origin.toLowerCase() === `${scheme}://${request.headers.host?.toLowerCase()}`;
  }
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
