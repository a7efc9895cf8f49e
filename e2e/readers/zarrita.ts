// zarrita as one of the readers: opens what comes on standard input, one a line, {path, index?}, afresh each time, and
// answers with {shape, dtype, sha256} of the array's bytes, or of one index along its first axis.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import FileSystemStore from "@zarrita/storage/fs";
import * as zarr from "zarrita";

interface Request {
  /** Of the array, or its http address. */
  path: string;
  index?: number;
}

async function read({ path, index }: Request) {
  const store = path.startsWith("http:") ? new zarr.FetchStore(path) : new FileSystemStore(path);
  const array = await zarr.open(store, { kind: "array" });
  const selection = array.shape.map((_, axis) =>
    axis === 0 && index !== undefined ? zarr.slice(index, index + 1) : null,
  );
  const { data } = await zarr.get(array, selection);
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  const sha256 = createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
  return { shape: array.shape, dtype: array.dtype, sha256 };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await read(JSON.parse(line) as Request).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
