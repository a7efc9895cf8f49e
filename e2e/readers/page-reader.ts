// The page's own reading code, without a browser: opens what comes on standard input, one a line, and answers what the
// page says of each point that is asked about.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { valueAt, type Picture } from "../../web/src/viewer/core/picture.ts";
import { ImageStore } from "../../web/src/viewer/data/image-store.ts";
import { makePicture } from "../../web/src/viewer/data/make-picture.ts";
import { type ByteRange, type Found, type Store, cut } from "../../web/src/viewer/data/zarr/store.ts";
import { readingLabel } from "../../web/src/viewer/ui/labels.ts";

interface Request {
  /** Folder of the dataset. */
  path: string;
  format: "zarr2" | "zarr3";
  /** It is a plain array, with no group around it. */
  isArray: boolean;
  /** A log tells which frames are stored. */
  logged?: boolean;
  planes: {
    /** One for every axis but x and y, slowest first. */
    index: number[];
    level: number;
    region?: { x: number; y: number; width: number; height: number };
    /** Px of the full level. */
    points: [x: number, y: number][];
  }[];
}

/** Files as the bridge would serve them. */
class FolderStore implements Store {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }
  async get(key: string, range: ByteRange | null): Promise<Found | null> {
    const bytes = await readFile(join(this.#folder, key)).catch(() => null);
    if (bytes === null) return null;
    const own = new Uint8Array(bytes);
    return { bytes: range ? cut(own, range) : own, total: own.length, version: await this.version(key) };
  }
  async version(key: string): Promise<string | null> {
    const found = await stat(join(this.#folder, key), { bigint: true }).catch(() => null);
    return found?.isFile() ? `${found.size} ${found.mtimeNs} ${found.ino}` : null;
  }
}

async function read({ path, format, isArray, logged = false, planes }: Request) {
  const { signal } = new AbortController();
  const at = { kind: "http", url: "" } as const;
  const source = { at, live: false, format, pixelType: null, isArray, logged, byLog: null };
  const store = await ImageStore.open(source, () => new FolderStore(path), 1, signal);
  const answers = [];
  for (const { index, level, region = null, points } of planes) {
    const { picture, histogram } = await makePicture(store, { index, level, region }, signal);
    answers.push({
      points: points.map(([x, y]) => said(picture, x, y)),
      ends: histogram.ends?.map(String) ?? null,
      nothing: picture.nothing ?? null,
      damaged: (picture.gaps ?? []).flatMap(({ kind, chunk, why }) => (kind === "damaged" ? [{ chunk, why }] : [])),
    });
  }
  return { description: store.description, planes: answers };
}

/** Null: outside the picture. */
function said(picture: Picture, x: number, y: number) {
  const reading = valueAt(picture, x, y);
  return reading && readingLabel(reading);
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await read(JSON.parse(line) as Request).catch((error: unknown) => ({
    error: error instanceof Error ? error.message : String(error),
    kind: error instanceof Error ? error.name : "",
  }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
