// What is taken of a dataset, which may be anybody's, before memory or time is spent on it. What goes beyond is refused in
// words; none of it is more than what microscopes write.

/** Axes of an array: as many as a run may have dimensions. */
export const MOST_AXES = 32;
/** Zoom levels that are read of an image. */
export const MOST_LEVELS = 64;
/** Codecs of an array, one behind the other: each may read all bytes of a chunk. */
export const MOST_CODECS = 16;
/** Channels of which names and colours are taken. */
export const MOST_CHANNEL_HINTS = 1000;
/** A metadata document, bytes; the core takes no larger one either. */
export const MOST_DOCUMENT_BYTES = 64 << 20;
/** A decoded chunk, bytes. */
export const MOST_CHUNK_BYTES = 2 ** 31;
/** The index of a shard, bytes; all that are kept of an array together take no more. */
export const MOST_INDEX_BYTES = 2 ** 28;
/** Chunks of one plane, and what they take decoded, bytes. */
export const MOST_CHUNKS_AT_ONCE = 2 ** 18;
export const MOST_DECODED_AT_ONCE_BYTES = 2 ** 32;
/** Pixels of a plane, or of the part of it that is in sight. */
export const MOST_PLANE_PIXELS = 2 ** 28;

/** Longest name of an axis, a channel or a unit that is shown, characters; the bridge tells as much of them. */
const MOST_NAME = 200;

/** A name of somebody else's as it is shown. */
export function shortName(name: string): string {
  return name.length > MOST_NAME ? `${name.slice(0, MOST_NAME)}…` : name;
}

/** A value of somebody else's metadata in a sentence. It may be of any depth and length. */
export function shortValue(value: unknown): string {
  try {
    return shortName(JSON.stringify(value) ?? String(value));
  } catch {
    // Deeper than it can be told.
    return "something";
  }
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(2)} GB`;
