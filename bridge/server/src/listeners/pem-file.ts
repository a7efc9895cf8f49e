import { X509Certificate, createPrivateKey, randomBytes } from "node:crypto";
import { link, open, readFile, rename, rm, stat } from "node:fs/promises";

/** A certificate and its key that agree. */
export interface CheckedPair {
  /** The first certificate of the chain. */
  readonly certificate: X509Certificate;
  /** PEM of the chain. */
  readonly cert: string;
  readonly key: string;
}

/** Throws, in a sentence without its end, where they are none or do not agree. */
export function checkPair(cert: string, key: string): CheckedPair {
  const certificate = attempt("holds no certificate that can be read (PEM)", () => new X509Certificate(cert));
  const privateKey = attempt("holds no key that can be read (PEM, without a password)", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error("holds a key that does not belong to its certificate");
  return { certificate, cert, key };
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----\n?/g;

/** A file that holds both, so that they change together. Null: there is none. */
export async function readPair(path: string): Promise<CheckedPair | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const blocks = [...text.matchAll(BLOCK)];
  const of = (wanted: (kind: string) => boolean) =>
    blocks.flatMap(([block, kind = ""]) => (wanted(kind) ? [block] : [])).join("");
  return checkPair(
    of((kind) => kind === "CERTIFICATE"),
    of((kind) => kind.endsWith("PRIVATE KEY")),
  );
}

/** Whether others on this computer may read or change a file. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  return ((await stat(path)).mode & 0o077) !== 0;
}

/**
 * Writes a secret whole or not at all, for its owner alone.
 *
 * @param replace false: what another process wrote meanwhile stays.
 */
export async function writeSecret(path: string, text: string, replace: boolean): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (replace) await rename(draft, path);
    else await link(draft, path);
  } catch (error) {
    if (replace || (error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function attempt<T>(otherwise: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Error(otherwise, { cause });
  }
}
