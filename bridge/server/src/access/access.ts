import type { IncomingMessage, ServerResponse } from "node:http";

import { type Role, type Route, type RouteName, allows, routes } from "@zarrcam/protocol";

import { AccessFile, type StoredDevice } from "./access-file.ts";
import { AccessList } from "./access-list.ts";
import { bearerCredential, cookieCredential, noSessionCookie, offeredTicket, sessionCookie } from "./credentials.ts";
import { GuessLimit } from "./guess-limit.ts";
import { type Listener, type Reach, listenerOf } from "../listeners/listener.ts";
import { OpenAnswers } from "./open-answers.ts";
import { type AccessDenial, AccessPolicy, type AllowedOrigins, type ForeignPage, isOwnOrigin } from "./policy.ts";
import { type Principal, anybodyInsecure, forbiddenText, thisComputer } from "./principal.ts";
import { type AccessRefusal, refusalOf } from "./refusal.ts";
import { isSecret } from "./secrets.ts";
import { Tickets } from "./tickets.ts";

/** How often what another program wrote is looked for, ms. */
const LOOK_EVERY_MS = 1000;

/** What was done to who may connect, or refused: for the log and the audit log. Nothing in it is secret. */
export interface AccessAct {
  action:
    "paired" | "renamed" | "role" | "revoked" | "left" | "invited" | "withdrawn" | "reset" | "guessing" | "damaged";
  /** A whole sentence for people. */
  detail: string;
  /** Who did it; null: nobody that the bridge knows. */
  by: Principal | null;
  address: string;
  refused: boolean;
}

export interface AccessOptions {
  /** Where it is kept who may connect; null: in memory, as long as the bridge runs. */
  stateDir: string | null;
  allowedOrigins: AllowedOrigins;
  /** How the bridge is reached from other computers; null: not at all. */
  reach: () => Reach | null;
  /** Is told what was done. */
  report: (act: AccessAct) => void;
  /** Is told of each request that was refused: of a flood of them, too. */
  refused?: (refusal: AccessRefusal) => void;
}

/** What is to be done with a request. */
export interface Admission {
  /** Why it is not answered. Null: it is. */
  denial: AccessDenial | null;
  /** Who asks; null: nobody that the bridge knows, where the route is anybody's. */
  principal: Principal | null;
  /** The page of another origin that asks, which may read the answer, the denial too. */
  foreign: ForeignPage | null;
  /** What the browser is to keep of its session from now on; null: nothing new. */
  setCookie: string | null;
}

const NOT_ADMITTED: Admission = { denial: null, principal: null, foreign: null, setCookie: null };

/** Who a request is from, and what came with it. */
interface Identified {
  principal: Principal | null;
  /** The page that its token or ticket is for. */
  tokenOrigin: string | null;
  /** Why somebody who showed something is nobody. */
  denial: AccessDenial | null;
  setCookie: string | null;
}

const NOBODY: Identified = { principal: null, tokenOrigin: null, denial: null, setCookie: null };

/** Who may talk to the bridge, and what they may do: the one place that decides it. */
export class Access {
  readonly list: AccessList;
  readonly tickets = new Tickets();
  readonly reach: () => Reach | null;
  readonly report: (act: AccessAct) => void;
  readonly refused: (refusal: AccessRefusal) => void;
  /** Wrong tokens of invitations; apart from the sessions, so that who was revoked may be invited anew at once. */
  readonly invitationGuesses = new GuessLimit();
  readonly #sessionGuesses = new GuessLimit();
  readonly #policy: AccessPolicy;
  readonly #answers = new OpenAnswers((principal) => this.current(principal));
  readonly #look: NodeJS.Timeout | null;
  #toldFault: string | null = null;

  private constructor(list: AccessList, { stateDir, allowedOrigins, reach, report, refused }: AccessOptions) {
    this.list = list;
    this.reach = reach;
    this.report = report;
    this.refused = refused ?? (() => undefined);
    this.#policy = new AccessPolicy(allowedOrigins);
    list.onChange(() => {
      this.#answers.review();
      this.reportFault();
    });
    this.#look = stateDir === null ? null : setInterval(() => void list.refresh(), LOOK_EVERY_MS).unref();
  }

  static async open(options: AccessOptions): Promise<Access> {
    const file = options.stateDir === null ? null : new AccessFile(options.stateDir);
    return new Access(await AccessList.open(file), options);
  }

  /** Tells, once, that the list cannot be read. */
  reportFault(): void {
    const detail = this.list.fault?.message ?? null;
    if (detail !== null && detail !== this.#toldFault)
      this.report({ action: "damaged", detail, by: null, address: "", refused: true });
    this.#toldFault = detail;
  }

  /** Of every request, before its path is looked at. Null: it calls the bridge by a name of its own. */
  checkHost(request: IncomingMessage): AccessDenial | null {
    const denial = this.#policy.checkHost(request, listenerOf(request));
    if (denial) this.refused(refusalOf(request, denial, null, "", addressOf(request)));
    return denial;
  }

  /** Notes that a request was refused for what it is, whoever sent it. @param path of its route; empty: it has none. */
  refuse(request: IncomingMessage, status: number, why: string, path = "", principal: Principal | null = null): void {
    this.refused(refusalOf(request, { status, why }, principal, path, addressOf(request)));
  }

  /** Whether a request is answered, and for whom. Of every request whose `Host` is right. */
  admit(request: IncomingMessage, name: RouteName): Admission {
    const route: Route = routes[name];
    const admission = this.#admission(request, name, route);
    const { denial, principal } = admission;
    if (denial) this.refused(refusalOf(request, denial, principal, route.path, addressOf(request)));
    return admission;
  }

  #admission(request: IncomingMessage, name: RouteName, route: Route): Admission {
    const listener = listenerOf(request);
    // A browser sends it without any credential, before the request itself.
    if (request.method === "OPTIONS") return this.#admitPreflight(request, listener, route);
    // Files of the page and pairing are anybody's, whatever stale cookie comes along.
    const asksWho = route.role !== null || name === "hello";
    const who = asksWho ? this.#identify(request, listener, name) : NOBODY;
    const page = this.#policy.checkPage(request, listener, route, who.tokenOrigin);
    if (page.denial) return { ...NOT_ADMITTED, denial: page.denial };
    const { foreign } = page;
    const { principal, setCookie } = who;
    if (route.role === null) return { denial: null, principal, foreign, setCookie };
    if (!principal) return { ...NOT_ADMITTED, denial: who.denial ?? this.#notPaired(listener), foreign };
    const denial = allows(principal.role, route.role) ? null : forbidden(route.path, route.role, principal);
    return { denial, principal, foreign, setCookie };
  }

  /** The browser that shows its session with a request that anybody may make; null: none does. */
  browserOf(request: IncomingMessage): StoredDevice | null {
    const device = this.#shown(request, listenerOf(request), "pair");
    return device !== "wrong" && device?.kind === "device" ? device : null;
  }

  /** Who a principal is now; null: it was revoked, or has been forgotten. */
  current(principal: Principal): Principal | null {
    if (principal.kind === "this_computer" || principal.kind === "insecure") return principal;
    const device = this.list.find(principal.id, Date.now());
    if (!device) return null;
    const { name, role } = device;
    return name === principal.name && role === principal.role ? principal : { ...principal, name, role };
  }

  /** Notes that a principal is there, though it asks nothing. */
  touch({ id, address }: Principal): void {
    const device = this.list.find(id, Date.now());
    if (device) this.list.touch(device, address, Date.now());
  }

  /** An answer to whoever may lose the right to it before it ends: it ends then. */
  hold(response: ServerResponse, principal: Principal, name: RouteName): void {
    const { role } = routes[name];
    // Who leaves is told so.
    if (role !== null && name !== "leave") this.#answers.hold(response, principal, role);
  }

  close(): void {
    if (this.#look) clearInterval(this.#look);
  }

  #admitPreflight(request: IncomingMessage, listener: Listener, route: Route): Admission {
    const { origin } = request.headers;
    const isTokens = origin !== undefined && this.list.devices.some((device) => device.origin === origin);
    const { denial, foreign } = this.#policy.checkPage(request, listener, route, isTokens ? origin : null);
    return { ...NOT_ADMITTED, denial, foreign };
  }

  #identify(request: IncomingMessage, listener: Listener, name: RouteName): Identified {
    const address = addressOf(request);
    if (listener.kind === "loopback") return { ...NOBODY, principal: thisComputer(address) };
    const device = this.#shown(request, listener, name);
    if (device === null) {
      return listener.kind === "insecure" ? { ...NOBODY, principal: anybodyInsecure(address) } : NOBODY;
    }
    if (device !== "wrong") {
      this.list.touch(device, address, Date.now());
      const { id, name, role, kind } = device;
      const shown = cookieCredential(request, listener.port);
      const isItsCookie = shown !== null && shown !== "unreadable" && shown.id === id;
      const setCookie = isItsCookie ? sessionCookie(listener.port, shown) : null;
      return { ...NOBODY, principal: { id, name, role, kind, address }, tokenOrigin: device.origin, setCookie };
    }
    const setCookie = cookieCredential(request, listener.port) === null ? null : noSessionCookie(listener.port);
    const nowMs = performance.now();
    const waitMs = this.#sessionGuesses.waitMs(address, nowMs);
    if (waitMs > 0) return { ...NOBODY, denial: tooManyGuesses(waitMs), setCookie };
    if (this.#sessionGuesses.count(address, nowMs)) this.reportGuessing("sessions", address);
    const denial = { ...this.#notPaired(listener), why: "shows what lets nobody in: it never did, or was ended" };
    const headers = { ...denial.headers, ...(setCookie !== null && { "Set-Cookie": setCookie }) };
    return { ...NOBODY, denial: { ...denial, headers }, setCookie };
  }

  /** The device that shows its secret; null: nothing was shown; `"wrong"`: something that is good for nothing, or not for this page. */
  #shown(request: IncomingMessage, listener: Listener, name: RouteName): StoredDevice | "wrong" | null {
    const { origin } = request.headers;
    const isForeign = origin !== undefined && !isOwnOrigin(request, listener);
    const ticket = name === "socket" ? offeredTicket(request) : null;
    if (ticket !== null) {
      const of = this.tickets.take(ticket, isForeign ? origin : null, performance.now());
      return (of === null ? null : this.list.find(of, Date.now())) ?? "wrong";
    }
    // A cookie comes along whoever makes a browser ask: it counts for the bridge's own page alone.
    const shown = bearerCredential(request) ?? (isForeign ? null : cookieCredential(request, listener.port));
    if (shown === null) return null;
    if (shown === "unreadable") return "wrong";
    const device = this.list.find(shown.id, Date.now());
    // As long for an id that there is not.
    const isIts = isSecret(shown.secret, device?.secret_sha256 ?? NO_HASH);
    if (!device || !isIts) return "wrong";
    return device.origin === null || device.origin === origin ? device : "wrong";
  }

  reportGuessing(what: "sessions" | "invitations", address: string): void {
    const detail = `Somebody at ${address} shows wrong ${what} again and again, and has to wait now.`;
    this.report({ action: "guessing", detail, by: null, address, refused: true });
  }

  #notPaired({ kind }: Listener): AccessDenial {
    const way =
      'open the link that an admin made on the page under Access, or that "zarrcam access invite" prints on the camera computer';
    const message = this.list.fault
      ? "Nobody is let in over the network: the list of who may is damaged. On the camera computer, the log says more."
      : kind === "insecure"
        ? "Nobody is known by what this request shows."
        : `This browser or script is not paired with this bridge: ${way}. Scripts send the token of theirs as "Authorization: Bearer".`;
    return { status: 401, message, headers: NOT_PAIRED_HEADERS };
  }
}

const NOT_PAIRED_HEADERS = { "WWW-Authenticate": 'Bearer realm="zarrcam"' };
const NO_HASH = "A".repeat(43);

/** From where a request comes; IPv4 as itself. */
export function addressOf({ socket }: Pick<IncomingMessage, "socket">): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

export function tooManyGuesses(waitMs: number): AccessDenial {
  const seconds = Math.ceil(waitMs / 1000);
  return {
    status: 429,
    message: `Too many wrong tokens came from this address. Try again in ${seconds} s.`,
    headers: { "Retry-After": String(seconds) },
  };
}

function forbidden(path: string, needed: Role, principal: Principal): AccessDenial {
  return { status: 403, message: forbiddenText(path, needed, principal) };
}
