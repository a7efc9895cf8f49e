import { isIP } from "node:net";

/**
 * Whether a page of this origin comes from a local network, encrypted, or from its reader's own computer: the page of another
 * bridge, say. A public page is none, whatever network its reader is in.
 */
export function isLocalOrigin(origin: string): boolean {
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    return false;
  }
  if (url.origin !== origin) return false;
  // What a computer says to itself nobody else reads.
  if (url.protocol === "http:") return /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:") return false;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) === 4) return /^(10|127|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\./.test(host);
  if (isIP(host) === 6) return /^(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(host) || host === "::1";
  return host.endsWith(".local") || !host.includes(".");
}
