import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FileSystemStore } from "@zarrita/storage";
import * as zarr from "zarrita";

/** The full-resolution array of a store on disk, read by zarrita: nothing of ours takes part. */
export async function openStore(dataDir: string, name: string): Promise<StoredArray> {
  const root = zarr.root(new FileSystemStore(join(dataDir, name)));
  const array = await zarr.open(root.resolve("0"), { kind: "array" });
  return new StoredArray(array);
}

export class StoredArray {
  readonly #array: zarr.Array<zarr.DataType>;

  constructor(array: zarr.Array<zarr.DataType>) {
    this.#array = array;
  }

  get shape(): number[] {
    return this.#array.shape;
  }

  /** One plane: `index` is of all axes but y and x, slowest first. */
  async plane(...index: number[]): Promise<(x: number, y: number) => number> {
    const { data, shape } = (await zarr.get(this.#array, [...index, null, null])) as {
      data: ArrayLike<number>;
      shape: number[];
    };
    const [height = 0, width = 0] = shape;
    return (x, y) => (x < width && y < height ? Number(data[y * width + x]) : Number.NaN);
  }
}

/** Every file of the data folder. */
export async function filesOf(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
