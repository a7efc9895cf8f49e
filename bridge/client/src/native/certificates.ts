import { fromAddonError, loadAddon } from "./addon.ts";

/** A certificate and the key that belongs to it, PEM. */
export interface CertificatePair {
  certificate: string;
  key: string;
}

/** What of some names an authority may speak for. */
export interface PermittedNames {
  names: string[];
  addresses: string[];
  /** For these it may not. */
  left_out: string[];
}

/**
 * A new authority of this computer, limited by critical name constraints to these names and addresses, `.local` and private
 * networks. Throws `invalid_params` where a name is none.
 */
export function makeAuthority(request: {
  /** By which people find it among those that they trust. */
  common_name: string;
  names: readonly string[];
  addresses: readonly string[];
  now_unix_s: number;
}): CertificatePair {
  return ask("makeAuthority", request) as CertificatePair;
}

/** What an authority may speak for. @param request `authority`: PEM of its certificate. */
export function permittedNames(request: {
  authority: string;
  names: readonly string[];
  addresses: readonly string[];
}): PermittedNames {
  return ask("permittedNames", request) as PermittedNames;
}

/** A server's certificate by an authority, for 396 days from now on, for what `permittedNames` left in. */
export function issueCertificate(request: {
  authority: CertificatePair;
  names: readonly string[];
  addresses: readonly string[];
  now_unix_s: number;
}): CertificatePair {
  return ask("issueCertificate", request) as CertificatePair;
}

function ask(name: "makeAuthority" | "permittedNames" | "issueCertificate", request: object): unknown {
  try {
    return JSON.parse(loadAddon()[name](JSON.stringify(request)));
  } catch (error) {
    throw fromAddonError(error);
  }
}
