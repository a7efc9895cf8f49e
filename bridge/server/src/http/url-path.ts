/** Longer is no path of ours, and costs time. */
export const MAX_PATH_CHARACTERS = 4096;

/**
 * The segments of a request's path, decoded once, or null where it is no plain path downwards: `..`, encoded or not, NUL,
 * encoded slashes, empty segments, and what the system takes for a separator. Decoding once is what makes double encoding
 * harmless: `%252e` becomes the name `%2e`, which is no dot.
 */
export function pathSegments(requestTarget: string, platform: NodeJS.Platform = process.platform): string[] | null {
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
    if (!isPlainName(segment, platform)) return null;
    segments.push(segment);
  }
  return segments;
}

/** A name of one file or folder in its folder. What a system allows in a name can be asked for: `run:2`, `a\b` on Linux. */
function isPlainName(segment: string, platform: NodeJS.Platform): boolean {
  if (segment === "" || segment === "." || segment === ".." || /[/\0]/.test(segment)) return false;
  if (platform !== "win32") return true;
  // There a colon leads to a drive or a stream, and a name that ends in dots or spaces is another's.
  return !/[\\:*?"<>|\u0001-\u001f]|[. ]$/.test(segment);
}
