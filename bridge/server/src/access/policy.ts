import type { IncomingMessage } from "node:http";

import type { Route } from "@zarrcam/protocol";

import { type Listener, type ListenerKind, isNameOf } from "../listeners/listener.ts";
import { isLocalOrigin } from "./local-origin.ts";

/** Why a request is not answered, and the HTTP status that says so. */
export interface AccessDenial {
  status: 400 | 401 | 403 | 404 | 429 | 503;
  message: string;
  headers?: Readonly<Record<string, string>>;
  /** In a few words, for the audit log, where status and request do not say it. */
  why?: string;
}

const OTHER_NAME =
  "This bridge answers to the names and addresses of its computer only; `zarrcam serve --name` gives it another name.";
const WRONG_HOST: Record<ListenerKind, string> = {
  loopback: "This bridge answers to the names of this computer only: use http://127.0.0.1.",
  lan: OTHER_NAME,
  insecure: OTHER_NAME,
};

/** Origins of pages that are not the bridge's own, by what they may do. */
export interface AllowedOrigins {
  /** May read `/data`; never the control socket. */
  read?: readonly string[];
  /** May do what the bridge's own page may: connect to the control socket, read `/data` and `/streams`. */
  control?: readonly string[];
}

/** What a page of another origin may ask for. */
export type ForeignRight = "data" | "everything";
/** A page of another origin that may ask. */
export interface ForeignPage {
  origin: string;
  may: ForeignRight;
}

/** Which pages may ask for a route, besides the bridge's own. */
export type PageRoute = Pick<Route, "foreign">;

/**
 * By which name the bridge may be called, and which pages may ask it. Browsers bring foreign pages there: by a name that resolves
 * to its address (DNS rebinding: the Host header gives it away) or by asking from another origin (Origin and Sec-Fetch-Site give it
 * away; a page cannot forge any of the three).
 */
export class AccessPolicy {
  readonly #rights: ReadonlyMap<string, ForeignRight>;

  constructor({ read = [], control = [] }: AllowedOrigins) {
    this.#rights = new Map<string, ForeignRight>([
      ...read.map((origin) => [origin, "data"] as const),
      ...control.map((origin) => [origin, "everything"] as const),
    ]);
  }

  /** Whether the request calls the door that it came by, by a name of it; asked of every request. Null: it does. */
  checkHost(request: IncomingMessage, listener: Listener): AccessDenial | null {
    // Node takes the first of several Host headers; who sends two is refused.
    const [host, another] = request.headersDistinct.host ?? [];
    if (host !== undefined && another === undefined && isNameOf(host, listener)) return null;
    return { status: 403, message: WRONG_HOST[listener.kind] };
  }

  /**
   * Whether a page may ask for a route; scripts send no Origin, and may. `foreign` null: no page of another origin asks.
   *
   * @param tokenOrigin the page that the credential of the request is for
   */
  checkPage(
    request: IncomingMessage,
    listener: Listener,
    route: PageRoute,
    tokenOrigin: string | null = null,
  ): { denial: AccessDenial; foreign: null } | { denial: null; foreign: ForeignPage | null } {
    const { origin } = request.headers;
    if (route.foreign === "anybody") return { denial: null, foreign: null };
    if (origin !== undefined && !isOwnOrigin(request, listener)) {
      const named = tokenOrigin === origin ? "everything" : this.#rights.get(origin);
      if (named !== undefined && mayAsk(named, route)) return { denial: null, foreign: { origin, may: named } };
      if (route.foreign === "token" && isLocalOrigin(origin))
        return { denial: null, foreign: { origin, may: "everything" } };
      const message =
        named === undefined
          ? `The origin ${printable(origin)} may not use this bridge: --allow-origin names those that may read the data, --allow-control those that may do all.`
          : `The origin ${printable(origin)} may read the data of this bridge, and no more: --allow-control names those that may do all.`;
      return { denial: { status: 403, message }, foreign: null };
    }
    // Requests without CORS carry no Origin: images, scripts and frames of a foreign page. A typed address is "none".
    const site = request.headers["sec-fetch-site"];
    const foreign = site === "cross-site" || site === "same-site";
    const follows = request.headers["sec-fetch-mode"] === "navigate" && (request.method ?? "GET") === "GET";
    if (origin === undefined && foreign && !follows) {
      return { denial: { status: 403, message: "A foreign page may not use this bridge." }, foreign: null };
    }
    return { denial: null, foreign: null };
  }
}

function mayAsk(right: ForeignRight, { foreign }: PageRoute): boolean {
  return foreign === "read" || (foreign !== null && right === "everything");
}

/** Whether the page that asks is the bridge's own, by the door that it came by. */
export function isOwnOrigin({ headers }: IncomingMessage, { scheme }: Pick<Listener, "scheme">): boolean {
  return headers.origin?.toLowerCase() === `${scheme}://${headers.host?.toLowerCase()}`;
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
