// What an archive of a dataset holds, and of which kind it is: OME-NGFF's RFC-9, "Zipped OME-Zarr".
import type { DatasetFile } from "./file-source.ts";

const V3_DOCUMENT = "zarr.json";
const V2_DOCUMENTS = new Set([".zgroup", ".zattrs", ".zarray", ".zmetadata"]);

/** `ozx`: a zipped OME-Zarr as OME recommends it. `zip`: an archive of a Zarr, without the comment that says so. */
export type ArchiveKind = "ozx" | "zip";

export interface ArchivePlan {
  kind: ArchiveKind;
  /** Why it is no `.ozx`, in a sentence; null: it is. */
  why: string | null;
  /** Of the whole archive; empty: none. */
  comment: string;
}

/** Metadata first, the root's before all others, breadth first; then what the run tells of itself; then chunks. */
export function inOrder(files: readonly DatasetFile[]): { documents: DatasetFile[]; others: DatasetFile[] } {
  const documents = files.filter(({ path }) => isDocument(path));
  const others = files.filter(({ path }) => !isDocument(path));
  documents.sort((a, b) => depth(a.path) - depth(b.path) || byNames(a.path, b.path));
  others.sort((a, b) => Number(isOfRun(b.path)) - Number(isOfRun(a.path)) || byNames(a.path, b.path));
  return { documents, others };
}

/**
 * The kind by what its documents say.
 *
 * @param texts of the documents, by path
 */
export function planArchive(files: readonly DatasetFile[], texts: ReadonlyMap<string, string>): ArchivePlan {
  const plain = (why: string): ArchivePlan => ({ kind: "zip", why, comment: "" });
  const root = object(texts.get(V3_DOCUMENT));
  if (!root) return plain("It is Zarr V2; OME's .ozx is for Zarr V3.");
  const version = (root["attributes"] as { ome?: { version?: unknown } } | undefined)?.ome?.version;
  if (root["node_type"] !== "group" || typeof version !== "string")
    return plain("It has no OME metadata, which OME's .ozx is for.");
  for (const path of texts.keys())
    if (V2_DOCUMENTS.has(nameOf(path))) return plain(`It holds ${path}, of Zarr V2; OME's .ozx is for Zarr V3 alone.`);
  for (const [path, text] of texts) {
    const node = object(text);
    if (!node) return plain(`${path} is no JSON object.`);
    const codecs = Array.isArray(node["codecs"]) ? (node["codecs"] as { name?: unknown }[]) : [];
    if (node["node_type"] === "array" && !codecs.some(({ name }) => name === "sharding_indexed"))
      return plain("Its chunks are files of their own; OME's .ozx wants them in shards.");
  }
  const inner = files.find(({ path }) => path.endsWith(".ozx"));
  if (inner) return plain(`It holds ${inner.path}: an .ozx may hold no other.`);
  const ome = { version, zipFile: { centralDirectory: { jsonFirst: true } } };
  return { kind: "ozx", why: null, comment: JSON.stringify({ ome }) };
}

export function isDocument(path: string): boolean {
  const name = nameOf(path);
  return name === V3_DOCUMENT || V2_DOCUMENTS.has(name);
}

function isOfRun(path: string): boolean {
  return path.includes(".zarrcam/");
}
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
function depth(path: string): number {
  return path.split("/").length;
}
const collator = new Intl.Collator("en", { numeric: true });
/** `c/2` before `c/10`; two names that read the same have an order, too. */
function byNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}
function object(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
