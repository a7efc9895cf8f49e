// From what was opened to the image in it: an array, or an OME-NGFF image.
import { type OmeMultiscale, readMultiscale } from "./ome-metadata.ts";
import { MOST_AXES, MOST_DOCUMENT_BYTES, MOST_LEVELS, shortName } from "./zarr/bounds.ts";
import { DamageError, NotShownError } from "./zarr/errors.ts";
import { type JsonObject, asArray, asObject, asText, parseJson } from "./zarr/json.ts";
import { type ArrayMetadata, parseV2, parseV3 } from "./zarr/metadata.ts";
import { type Store, joinKey } from "./zarr/store.ts";
import { ZarrArray } from "./zarr/stored-array.ts";

/** An image that was found in a store. */
export interface FoundImage {
  multiscale: OmeMultiscale;
  /** The array of each level that the multiscale names; null: it cannot be read, and the remarks say why. */
  arrays: (ZarrArray | null)[];
  attributes: JsonObject;
  /** Sentences for users about what is left out. */
  remarks: string[];
}

type Version = 2 | 3;
interface Node {
  version: Version;
  /** Null: a group. */
  array: JsonObject | null;
  attributes: JsonObject;
}

/**
 * Reads a hierarchy's documents, from their files, or where those lack from the root's consolidated metadata. It remembers
 * which state of them it read.
 */
export class Documents {
  readonly versions = new Map<string, string | null>();
  readonly #store: Store;
  readonly #signal: AbortSignal;
  /** Consolidated metadata: V2's by the names of files, V3's by the paths of nodes. */
  #consolidated: JsonObject | null = null;

  constructor(store: Store, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  /** Reads a document; null: there is none. @throws DamageError where it cannot be read */
  async read(key: string): Promise<JsonObject | null> {
    const own = await this.#file(key);
    if (key === "zarr.json") {
      this.#consolidated = asObject(asObject(own?.["consolidated_metadata"])?.["metadata"]);
      return own;
    }
    if (own) return own;
    if (key.endsWith("zarr.json")) return asObject(this.#consolidated?.[key.slice(0, -"/zarr.json".length)]);
    this.#consolidated ??= asObject((await this.#file(".zmetadata"))?.["metadata"]) ?? {};
    return asObject(this.#consolidated[key]);
  }

  async #file(key: string): Promise<JsonObject | null> {
    const found = await this.#store.get(key, null, this.#signal, MOST_DOCUMENT_BYTES).catch((error: unknown) => {
      if (!(error instanceof DamageError)) throw error;
      throw new DamageError(`${key} is damaged: ${error.message}.`);
    });
    if (found === null) return null;
    this.versions.set(key, found.version);
    let document: JsonObject | null;
    try {
      document = asObject(parseJson(new TextDecoder().decode(found.bytes)));
    } catch {
      document = null;
    }
    if (document === null) throw new DamageError(`${key} is damaged: it is no JSON object.`);
    return document;
  }
}

/**
 * @param hint its version, and whether it is likely an array: those documents are looked for first. Where a group holds
 * several images they are datasets of their own, and the camera computer names them.
 */
export async function findImage(
  store: Store,
  hint: { version: Version; array: boolean },
  signal: AbortSignal,
): Promise<{ image: FoundImage; documents: Documents }> {
  const documents = new Documents(store, signal);
  const node = await readNode(documents, "", hint.version, hint.array);
  if (node === null) throw new NotShownError("It holds no Zarr metadata.");
  const { attributes } = node;
  const remarks: string[] = [];
  if (node.array) {
    const datasets = [{ path: "the array itself", scale: null, translation: null }];
    const multiscale: OmeMultiscale = { axes: [], datasets, reduction: "unknown" };
    return { image: { multiscale, arrays: [makeArray(store, "", node)], attributes, remarks }, documents };
  }
  const whole = readMultiscale(attributes);
  const multiscale = whole && { ...whole, datasets: whole.datasets.slice(0, MOST_LEVELS) };
  if (whole && whole.datasets.length > MOST_LEVELS) {
    remarks.push(`It names ${whole.datasets.length} zoom levels; the first ${MOST_LEVELS} are looked at.`);
  }
  if (!multiscale) throw new NotShownError("It is a group without an image: it has no OME multiscales.");
  const arrays = await readLevels(store, documents, node.version, multiscale, remarks);
  return { image: { multiscale, arrays, attributes, remarks }, documents };
}

async function readLevels(
  store: Store,
  documents: Documents,
  version: Version,
  { datasets }: OmeMultiscale,
  remarks: string[],
): Promise<(ZarrArray | null)[]> {
  const failures: Error[] = [];
  const read = async (level: string): Promise<ZarrArray | null> => {
    const key = joinKey(level);
    try {
      if (key === null) throw new NotShownError("It leads out of the dataset.");
      const node = await readNode(documents, key, version, true);
      if (!node?.array) throw new NotShownError("There is no array there.");
      return makeArray(store, key, node);
    } catch (error) {
      if (!(error instanceof DamageError || error instanceof NotShownError)) throw error;
      remarks.push(`Zoom level ${shortName(level)} cannot be read. ${error.message}`);
      failures.push(error);
      return null;
    }
  };
  const arrays = await Promise.all(datasets.map(({ path: level }) => read(level)));
  if (arrays.every((array) => array === null)) throw failures[0] ?? new NotShownError("It has no arrays.");
  return arrays;
}

async function readNode(documents: Documents, path: string, version: Version, array: boolean): Promise<Node | null> {
  const key = (name: string) => joinKey(path, name) as string;
  const v3 = async (): Promise<Node | null> => {
    const document = await documents.read(key("zarr.json"));
    if (!document) return null;
    const attributes = asObject(document["attributes"]) ?? {};
    return { version: 3, array: document["node_type"] === "array" ? document : null, attributes };
  };
  const v2 = async (): Promise<Node | null> => {
    const found = array ? await documents.read(key(".zarray")) : null;
    // Levels need no attributes, and a file that is not there would look like a fault.
    if (found) return { version: 2, array: found, attributes: path === "" ? await attributesOf() : {} };
    const attributes = await attributesOf();
    const group = readMultiscale(attributes) !== null || (await documents.read(key(".zgroup"))) !== null;
    if (group) return { version: 2, array: null, attributes };
    const late = array ? null : await documents.read(key(".zarray"));
    return late && { version: 2, array: late, attributes };
  };
  const attributesOf = async () => (await documents.read(key(".zattrs"))) ?? {};
  return version === 3 ? ((await v3()) ?? v2()) : ((await v2()) ?? v3());
}

function makeArray(store: Store, path: string, { version, array, attributes }: Node): ZarrArray {
  const name = path === "" ? "The array" : shortName(path);
  try {
    const metadata: ArrayMetadata = version === 3 ? parseV3(array ?? {}) : parseV2(array ?? {});
    // xarray's word for the names of axes in V2.
    const names = asArray(attributes["_ARRAY_DIMENSIONS"])
      .slice(0, MOST_AXES)
      .map((one) => shortName(asText(one)) || null);
    return new ZarrArray(store, path, metadata.names.length === 0 ? { ...metadata, names } : metadata);
  } catch (error) {
    if (error instanceof DamageError) throw new DamageError(`The metadata of ${name} is damaged: ${error.message}.`);
    throw error;
  }
}
