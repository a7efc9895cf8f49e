// Zarr V2's `.zarray` and V3's `zarr.json` as one description, or in words what this page cannot read of them.
import type { DataType, StoredValue } from "../../core/stored-value.ts";
import { MOST_AXES, MOST_CODECS, shortName, shortValue } from "./bounds.ts";
import type { Codec } from "./codec.ts";
import { makeCodec } from "./codecs.ts";
import { bytesOf, dataTypeOfV2, dataTypeOfV3, parseFill } from "./data-type.ts";
import { DamageError, NotShownError } from "./errors.ts";
import { type JsonObject, asArray, asObject, asText } from "./json.ts";

/** How the elements of a chunk become its bytes. */
export interface ChunkCodec {
  shape: number[];
  type: DataType;
  bigEndian: boolean;
  /** The axes as they lie in the chunk's memory, slowest first. */
  order: number[];
  /** In the order in which they encode. */
  codecs: Codec[];
}

export interface ShardLayout {
  /** Chunks a shard along each axis. */
  chunks: number[];
  indexAtStart: boolean;
  indexBigEndian: boolean;
  indexCodecs: Codec[];
}

export interface ArrayMetadata {
  version: 2 | 3;
  shape: number[];
  type: DataType;
  /** Null: none is given. */
  fill: StoredValue | null;
  /** Of what is read and decoded at once: an inner chunk where there are shards. */
  chunk: ChunkCodec;
  shard: ShardLayout | null;
  /** Key of a chunk (of a shard) below the array. */
  key: (coordinates: number[]) => string;
  /** The other way to write such a key: where a forgotten separator puts chunks. */
  otherKey: (coordinates: number[]) => string;
  names: (string | null)[];
}

export function parseV2(document: JsonObject): ArrayMetadata {
  const shape = sizes(document["shape"], "shape", 0);
  const chunk = sizes(document["chunks"], "chunks", 1);
  sameRank(shape, chunk);
  const { type, bigEndian } = dataTypeOfV2(document["dtype"]);
  const compressor = asObject(document["compressor"]);
  const steps = [...listed(document["filters"]).map(asObject), ...(compressor ? [compressor] : [])];
  const codecs = steps.map((step) => {
    const { id, ...configuration } = step ?? {};
    return makeCodec(asText(id), configuration);
  });
  const rank = shape.map((_, axis) => axis);
  const separator = document["dimension_separator"] === "/" ? "/" : ".";
  const key = (by: string) => (coordinates: number[]) => coordinates.join(by) || "0";
  return {
    version: 2,
    shape,
    type,
    fill: parseFill(document["fill_value"], type),
    chunk: { shape: chunk, type, bigEndian, order: document["order"] === "F" ? rank.reverse() : rank, codecs },
    shard: null,
    key: key(separator),
    otherKey: key(separator === "/" ? "." : "/"),
    names: [],
  };
}

export function parseV3(document: JsonObject): ArrayMetadata {
  const shape = sizes(document["shape"], "shape", 0);
  const type = dataTypeOfV3(document["data_type"]);
  const [gridName, grid] = named(document["chunk_grid"]);
  if (gridName !== "regular")
    throw new NotShownError(`Its chunk grid is "${shortName(gridName)}", which this page does not read.`);
  if (asArray(document["storage_transformers"]).length > 0) {
    throw new NotShownError("It has storage transformers, which this page does not read.");
  }
  const outer = sizes(grid["chunk_shape"], "chunk_shape", 1);
  sameRank(shape, outer);
  const codecs = listed(document["codecs"]).map(named);
  const sharding = codecs.find(([name]) => name === "sharding_indexed");
  const [encoding, { separator }] = named(document["chunk_key_encoding"]);
  if (encoding !== "default" && encoding !== "v2") {
    throw new NotShownError(`Its chunk keys are of kind "${shortName(encoding)}", which this page does not read.`);
  }
  const own = asText(separator) || (encoding === "v2" ? "." : "/");
  if (own !== "." && own !== "/") {
    throw new NotShownError(`Its chunk keys have the separator ${shortValue(own)}, which this page does not read.`);
  }
  const key = (by: string) => (coordinates: number[]) =>
    encoding === "default" ? ["c", ...coordinates].join(by) : coordinates.join(by) || "0";
  const names = asArray(document["dimension_names"])
    .slice(0, MOST_AXES)
    .map((name) => shortName(asText(name)) || null);
  return {
    version: 3,
    shape,
    type,
    fill: parseFill(document["fill_value"], type),
    ...(sharding ? sharded(codecs, sharding[1], outer, type) : { chunk: chunkCodec(codecs, outer, type), shard: null }),
    key: key(own),
    otherKey: key(own === "/" ? "." : "/"),
    names,
  };
}

type Named = [name: string, configuration: JsonObject];

/** V3 names extensions by an object, or where they have no configuration by the name alone. */
function named(value: unknown): Named {
  if (typeof value === "string") return [value, {}];
  const object = asObject(value);
  return [asText(object?.["name"]), asObject(object?.["configuration"]) ?? {}];
}

function sharded(
  codecs: Named[],
  configuration: JsonObject,
  outer: number[],
  type: DataType,
): Pick<ArrayMetadata, "chunk" | "shard"> {
  if (codecs.length > 1)
    throw new NotShownError("It has other codecs around its shards, which this page does not read.");
  const inner = sizes(configuration["chunk_shape"], "chunk_shape", 1);
  sameRank(outer, inner);
  if (!outer.every((size, axis) => size % (inner[axis] as number) === 0)) {
    throw new DamageError("its shards do not hold whole chunks");
  }
  const within = listed(configuration["codecs"]).map(named);
  if (within.some(([name]) => name === "sharding_indexed")) {
    throw new NotShownError("It has shards inside of shards, which this page does not read.");
  }
  const index = listed(configuration["index_codecs"]).map(named);
  const [, { endian } = {}] = index.find(([name]) => name === "bytes") ?? [];
  return {
    chunk: chunkCodec(within, inner, type),
    shard: {
      chunks: outer.map((size, axis) => size / (inner[axis] as number)),
      indexAtStart: configuration["index_location"] === "start",
      indexBigEndian: endian === "big",
      indexCodecs: index.filter(([name]) => name !== "bytes").map(([name, own]) => makeCodec(name, own)),
    },
  };
}

function chunkCodec(codecs: Named[], shape: number[], type: DataType): ChunkCodec {
  const at = codecs.findIndex(([name]) => name === "bytes");
  if (at < 0) {
    const strange = codecs.find(([name]) => name !== "transpose");
    throw new NotShownError(
      `Its chunks are made by "${shortName(strange?.[0] ?? "nothing")}", which this page does not decode.`,
    );
  }
  const [before, [, bytes], after] = [codecs.slice(0, at), codecs[at] as Named, codecs.slice(at + 1)];
  let order = shape.map((_, axis) => axis);
  for (const [name, { order: given }] of before.filter(([name]) => name === "transpose")) {
    order = permuted(order, given, name);
  }
  const filters = before.filter(([name]) => name !== "transpose");
  const bigEndian = bytes["endian"] === "big" && bytesOf(type) > 1;
  if (filters.length > 0 && (filters.length < before.length || bigEndian)) {
    throw new NotShownError(
      `Its filter "${shortName(filters[0]?.[0] ?? "")}" is used in a way that this page does not undo.`,
    );
  }
  const known = ["delta", "fixedscaleoffset", "bitround", "quantize"];
  for (const [name] of filters) {
    if (!known.includes(name.replace(/^numcodecs\./, ""))) {
      throw new NotShownError(`It has the filter "${shortName(name)}", which this page does not undo.`);
    }
  }
  return {
    shape,
    type,
    bigEndian,
    order,
    codecs: [...filters, ...after].map(([name, own]) => makeCodec(name, own)),
  };
}

function permuted(order: number[], given: unknown, name: string): number[] {
  const axes =
    given === "F" ? order.map((_, axis) => axis).reverse() : given === "C" ? order.map((_, axis) => axis) : given;
  const valid = Array.isArray(axes) && axes.length === order.length && new Set(axes).size === order.length;
  const next = valid ? (axes as number[]).map((axis) => order[axis]) : [];
  if (!valid || next.some((axis) => axis === undefined)) throw new DamageError(`its codec "${name}" makes no sense`);
  return next as number[];
}

/** A list of codecs or filters. */
function listed(value: unknown): unknown[] {
  const list = asArray(value);
  if (list.length > MOST_CODECS) {
    throw new NotShownError(
      `It has ${list.length} codecs one behind the other; this page undoes ${MOST_CODECS} at most.`,
    );
  }
  return list;
}

function sizes(value: unknown, what: string, least: number): number[] {
  const list = asArray(value);
  if (list.length > MOST_AXES) {
    throw new NotShownError(`Its "${what}" has ${list.length} axes; this page shows arrays of ${MOST_AXES} at most.`);
  }
  if (!Array.isArray(value) || !list.every((size) => Number.isSafeInteger(size) && (size as number) >= least)) {
    throw new DamageError(`its "${what}" is no list of sizes`);
  }
  return list as number[];
}

function sameRank(shape: number[], chunk: number[]): void {
  if (shape.length !== chunk.length)
    throw new DamageError(`its shape has ${shape.length} axes, its chunks ${chunk.length}`);
}
