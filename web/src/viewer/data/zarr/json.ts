/** A string, to the end where it has none: each is read once, whatever the text; or what JSON has no word for; or a number. */
const TOKEN = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\bInfinity\b|\bNaN\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** More digits than a number keeps. */
const LONG = /^-?\d{16,}$/;

/**
 * JSON as Zarr's writers leave it: NaN and infinities without quotes become the strings that Zarr V3 has for them, and
 * integers of 16 digits and more keep all their digits, as strings.
 */
export function parseJson(text: string): unknown {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (!/NaN|Infinity|\d{16}/.test(plain)) return JSON.parse(plain);
  const quoted = plain.replace(TOKEN, (token) => {
    if (token.startsWith('"')) return token;
    return /[NI]/.test(token) || LONG.test(token) ? `"${token}"` : token;
  });
  return JSON.parse(quoted);
}

export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown): JsonObject | null {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject) : null;
}
export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
