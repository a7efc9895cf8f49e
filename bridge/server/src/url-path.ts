/** Longer is no path of ours, and costs time. */
const MAX_PATH_CHARACTERS = 4096;

/**
 * The segments of a request's path, decoded once, or null where it is no plain path downwards: `..`, encoded or not,
 * backslashes, NUL, encoded slashes, empty segments. Decoding once is what makes double encoding harmless: `%252e`
 * becomes the name `%2e`, which is no dot.
 */
export function pathSegments(requestTarget: string): string[] | null {
  // Not `new URL`: it resolves `..` and turns backslashes round before anybody could refuse them.
  const path = requestTarget.split(/[?#]/, 1)[0] ?? "";
  if (!path.startsWith("/") || path.length > MAX_PATH_CHARACTERS) return null;
  const raw = path.slice(1).split("/");
  if (raw.at(-1) === "") raw.pop();
  const segments: string[] = [];
  for (const part of raw) {
    let segment: string;
    try {
      segment = decodeURIComponent(part);
    } catch {
      return null;
    }
    if (!isPlainName(segment)) return null;
    segments.push(segment);
  }
  return segments;
}

/** A name that is one file's or folder's on every system: no separator, no drive, no stream, nothing that cannot be seen. */
function isPlainName(segment: string): boolean {
  if (segment === "" || segment === "." || segment === "..") return false;

  return !/[/\\:\u0000-\u001f\u007f]/.test(segment);
}
