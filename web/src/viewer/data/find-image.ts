// From what was opened to the image in it: an array, an OME-NGFF image, or a group that leads to one.
import { type OmeMultiscale, omeOf, readMultiscale } from "./ome-metadata.ts";
import { DamageError, NotShownError } from "./zarr/errors.ts";
import { type JsonObject, asArray, asObject, asText, parseJson } from "./zarr/json.ts";
import { type ArrayMetadata, parseV2, parseV3 } from "./zarr/metadata.ts";
import { type Store, joinKey } from "./zarr/store.ts";
import { ZarrArray } from "./zarr/stored-array.ts";

export interface FoundImage {
  multiscale: OmeMultiscale;
  /** Of each level that the multiscale names; null: it cannot be read, and the remarks say why. */
  arrays: (ZarrArray | null)[];
  attributes: JsonObject;
  /** Sentences about what is shown in the place of what was opened, and what is left out. */
  remarks: string[];
}

type Version = 2 | 3;
interface Node {
  version: Version;
  /** Null: a group. */
  array: JsonObject | null;
  attributes: JsonObject;
}

/** A plate leads to a well, that to a field: nobody nests deeper. */
const MOST_STEPS = 5;

/** Reads a hierarchy's documents, and remembers which state of them it read. */
export class Documents {
  readonly versions = new Map<string, string | null>();
  readonly #store: Store;
  readonly #signal: AbortSignal;

  constructor(store: Store, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  /** Null: there is none. Throws `DamageError`. */
  async read(key: string): Promise<JsonObject | null> {
    const found = await this.#store.get(key, null, this.#signal);
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

/** @param array what is opened is likely one: its documents are looked for first */
export async function findImage(
  store: Store,
  hint: { version: Version; array: boolean; levels: string[] },
  signal: AbortSignal,
): Promise<{ image: FoundImage; documents: Documents }> {
  const documents = new Documents(store, signal);
  const image = await follow(store, documents, "", hint, []);
  return { image, documents };
}

async function follow(
  store: Store,
  documents: Documents,
  path: string,
  hint: { version: Version; array: boolean; levels: string[] },
  remarks: string[],
  steps = 0,
): Promise<FoundImage> {
  const node = await readNode(documents, path, hint.version, hint.array);
  if (node === null) {
    throw new NotShownError(path === "" ? "It holds no Zarr metadata." : `There is no Zarr metadata at ${path}.`);
  }
  if (node.array) {
    const array = makeArray(store, path, node);
    const multiscale: OmeMultiscale = {
      axes: [],
      datasets: [{ path: path || "the array itself", scale: null, translation: null }],
      reduction: "unknown",
    };
    return { multiscale, arrays: [array], attributes: node.attributes, remarks };
  }
  const multiscale = readMultiscale(node.attributes);
  if (multiscale) {
    const arrays = await readLevels(store, documents, path, node.version, multiscale, remarks);
    return { multiscale, arrays, attributes: node.attributes, remarks };
  }
  const step = steps < MOST_STEPS ? stepInto(node.attributes, path === "" ? hint.levels : []) : null;
  const next = step && joinKey(path, step.path);
  if (!step || !next) {
    throw new NotShownError("It is a group without an image: it has no OME multiscales and no array that is known.");
  }
  const shown = [...remarks, `${step.words} ${next} is shown.`];
  return follow(store, documents, next, { ...hint, version: node.version, array: step.array }, shown, steps + 1);
}

/** Where a group without multiscales leads. */
function stepInto(attributes: JsonObject, known: string[]): { path: string; words: string; array: boolean } | null {
  const ome = omeOf(attributes);
  const plate = asObject(ome["plate"]);
  if (plate) {
    const wells = asArray(plate["wells"]).map((well) => asText(asObject(well)?.["path"]));
    const first = wells.find((path) => path !== "");
    return first === undefined ? null : { path: first, words: `A plate of ${wells.length} wells:`, array: false };
  }
  const well = asObject(ome["well"]);
  if (well) {
    const fields = asArray(well["images"]).map((image) => asText(asObject(image)?.["path"]));
    const first = fields.find((path) => path !== "");
    return first === undefined ? null : { path: first, words: `A well of ${fields.length} fields:`, array: false };
  }
  const labels = asArray(ome["labels"]).map(asText);
  if (labels[0]) return { path: labels[0], words: `A group of ${labels.length} label images:`, array: false };
  const series = asArray(ome["series"]).map(asText);
  if (series[0])
    return { path: joinKey("..", series[0]) ?? series[0], words: "A group of several images:", array: false };
  if (ome["bioformats2raw.layout"] !== undefined || attributes["bioformats2raw.layout"] !== undefined) {
    return { path: "0", words: "A file with several images:", array: false };
  }
  if (known[0]) {
    const others =
      known.length > 1 ? `A group of ${known.length} arrays (${known.join(", ")}):` : "A group of one array:";
    return { path: known[0], words: others, array: true };
  }
  return null;
}

async function readLevels(
  store: Store,
  documents: Documents,
  path: string,
  version: Version,
  { datasets }: OmeMultiscale,
  remarks: string[],
): Promise<(ZarrArray | null)[]> {
  const failures: Error[] = [];
  const read = async (level: string): Promise<ZarrArray | null> => {
    const key = joinKey(path, level);
    try {
      if (key === null) throw new NotShownError("It leads out of the dataset.");
      const node = await readNode(documents, key, version, true);
      if (!node?.array) throw new NotShownError("There is no array there.");
      return makeArray(store, key, node);
    } catch (error) {
      if (!(error instanceof DamageError || error instanceof NotShownError)) throw error;
      remarks.push(`Zoom level ${level} cannot be read. ${error.message}`);
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
  const name = path === "" ? "The array" : path;
  try {
    const metadata: ArrayMetadata = version === 3 ? parseV3(array ?? {}) : parseV2(array ?? {});
    // xarray's word for the names of axes in V2.
    const names = asArray(attributes["_ARRAY_DIMENSIONS"]).map((one) => asText(one) || null);
    return new ZarrArray(store, path, metadata.names.length === 0 ? { ...metadata, names } : metadata);
  } catch (error) {
    if (error instanceof DamageError) throw new DamageError(`The metadata of ${name} is damaged: ${error.message}.`);
    throw error;
  }
}
