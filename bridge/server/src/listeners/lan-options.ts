/** How other computers reach a bridge. */
export interface LanOptions {
  /** Names of the interfaces; empty: all that lead out of this computer. */
  readonly interfaces: readonly string[];
  /** Addresses of this computer now, instead of those of its interfaces: a test has others. */
  readonly addresses?: () => readonly string[];
  /** Names of this computer besides its own. */
  readonly names: readonly string[];
  readonly protection: Protection;
}

/** What protects the connections of other computers. */
export type Protection =
  /** A certificate by this computer's own authority, which lies in the state folder. */
  | { readonly kind: "authority" }
  /** A certificate and its key as PEM files, which are read again when they change. */
  | { readonly kind: "files"; readonly certificate: string; readonly key: string }
  /** Nothing: plain http, which everybody in the network reads and can change. */
  | { readonly kind: "insecure" };
