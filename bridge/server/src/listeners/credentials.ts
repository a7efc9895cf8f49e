import type { X509Certificate } from "node:crypto";

/** What a bridge shows to other computers as its proof, and how it is renewed. */
export interface Credentials {
  /** Certificate chain and key, PEM. */
  readonly pair: { readonly cert: string; readonly key: string };
  /** Whose fingerprint other computers know: the authority's, or the certificate's that was given. */
  readonly anchor: X509Certificate;
  /** What other computers have to be told to trust; null: it was given, and whoever gave it knows who trusts it. */
  readonly authority: X509Certificate | null;
  /** Whether the certificate speaks for a name or an address. */
  speaksFor(name: string): boolean;
  /** Names in URLs that the certificate speaks for by itself, beside those of this computer. */
  readonly names: readonly string[];
  /** Renews where it is due; called now and then, and when this computer's addresses have changed. */
  refresh(addresses: readonly string[], nowMs: number): Promise<void>;
}

/** What a certificate's owner is told of: `level` as in the log. */
export type Say = (level: "info" | "warning" | "error", message: string) => void;

/** SHA-256 of a certificate, as a pairing link carries it. */
export function fingerprint({ fingerprint256 }: X509Certificate): string {
  return Buffer.from(fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
}

/** Whether a certificate is for a name or an address. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  const address = name.replace(/^\[(.*)\]$/, "$1");
  if (/^[\d.]+$|:/.test(address)) return certificate.checkIP(address) !== undefined;
  return certificate.checkHost(name, { subject: "never" }) !== undefined;
}
