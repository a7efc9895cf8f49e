import { type Introduction, introductionSchema } from "@zarrcam/protocol";
import { safeParse } from "valibot";

import { DisconnectedError } from "../errors.ts";

/** Where a network address lies, as browsers divide them. */
export type AddressSpace = "loopback" | "local";

/** Where a host lies by its name; null: anywhere, as far as its name tells. */
export function addressSpaceOf(hostname: string): AddressSpace | null {
  const host = hostname.toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host))
    return "loopback";
  if (/^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)(\.\d+){2,3}$/.test(host)) return "local";
  return host.endsWith(".local") || /^\[(f[cd]|fe[89ab])/.test(host) ? "local" : null;
}

export interface IntroduceOptions {
  signal?: AbortSignal;
  /** What lets this page in, where the bridge asks for it. */
  token?: string;
}

/**
 * Asks a bridge who it is and what this page may. Browsers that ask their user before a page may reach a local network do so here,
 * where waiting for the answer harms nothing, and not at the socket, which would fail meanwhile. For window and worker.
 *
 * @param url any address of the bridge's
 * @throws DisconnectedError where nobody answers whom this page may read; browsers do not tell the two from each other.
 */
export async function introduce(url: string, { signal, token }: IntroduceOptions = {}): Promise<Introduction> {
  const address = new URL("/hello", url.replace(/^ws/, "http"));
  const options: RequestInit = {
    mode: "cors",
    // The own page is known by its cookie; another's brings none.
    credentials: "same-origin",
    referrerPolicy: "no-referrer",
    // The types of Node do not know it.
    ...{ cache: "no-store" },
    ...(signal ? { signal } : {}),
    ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
  };
  let answer: unknown;
  try {
    const response = await fetch(intoSpace(address, options));
    answer = response.ok ? await response.json() : null;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new DisconnectedError(`No zarrcam answers this page at ${address.origin}.`, { cause });
  }
  const parsed = safeParse(introductionSchema, answer);
  if (!parsed.success) throw new DisconnectedError(`What answers at ${address.origin} is no zarrcam of this version.`);
  return parsed.output;
}

/** A request to a bridge. With the space named, a browser also lets a page of `https` ask a local server that has no certificate. */
export function intoSpace(address: URL, options: RequestInit): Request {
  const targetAddressSpace = addressSpaceOf(address.hostname);
  if (targetAddressSpace)
    try {
      return new Request(address, { ...options, targetAddressSpace } as RequestInit);
    } catch {
      // A browser that divides networks by other words.
    }
  return new Request(address, options);
}

/** A bridge that does not say so within this time may answer the next attempt, ms. */
const SHUT_OUT_TIMEOUT_MS = 3000;

/** Whether a bridge answers and does not let the asker in: it must be paired. For `RemoteOptions.isShutOut`. */
export async function isShutOut(url: string): Promise<boolean> {
  const { you } = await introduce(url, { signal: AbortSignal.timeout(SHUT_OUT_TIMEOUT_MS) });
  return you === null;
}
