// Whether a page of another origin, the static site, gets through to a bridge: its browser's user must allow it, and so must the bridge.
import { addressSpaceOf, introduce } from "@zarrcam/client/remote";
import type { Introduction } from "@zarrcam/protocol";

/**
 * What stands between the page and a bridge. `unasked`: the browser will ask its user, who has to press something first ·
 * `unanswered`: it asked, and the question was closed · `denied`: its user said no · `reader`: the bridge lets this origin read alone ·
 * `unpaired`: it lets in who is paired, and this page is not · `silent`: nobody answers whom this page may read.
 */
export type Barrier = "unasked" | "unanswered" | "denied" | "reader" | "unpaired" | "silent";

/** Why a bridge is out of reach, in sentences with the way out. */
export class BarredError extends Error {
  readonly barrier: Barrier;
  /** Resolves when it is worth another try. */
  readonly again: Promise<void>;

  constructor(barrier: Barrier, message: string, again: Promise<void>) {
    super(message);
    this.barrier = barrier;
    this.again = again;
  }
}

/** What the browser gives, for tests. */
export interface BrowserSide {
  readonly pageOrigin: string;
  /** Whether the page came by a way that nobody can change, or from this computer: others are asked for no permission, and get none. */
  readonly isSecure: boolean;
  introduce(url: string, token?: string): Promise<Introduction>;
  /** @throws where the browser has no such permission. */
  permission(name: string): Promise<PermissionStatus>;
  wait(ms: number): Promise<void>;
}

const RETRY_MS = 5000;

/** How the bridge is started so that pages of this origin may connect. */
export const startCommand = (pageOrigin: string): string => `npm start -- --allow-control ${pageOrigin}`;

/**
 * Resolves when the page may connect to the bridge.
 *
 * @param byUser somebody has just asked for it, so the browser may ask, too
 * @param asking called when the browser asks its user now
 * @param token what lets this page in, where the bridge asks for it
 * @throws BarredError
 */
export async function passTo(
  origin: string,
  { byUser, asking, token }: { byUser: boolean; asking?: () => void; token?: string | undefined },
  browser: BrowserSide = inBrowser,
): Promise<Introduction> {
  const permission = isAsked(browser.pageOrigin) ? await networkPermission(origin, browser) : null;
  const willAsk = permission?.state === "prompt";
  const barred = (barrier: Barrier): BarredError => {
    const changed = permission && new Promise<void>((resolve) => (permission.onchange = () => resolve()));
    const waits = barrier === "silent" || barrier === "reader" ? [browser.wait(RETRY_MS)] : [];
    return new BarredError(barrier, words(barrier, origin, browser), first([...waits, changed]));
  };
  // Of plain http it is always denied; but such a page may be of the same network, and then needs no permission.
  if (permission?.state === "denied" && browser.isSecure) throw barred("denied");
  if (willAsk && !byUser) throw barred("unasked");
  if (willAsk) asking?.();
  let introduction: Introduction;
  try {
    introduction = await browser.introduce(origin, token);
  } catch {
    const now = permission && (await networkPermission(origin, browser))?.state;
    throw barred(now === "denied" ? "denied" : willAsk && now === "prompt" ? "unanswered" : "silent");
  }
  if (!introduction.may_control) throw barred("reader");
  return introduction;
}

function words(barrier: Barrier, origin: string, { pageOrigin, isSecure }: BrowserSide): string {
  const start = `start zarrcam there with: ${startCommand(pageOrigin)}`;
  switch (barrier) {
    case "unasked":
      return `The browser will ask whether this site may reach ${origin}: press Connect, then Allow.`;
    case "unanswered":
      return `The browser asked whether this site may reach ${origin}, and the question was closed. Press Connect again, then Allow.`;
    case "denied":
      if (!isSecure)
        return `Browsers do not let a page of plain http reach ${origin}. Open this page over https, or open ${origin} itself.`;
      return `This browser does not let this site reach ${origin}. Allow it in the site's settings (the symbol beside the address: local network, apps on this device), or open ${origin} itself.`;
    case "reader":
      return `The camera computer lets pages of ${pageOrigin} read its data, but not connect. To connect, ${start}`;
    case "unpaired":
    case "silent":
      return `No zarrcam answers this page at ${origin}. It may not run, or not allow pages of ${pageOrigin}: ${start}`;
  }
}

/** The permission that the browser asks for, by the newest name it knows; null: it asks for none, or does not tell. */
async function networkPermission(origin: string, browser: BrowserSide): Promise<PermissionStatus | null> {
  const space = addressSpaceOf(new URL(origin).hostname);
  for (const name of [...(space ? [`${space}-network`] : []), "local-network-access"])
    try {
      return await browser.permission(name);
    } catch {
      // Another browser, or an older one.
    }
  return null;
}

/**
 * Browsers ask before a page of the internet reaches into a network. One of this computer, or of a local network, they ask nothing, as far as
 * its address tells.
 */
const isAsked = (pageOrigin: string): boolean => addressSpaceOf(new URL(pageOrigin).hostname) === null;

/** A page that came from this computer is let through without a question. */
export const isOfThisComputer = (pageOrigin: string): boolean =>
  addressSpaceOf(new URL(pageOrigin).hostname) === "loopback";

/** Never, where there is nothing to wait for. */
const first = (waits: readonly (Promise<void> | null)[]): Promise<void> =>
  Promise.race([new Promise<void>(() => undefined), ...waits.flatMap((wait) => wait ?? [])]);

const inBrowser: BrowserSide = {
  get pageOrigin() {
    return location.origin;
  },
  get isSecure() {
    return isSecureContext;
  },
  introduce: (url, token) => introduce(url, token === undefined ? {} : { token }),
  permission: (name) => navigator.permissions.query({ name: name as PermissionName }),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
