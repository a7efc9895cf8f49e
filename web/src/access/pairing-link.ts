// The secret of an invitation as it comes to a page: in the fragment of its own address, or pasted by hand.

/** What somebody pasted. */
export type Pasted =
  | { kind: "token"; token: string }
  /** A link of another address than this page's: its secret belongs there, and is not tried here. */
  | { kind: "elsewhere"; link: string; host: string }
  | { kind: "none" };

/** Secrets are base64url; whatever is shorter than 128 bits is no secret of ours. */
const TOKEN = /^[A-Za-z0-9_-]{22,200}$/;

/** The token of an address's fragment; null: it has none. */
export function tokenOf(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("pair");
  return token !== null && TOKEN.test(token) ? token : null;
}

/**
 * Takes the secret out of the page's own address, so that neither history nor a copied address has it.
 * @returns null: there is none
 */
export function takeToken(
  location: Pick<Location, "hash" | "pathname" | "search">,
  history: Pick<History, "replaceState" | "state">,
): string | null {
  const { hash, pathname, search } = location;
  if (!/[#&]pair=/.test(hash)) return null;
  history.replaceState(history.state, "", pathname + search);
  return tokenOf(hash);
}

/** @param origin of this page */
export function readPasted(text: string, origin: string): Pasted {
  const pasted = text.trim();
  if (TOKEN.test(pasted)) return { kind: "token", token: pasted };
  let url: URL;
  try {
    url = new URL(pasted);
  } catch {
    const token = tokenOf(pasted);
    return token === null ? { kind: "none" } : { kind: "token", token };
  }
  const token = tokenOf(url.hash);
  if (token === null || !/^https?:$/.test(url.protocol)) return { kind: "none" };
  return url.origin === origin ? { kind: "token", token } : { kind: "elsewhere", link: url.href, host: url.host };
}
