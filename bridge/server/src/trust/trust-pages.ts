import type { X509Certificate } from "node:crypto";

import { trustPage } from "./page.ts";
import { SCRIPT, WORKER } from "./script.ts";
import { STYLE } from "./style.ts";

/** What a bridge shows of its certificate to those who do not trust it yet. */
export interface TrustSubject {
  /** What is to be trusted; null: the certificate was given, and no authority of this computer stands behind it. */
  readonly authority: X509Certificate | null;
  /** The certificate that was given, or the authority's. */
  readonly anchor: X509Certificate;
}

export interface TrustAnswer {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const HTML = "text/html; charset=utf-8";

/** The name under which browsers keep the file. */
const SAVED_AS = "zarrcam-authority";

/**
 * The pages at `/trust`. They come before any trust, so they are given to everybody, over https and plain http alike: nothing in
 * them is secret, and that the certificate is the right one is told by its fingerprint alone, not by how it came.
 */
export class TrustPages {
  readonly #subject: TrustSubject;

  constructor(subject: TrustSubject) {
    this.#subject = subject;
  }

  /**
   * Null: there is no such page.
   *
   * @param path segments of the request's path, decoded.
   * @param url of the bridge over https, as this client may reach it.
   * @param secure whether it was asked for over https.
   */
  answer(path: readonly string[], url: string, secure: boolean): TrustAnswer | null {
    if (path[0] !== "trust" || path.length > 2) return null;
    const { authority, anchor } = this.#subject;
    // Of one that was given its authority is its giver's affair: what the fingerprint is of is to be had all the same.
    const pinned = authority ?? anchor;
    switch (path[1]) {
      case undefined:
        return page(HTML, trustPage({ authority, anchor, url, secure }));
      case "trust.css":
        return page("text/css; charset=utf-8", STYLE);
      case "trust.js":
        return page("text/javascript; charset=utf-8", SCRIPT);
      case "worker.js":
        return page("text/javascript; charset=utf-8", WORKER);
      case "icon.svg":
        return page("image/svg+xml", ICON);
      case "authority.crt":
        return certificate(pinned.raw, `${SAVED_AS}.crt`, "application/x-x509-ca-cert");
      case "authority.pem":
        return certificate(Buffer.from(pinned.toString()), `${SAVED_AS}.pem`, "application/x-pem-file");
      default:
        return null;
    }
  }
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="none" stroke="#0a7d46" stroke-width="2" d="M8 1.5 14 4v4c0 3-2.5 5.5-6 6.5C4.5 13.5 2 11 2 8V4zM5 8l2.2 2.2L11 6.3"/></svg>\n`;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function page(contentType: string, text: string): TrustAnswer {
  return answer(contentType, Buffer.from(text), { "Content-Security-Policy": POLICY });
}

function certificate(body: Buffer, name: string, contentType: string): TrustAnswer {
  return answer(contentType, body, { "Content-Disposition": `attachment; filename="${name}"` });
}

function answer(contentType: string, body: Buffer, more: Record<string, string>): TrustAnswer {
  const headers = {
    "Cross-Origin-Resource-Policy": "same-origin",
    ...more,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
  return { contentType, headers, body };
}
