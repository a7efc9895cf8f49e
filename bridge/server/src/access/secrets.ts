import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Bits of a secret that is kept for months. */
const LASTING_BYTES = 32;
/** Bits of a secret that is typed, photographed or lives for seconds: 128 are not guessed either. */
const SHORT_BYTES = 16;
const ID_BYTES = 6;

/** A secret that is told once. Only its hash is kept: it is random, so that a plain hash cannot be tried backwards. */
export interface Secret {
  text: string;
  sha256: string;
}

function secret(bytes: number): Secret {
  const text = randomBytes(bytes).toString("base64url");
  return { text, sha256: sha256Of(text) };
}
export const lastingSecret = (): Secret => secret(LASTING_BYTES);
export const shortSecret = (): Secret => secret(SHORT_BYTES);

/** A name for programs, which a command line takes as it is; no secret. */
export const newId = (): string => randomBytes(ID_BYTES).toString("hex");

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Whether a text is the secret of this hash; takes as long for every text. */
export function isSecret(text: string, sha256: string): boolean {
  return isSame(sha256Of(text), sha256);
}
/** Whether two hashes are the same; takes as long for all of one length. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
