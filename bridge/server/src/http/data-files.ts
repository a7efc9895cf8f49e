import { realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";

import { isDatasetFile } from "@zarrcam/protocol";

import { type Sending, sendFile } from "./file-body.ts";

/** Nothing here is ever a page or a script. */
const CONTENT_TYPES: Record<string, string> = {
  ".json": "application/json",
  ".zgroup": "application/json",
  ".zarray": "application/json",
  ".zattrs": "application/json",
  ".zmetadata": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".png": "image/png",
};

/** The path on disk of what `segments` name below `folder`, or null: hidden, not there, or outside by a symlink. */
export async function resolveBelow(folder: string, segments: readonly string[]): Promise<string | null> {
  if (!isDatasetFile(segments)) return null;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...segments));
    return path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : null;
  } catch {
    return null;
  }
}

/** Answers for a file of the data folder; false: there is none, nothing was sent. */
export async function sendDataFile(
  request: IncomingMessage,
  response: ServerResponse,
  dataDir: string,
  segments: readonly string[],
  sending: Sending,
): Promise<boolean> {
  const path = await resolveBelow(dataDir, segments);
  if (path === null) return false;
  const name = segments.at(-1) ?? "";
  const contentType = CONTENT_TYPES[name.startsWith(".") ? name : extname(name).toLowerCase()];
  return sendFile(request, response, path, sending, {
    contentType: contentType ?? "application/octet-stream",
    // Datasets grow, and names are used again.
    cacheControl: "no-cache",
  });
}
