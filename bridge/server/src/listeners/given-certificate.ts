import type { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

import { type Credentials, type Say, isFor } from "./credentials.ts";
import { type CheckedPair, checkPair } from "./pem-file.ts";

interface Files {
  certificate: string;
  key: string;
}

/**
 * A certificate and its key that somebody else renews. The files are looked at, not watched: certbot turns a symbolic link,
 * others rename, and folders on a network tell nobody. What is new is taken when it has rested from one look to the next, since
 * both files change one after the other.
 */
export class GivenCertificate implements Credentials {
  readonly authority = null;
  readonly #files: Files;
  readonly #say: Say;
  #pair: CheckedPair;
  /** What the files were like when they were last tried, and at the last look. */
  #tried: string;
  #seen: string;

  private constructor(files: Files, say: Say, pair: CheckedPair, seen: string) {
    this.#files = files;
    this.#say = say;
    this.#pair = pair;
    this.#tried = this.#seen = seen;
    this.#sayTimes();
  }

  /** Throws, naming the option, where they cannot be used. */
  static async open(files: Files, say: Say): Promise<GivenCertificate> {
    const seen = await look(files);
    return new GivenCertificate(files, say, await load(files), seen);
  }

  get pair(): CheckedPair {
    return this.#pair;
  }
  get anchor(): X509Certificate {
    return this.#pair.certificate;
  }
  get names(): readonly string[] {
    const names = this.anchor.subjectAltName?.split(", ") ?? [];
    return names.flatMap((name) => (/^DNS:[^*]+$/.test(name) ? [name.slice("DNS:".length)] : []));
  }

  speaksFor(name: string): boolean {
    return isFor(this.anchor, name);
  }

  async refresh(): Promise<void> {
    const now = await look(this.#files);
    const rested = now === this.#seen;
    this.#seen = now;
    if (!rested || now === this.#tried) return;
    this.#tried = now;
    try {
      this.#pair = await load(this.#files);
      this.#say("info", `The renewed certificate of ${this.#files.certificate} is in use.`);
      this.#sayTimes();
    } catch (error) {
      this.#say("error", `${(error as Error).message} The bridge goes on with the certificate that it has.`);
    }
  }

  #sayTimes(): void {
    const { validFrom, validTo } = this.anchor;
    const path = this.#files.certificate;
    if (Date.now() > Date.parse(validTo))
      this.#say("warning", `The certificate ${path} ended on ${validTo}: browsers refuse it.`);
    if (Date.now() < Date.parse(validFrom))
      this.#say("warning", `The certificate ${path} begins on ${validFrom}: browsers refuse it.`);
  }
}

/** What tells that a file is another one, or has other content; a file that is not there, too. */
async function look({ certificate, key }: Files): Promise<string> {
  const of = async (path: string) => {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(" ");
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? "unknown";
    }
  };
  return `${await of(certificate)}, ${await of(key)}`;
}

async function load(files: Files): Promise<CheckedPair> {
  const read = async (option: "--cert" | "--key", path: string) => {
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      throw new Error(`${option}: ${path} cannot be read: ${(cause as Error).message}.`, { cause });
    }
  };
  const cert = await read("--cert", files.certificate);
  const key = await read("--key", files.key);
  try {
    return checkPair(cert, key);
  } catch (cause) {
    throw new Error(`--cert, --key: the pair ${files.certificate} and ${files.key} ${(cause as Error).message}.`, {
      cause,
    });
  }
}
