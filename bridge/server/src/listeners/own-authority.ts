import { type X509Certificate, randomBytes } from "node:crypto";
import { join } from "node:path";

import { issueCertificate, makeAuthority, permittedNames } from "@zarrcam/client/native";

import { type Credentials, type Say, isFor } from "./credentials.ts";
import { type CheckedPair, checkPair, isOpenToOthers, readPair, writeSecret } from "./pem-file.ts";

/** Both in one file: they change together, whatever happens in between. */
export const AUTHORITY_FILE = "authority.pem";
export const CERTIFICATE_FILE = "certificate.pem";

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long before its end a certificate is renewed: a bridge may be switched off for some weeks. */
const RENEWED_BEFORE_MS = 60 * DAY_MS;
/** How long before its end the authority is spoken of. */
const WARNED_BEFORE_MS = 90 * DAY_MS;
/** A clock that shows less was never set: this program is younger. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

const NEW_AUTHORITY =
  "`zarrcam access reset --new-authority` makes a new one, which every computer must then be told to trust again";

export interface OwnAuthorityOptions {
  /** The state folder; null: all of it in memory. */
  folder: string | null;
  /** Names of this computer. */
  names: readonly string[];
  say: Say;
}

/** This computer's own authority, and the certificate by it that the bridge shows. */
export class OwnAuthority implements Credentials {
  readonly names = [];
  readonly #options: OwnAuthorityOptions;
  readonly #authority: CheckedPair;
  #certificate: CheckedPair | null = null;
  #leftOut = "";

  private constructor(options: OwnAuthorityOptions, authority: CheckedPair) {
    this.#options = options;
    this.#authority = authority;
  }

  /** Reads what is kept, or makes it. Throws, in whole sentences with the way out, where it cannot be used. */
  static async open(
    options: OwnAuthorityOptions,
    addresses: readonly string[],
    nowMs = Date.now(),
  ): Promise<OwnAuthority> {
    if (nowMs < EARLIEST_MS) {
      throw new Error(
        `The clock of this computer shows ${day(nowMs)}: with that date no browser takes its certificate. Set the clock.`,
      );
    }
    const { folder, names } = options;
    const path = folder === null ? null : join(folder, AUTHORITY_FILE);
    const kept = path === null ? null : await keptAuthority(path);
    const authority = kept ?? (await newAuthority(path, names, addresses, nowMs));
    checkTime(authority, path, nowMs, options.say);
    const own = new OwnAuthority(options, authority);
    if (folder !== null) own.#certificate = await keptCertificate(join(folder, CERTIFICATE_FILE));
    await own.refresh(addresses, nowMs);
    return own;
  }

  get authority(): X509Certificate {
    return this.#authority.certificate;
  }
  get anchor(): X509Certificate {
    return this.authority;
  }
  get pair(): CheckedPair {
    if (!this.#certificate) throw new Error("There is no certificate yet.");
    return this.#certificate;
  }

  speaksFor(name: string): boolean {
    return this.#certificate !== null && isFor(this.#certificate.certificate, name);
  }

  async refresh(addresses: readonly string[], nowMs: number): Promise<void> {
    const { folder, say } = this.#options;
    const request = { authority: this.#authority.cert, names: this.#options.names, addresses };
    const { left_out, ...wanted } = permittedNames(request);
    this.#sayLeftOut(left_out);
    if (this.#certificate && this.#isGood(this.#certificate, [...wanted.names, ...wanted.addresses], nowMs)) return;
    const { cert, key } = this.#authority;
    const issued = issueCertificate({
      authority: { certificate: cert, key },
      ...wanted,
      now_unix_s: Math.floor(nowMs / 1000),
    });
    this.#certificate = checkPair(issued.certificate, issued.key);
    if (folder === null) return;
    try {
      await writeSecret(join(folder, CERTIFICATE_FILE), issued.certificate + issued.key, true);
    } catch (error) {
      // It holds for as long as the bridge runs; the next start makes another.
      say("warning", `The certificate cannot be kept in ${folder}: ${(error as Error).message}.`);
    }
  }

  #isGood({ certificate }: CheckedPair, wanted: readonly string[], nowMs: number): boolean {
    const begins = Date.parse(certificate.validFrom);
    const ends = Date.parse(certificate.validTo);
    return (
      certificate.verify(this.authority.publicKey) &&
      begins <= nowMs &&
      nowMs < ends - RENEWED_BEFORE_MS &&
      wanted.every((name) => isFor(certificate, name))
    );
  }

  #sayLeftOut(names: readonly string[]): void {
    const text = names.join(", ");
    if (text !== "" && text !== this.#leftOut) {
      this.#options.say(
        "warning",
        `This computer's authority may not speak for ${text}: it was made when the computer had other names or addresses. ` +
          `The bridge is not reached by that without a warning; ${NEW_AUTHORITY}, or --cert and --key give another certificate.`,
      );
    }
    this.#leftOut = text;
  }
}

async function keptAuthority(path: string): Promise<CheckedPair | null> {
  let kept: CheckedPair | null;
  try {
    kept = await readPair(path);
  } catch (cause) {
    const { message } = cause as Error;
    const what = message.startsWith("holds") ? `${path} ${message}` : `${path} cannot be read: ${message}`;
    throw new Error(
      `${what}. It is this computer's certificate authority: restore it from a backup, or ${NEW_AUTHORITY}.`,
      {
        cause,
      },
    );
  }
  if (kept && (await isOpenToOthers(path))) {
    throw new Error(
      `Other users of this computer may read ${path}, and who has this key can pose as this bridge. ` +
        `\`chmod 600 ${path}\` closes it; where somebody may have read it, ${NEW_AUTHORITY}.`,
    );
  }
  return kept;
}

async function newAuthority(
  path: string | null,
  names: readonly string[],
  addresses: readonly string[],
  nowMs: number,
): Promise<CheckedPair> {
  // Whoever has several must be able to tell them apart.
  const common_name = `zarrcam ${names[0] ?? "bridge"} ${randomBytes(3).toString("hex")}`;
  // Addresses of IPv6 that are not private change daily.
  const lasting = addresses.filter((address) => !address.includes(":"));
  const made = makeAuthority({ common_name, names, addresses: lasting, now_unix_s: Math.floor(nowMs / 1000) });
  if (path === null) return checkPair(made.certificate, made.key);
  try {
    await writeSecret(path, made.certificate + made.key, false);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(
      `The certificate authority of this computer cannot be kept: ${path}: ${message}. --state takes another folder.`,
      { cause },
    );
  }
  const kept = await keptAuthority(path);
  if (!kept) throw new Error(`${path} is gone again.`);
  return kept;
}

async function keptCertificate(path: string): Promise<CheckedPair | null> {
  try {
    const kept = await readPair(path);
    // A key that others may have read is not used any more.
    return kept && (await isOpenToOthers(path)) ? null : kept;
  } catch {
    // The authority makes another.
    return null;
  }
}

function checkTime({ certificate }: CheckedPair, path: string | null, nowMs: number, say: Say): void {
  const begins = Date.parse(certificate.validFrom);
  const ends = Date.parse(certificate.validTo);
  const where = path ?? "the certificate authority";
  if (nowMs < begins) {
    throw new Error(
      `The clock of this computer shows ${day(nowMs)}, but ${where} was made on ${day(begins)}: one of the two was wrong. ` +
        `Set the clock; if it is right now, ${NEW_AUTHORITY}.`,
    );
  }
  if (nowMs > ends) {
    throw new Error(
      `The clock of this computer shows ${day(nowMs)}, and ${where} ended on ${day(ends)}. If the clock is right, ${NEW_AUTHORITY}.`,
    );
  }
  if (nowMs > ends - WARNED_BEFORE_MS) say("warning", `${where} ends on ${day(ends)}; ${NEW_AUTHORITY}.`);
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
