import type { Camera, DatasetInfo, Notes } from "@zarrcam/protocol";

/** What a TIFF or raw file of ours tells of the run that wrote it. */
export interface PlainRecord {
  /** Raw files only. */
  camera: { name: string; settings: Camera["settings"] } | null;
  notes: Notes | null;
  /** As it was given; null: none was. */
  metadata: string | null;
}

/** Null: it is not ours, or tells nothing. */
export async function readPlainRecord(dataset: DatasetInfo): Promise<PlainRecord | null> {
  if (dataset.run_id === null) return null;
  const url = `/data/${dataset.name.split("/").map(encodeURIComponent).join("/")}`;
  if (dataset.kind === "raw") return recordOf(await json(`${url}.json`));
  if (dataset.kind !== "tiff") return null;
  const page = await firstPage(url);
  // `tiff-json` is a folder, with the user's metadata apart.
  return recordOf(page ?? { metadata: await json(`${url}/metadata.json`) });
}

function recordOf(about: unknown): PlainRecord | null {
  if (!isObject(about)) return null;
  const { camera, notes, metadata } = about;
  const known = isObject(camera) && typeof camera["name"] === "string" && isObject(camera["settings"]);
  const some = isObject(metadata) && Object.keys(metadata).length > 0;
  return {
    camera: known ? (camera as unknown as PlainRecord["camera"]) : null,
    notes: isObject(notes) ? { sample: "", operator: "", text: "", ...notes } : null,
    metadata: some ? JSON.stringify(metadata) : null,
  };
}

const HEADER_BYTES = 16;
const TAG_BYTES = 20;
/** Of our own first page, and then some. */
const MOST_TAGS = 64;
const IMAGE_DESCRIPTION = 270;
const MOST_DESCRIPTION_BYTES = 4 << 20;

/** The description of a BigTIFF's first page, little endian as we write it; a few hundred bytes of the file are read. */
async function firstPage(url: string): Promise<unknown> {
  const header = await bytes(url, 0, HEADER_BYTES);
  if (header?.getUint32(0, true) !== 0x002b_4949) return null;
  const page = Number(header.getBigUint64(8, true));
  const directory = page > 0 ? await bytes(url, page, 8 + MOST_TAGS * TAG_BYTES) : null;
  if (!directory) return null;
  const tags = Math.min(Number(directory.getBigUint64(0, true)), Math.floor((directory.byteLength - 8) / TAG_BYTES));
  for (let at = 8; at < 8 + tags * TAG_BYTES; at += TAG_BYTES) {
    if (directory.getUint16(at, true) !== IMAGE_DESCRIPTION) continue;
    const length = Number(directory.getBigUint64(at + 4, true));
    // Up to 8 bytes stand in the tag itself: no description of ours is so short.
    if (length <= 8 || length > MOST_DESCRIPTION_BYTES) return null;
    const text = await bytes(url, Number(directory.getBigUint64(at + 12, true)), length - 1);
    return text && parsed(new TextDecoder().decode(text));
  }
  return null;
}

async function bytes(url: string, from: number, count: number): Promise<DataView | null> {
  const answer = await fetch(url, { headers: { Range: `bytes=${from}-${from + count - 1}` } });
  return answer.status === 206 ? new DataView(await answer.arrayBuffer()) : null;
}

async function json(url: string): Promise<unknown> {
  const answer = await fetch(url);
  return answer.ok ? parsed(await answer.text()) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
