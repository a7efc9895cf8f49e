import type { IncomingMessage } from "node:http";

import type { Principal } from "./principal.ts";

/** A request that was refused, for who asked, from where, by which name or how: for the audit log. Nothing in it is secret. */
export interface AccessRefusal {
  /** Null: nobody that the bridge knows. */
  principal: Principal | null;
  /** The request, without what may stand in its address. */
  action: string;
  /** Why, in a few words. */
  detail: string;
  address: string;
  /** Of HTTP. */
  status: number;
}

/** Longer is no origin and no name. */
const MOST_CHARACTERS = 100;

/** What is to be said of a request that was denied; `why` in a few words, where status and request do not say it. `path`: of its route, as the protocol writes it. */
export function refusalOf(
  { method, headers }: IncomingMessage,
  { status, why }: { status: number; why?: string },
  principal: Principal | null,
  path: string,
  address: string,
): AccessRefusal {
  return { principal, action: `${method ?? "GET"} ${path}`.trimEnd(), detail: why ?? itsReason(), address, status };

  function itsReason(): string {
    if (status === 401) return "not paired";
    if (status === 429) return "too many wrong tokens";
    if (principal) return `has the role ${principal.role}`;
    if (path === "") return `by the name ${printable(headers.host)}`;
    return headers.origin === undefined ? "by another page" : `by a page of ${printable(headers.origin)}`;
  }
}

function printable(text = "none"): string {
  return JSON.stringify(text.slice(0, MOST_CHARACTERS));
}
