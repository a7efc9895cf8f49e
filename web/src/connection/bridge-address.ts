import { DEFAULT_PORT, WEBSOCKET_PATH } from "@zarrcam/protocol";

const KEY = "zarrcam.bridge";

/**
 * The origin of the bridge that this page speaks to; null: of none. The bridge that gave the page, or, on the site, the one that was
 * kept. It stays what it is while the page lives: another bridge is another page.
 */
export function bridgeOrigin(): string | null {
  if (!import.meta.env.VITE_SITE) return new URL(location.href).origin;
  kept ??= { origin: read() };
  return kept.origin;
}
let kept: { origin: string | null } | null = null;

/** The control socket of a bridge. */
export function bridgeSocketUrl(origin: string): string {
  return new URL(WEBSOCKET_PATH, origin).href.replace(/^http/, "ws");
}
/** The files of a dataset of the bridge's, as a folder. */
export function bridgeDataUrl(name: string): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return new URL(`/data/${path}/`, bridgeOrigin() ?? location.href).href;
}

/** Keeps it in this browser, for the page that is loaded next. */
export function keepBridge(origin: string | null): void {
  if (origin === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, origin);
}

/**
 * The origin that somebody means who types an address: a link that a bridge printed, or a part of it.
 * @returns null: it is none
 */
export function readAddress(text: string): string | null {
  const typed = text.trim().replace(/^ws(s?):\/\//i, "http$1://");
  if (typed === "" || /\s/.test(typed)) return null;
  const withScheme = typed.includes("://") ? typed : `http://${typed}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return null;
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== "") return null;
  // A bridge is at its own port, unless somebody says another; what is behind TLS has the web's.
  const hasPort = /^https?:\/\/[^/?#]*:\d+/i.test(withScheme);
  if (!hasPort && url.protocol === "http:") url.port = String(DEFAULT_PORT);
  return url.origin;
}

function read(): string | null {
  try {
    return readAddress(localStorage.getItem(KEY) ?? "");
  } catch {
    // A browser that keeps nothing knows of none.
    return null;
  }
}
