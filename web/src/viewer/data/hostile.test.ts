// Datasets of somebody who means harm: whatever their files say, the page refuses in words, soon, and takes no memory for it.
import { deflateRawSync, gzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { UrlAccess } from "../../zip/random-access.ts";
import { readBody } from "../../zip/read-body.ts";
import { ImageStore } from "./image-store.ts";
import { omeChannels } from "./ome-metadata.ts";
import { decodeAll, makeCodec } from "./zarr/codecs.ts";
import { parseFill } from "./zarr/data-type.ts";
import { parseJson } from "./zarr/json.ts";
import { type ByteRange, type Store, checkLength, cut } from "./zarr/store.ts";
import { unpackedBytes } from "./zarr/zstd-frames.ts";

/** 100,000 times "abc", by zstd 1.5: with its length and a checksum, and without both. */
const KNOWN = "28b52ffda4e09304005c0000186162630100faffe66e084c000008630100fcff3910024d000008620100dc131d080149c1711e";
const STREAMED = "28b52ffd00585c0000186162630100faffe66e084c000008630100fcff3910024d000008620100dc131d0801";

const { signal } = new AbortController();
const MIB = 1 << 20;

/** Files in memory; what is asked for is counted. */
class MemoryStore implements Store {
  asked = 0;
  readonly #files: Record<string, Uint8Array | string>;
  constructor(files: Record<string, Uint8Array | string>) {
    this.#files = files;
  }
  get(key: string, range: ByteRange | null, _signal: AbortSignal, mostBytes = Infinity) {
    this.asked += 1;
    const file = this.#files[key];
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
    return Promise.resolve().then(() => {
      if (bytes === undefined) return null;
      if (!range) checkLength(bytes.length, mostBytes);
      return { bytes: range ? cut(bytes, range) : bytes, total: bytes.length, version: "1" };
    });
  }
  version(key: string) {
    return Promise.resolve(this.#files[key] === undefined ? null : "1");
  }
}

const BYTES = { name: "bytes", configuration: { endian: "little" } };
function array(document: object = {}): string {
  return JSON.stringify({
    zarr_format: 3,
    node_type: "array",
    shape: [4, 4],
    data_type: "uint8",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [4, 4] } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: 0,
    codecs: [BYTES],
    ...document,
  });
}
const shaped = (shape: number[], chunks: number[], more: object = {}): string =>
  array({ shape, chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } }, ...more });

function open(files: Record<string, Uint8Array | string>): Promise<ImageStore> {
  const source = { live: false, format: "zarr3", isArray: true, logged: false, byLog: null, pixelType: null } as const;
  const store = new MemoryStore(files);
  return ImageStore.open({ ...source, at: { kind: "http", url: "" } }, () => store, 1, signal);
}
const plane = async (files: Record<string, Uint8Array | string>) => (await open(files)).plane([], 0, null, signal);

describe("bombs", () => {
  const zeros = Buffer.alloc(64 * MIB);

  test("gzip that gives more than its shape takes is stopped where that is certain", async () => {
    const codecs = [makeCodec("gzip", {})];
    await expect(decodeAll(gzipSync(zeros), codecs, 1000)).rejects.toThrow("it gives more than 1000 bytes");
    expect((await decodeAll(gzipSync(zeros), codecs, zeros.length)).length).toBe(zeros.length);
  });

  test("gzip inside of gzip, whose length nobody knows before", async () => {
    const codecs = [makeCodec("gzip", {}), makeCodec("gzip", {})];
    await expect(decodeAll(gzipSync(gzipSync(zeros)), codecs, 1000)).rejects.toThrow("it gives more than 1000 bytes");
  });

  /** A frame that does not say how long it is, of blocks of 128 KiB of one byte, four bytes each. */
  function bomb(blocks: number): Uint8Array {
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    const block = (last: boolean) => {
      const header = (Number(last) | (1 << 1) | ((128 << 10) << 3)) >>> 0;
      return [header & 255, (header >> 8) & 255, (header >> 16) & 255, 0];
    };
    return Uint8Array.from([...head, ...Array.from({ length: blocks }, (_, at) => block(at === blocks - 1)).flat()]);
  }

  test("zstd that does not say how long it is, is told by its blocks", async () => {
    expect(unpackedBytes(bomb(80_000))).toEqual({ least: 80_000 * (128 << 10), most: 80_000 * (128 << 10) });
    const codecs = [makeCodec("zstd", {})];
    await expect(decodeAll(bomb(80_000), codecs, 1000)).rejects.toThrow("not 1000");
    // The decoder is none the worse.
    expect((await decodeAll(bomb(2), codecs, 256 << 10)).every((byte) => byte === 0)).toBe(true);
  });

  test("zstd of others is measured as it is, and cut anywhere it is cut short", () => {
    for (const packed of [KNOWN, STREAMED]) {
      const whole = Buffer.from(packed, "hex");
      const { least, most } = unpackedBytes(whole);
      expect(least).toBeLessThanOrEqual(300_000);
      expect(most).toBeGreaterThanOrEqual(300_000);
      for (let at = 0; at < whole.length; at++) expect(() => unpackedBytes(whole.subarray(0, at))).toThrow(/zstd/);
    }
  });

  test.each(["lz4", "blosc"])("%s that claims gigabytes", async (name) => {
    const bytes = new Uint8Array(64);
    if (name === "lz4") new DataView(bytes.buffer).setUint32(0, 0xffff_ffff, true);
    else bytes.set([2, 1, 32, 1, 255, 255, 255, 255, 255, 255, 255, 127, 64, 0, 0, 0]);
    // Its length is not known: another codec stands before it.
    const codecs = [makeCodec("gzip", {}), makeCodec(name, {})];
    await expect(decodeAll(bytes, codecs, 1000)).rejects.toThrow(/makes no sense|says that it holds/);
  });
});

describe("metadata", () => {
  test("deep JSON is no harm", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    await expect(open({ "zarr.json": deep })).rejects.toThrow(/zarr\.json is damaged/);
    const within = array({ data_type: "@" }).replace('"@"', deep);
    await expect(open({ "zarr.json": within })).rejects.toThrow(/Its values are of type .{1,300}$/);
    const filled = array({ fill_value: "@" }).replace('"@"', deep);
    await expect(open({ "zarr.json": filled })).rejects.toThrow(/Its fill value .{1,300}$/);
  });

  test("texts that nobody ends are read once", () => {
    const began = performance.now();
    expect(() => parseJson(`{"a": NaN, "b": "${'\\"'.repeat(500_000)}`)).toThrow();
    expect(() => parseJson(`NaN${'"\\'.repeat(500_000)}`)).toThrow();
    // By steps of its length squared this takes hours.
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test("a fill value of a million digits is none", () => {
    expect(() => parseFill("9".repeat(1_000_000), "uint64")).toThrow(/is none of uint64/);
  });

  test.each<[string, object, RegExp]>([
    ["axes", { shape: Array.from({ length: 10_000 }, () => 1) }, /10000 axes; this page shows arrays of 32/],
    ["codecs", { codecs: [BYTES, ...Array.from({ length: 10_000 }, () => "crc32c")] }, /10001 codecs/],
    [
      "a separator that leads away",
      { chunk_key_encoding: { name: "default", configuration: { separator: "/../../" } } },
      /have the separator "\/..\/..\/"/,
    ],
    [
      "chunks of petabytes",
      { chunk_grid: { name: "regular", configuration: { chunk_shape: [1e9, 1e9] } } },
      /chunks take 1\.0e\+9 GB/,
    ],
    [
      "an index of terabytes",
      {
        shape: [1e6, 1e6],
        chunk_grid: { name: "regular", configuration: { chunk_shape: [1e6, 1e6] } },
        codecs: [
          {
            name: "sharding_indexed",
            configuration: { chunk_shape: [1, 1], codecs: [BYTES], index_codecs: [BYTES] },
          },
        ],
      },
      /index of a shard takes/,
    ],
    ["a codec with a long name", { codecs: [BYTES, "x".repeat(1e6)] }, /^.{1,300}$/],
  ])("%s", async (_what, document, words) => {
    await expect(open({ "zarr.json": array(document) })).rejects.toThrow(words);
  });

  test("a shape beyond all measure can be opened, and its planes are refused while they are too large", async () => {
    // Of 15 digits: with more they are no sizes to this page.
    const most = 999_999_999_999_999;
    for (const [shape, chunks] of [
      [
        [most, most, most],
        [1, 1, 1],
      ],
      [
        [1e9, 1e9],
        [1, 1],
      ],
      [
        [30_000, 30_000],
        [30_000, 30_000],
      ],
      [
        [16_000, 16_000],
        [1, 1],
      ],
    ] as const) {
      const store = await open({ "zarr.json": shaped([...shape], [...chunks]) });
      const index = shape.slice(2).map(() => 0);
      await expect(store.plane(index, 0, null, signal)).rejects.toThrow(/than is read at once.*zoom in/);
      const part = await store.plane(index, 0, { x: 0, y: 0, width: 8, height: 8 }, signal);
      expect([part.width, part.height]).toEqual([8, 8]);
    }
  });

  test("what all chunks of a plane take together is bounded, too", async () => {
    const store = await open({ "zarr.json": shaped([1000, 4000, 4000], [1000, 400, 400]) });
    await expect(store.plane([0], 0, null, signal)).rejects.toThrow(/100 chunks \(16 GB\) are more/);
  });

  test("levels and channels without end", async () => {
    const datasets = Array.from({ length: 5000 }, () => ({ path: "0" }));
    const group = { zarr_format: 3, node_type: "group", attributes: { ome: { multiscales: [{ datasets }] } } };
    const { description } = await open({ "zarr.json": JSON.stringify(group), "0/zarr.json": array() });
    expect(description.levels.length).toBeLessThanOrEqual(64);
    expect(description.remarks.join()).toContain("names 5000 zoom levels");
    const channels = Array.from({ length: 100_000 }, () => ({ label: "x".repeat(1000) }));
    const hints = omeChannels({ omero: { channels } });
    expect(hints.length).toBe(1000);
    expect(Math.max(...hints.map(({ label }) => label.length))).toBeLessThan(300);
  });

  test("axes that are called the same, or too long, have names that tell them apart", async () => {
    const names = ["a", "a", "n".repeat(1e6), "y", "x"];
    const { description } = await open({
      "zarr.json": shaped([2, 2, 2, 4, 4], [1, 1, 1, 4, 4], { dimension_names: names }),
    });
    const shown = description.axes.map(({ name }) => name);
    expect(new Set(shown).size).toBe(3);
    expect(shown[0]).toBe("a");
    expect(Math.max(...shown.map((name) => name.length))).toBeLessThan(300);
  });
});

describe("files", () => {
  test("a document, and a chunk, that are longer than they can be are not taken", async () => {
    await expect(open({ "zarr.json": new Uint8Array(65 * MIB) })).rejects.toThrow(/zarr\.json is damaged: it has/);
    const { gaps } = await plane({ "zarr.json": array(), "c/0/0": new Uint8Array(MIB) });
    expect(gaps).toMatchObject([{ kind: "damaged", why: expect.stringMatching(/cannot have more than/) as unknown }]);
  });

  test("an index that points to more than a chunk can be", async () => {
    const index = new BigUint64Array([0n, 1n << 40n]);
    const sharding = { chunk_shape: [4, 4], codecs: [BYTES], index_codecs: [BYTES], index_location: "start" };
    const document = array({ codecs: [{ name: "sharding_indexed", configuration: sharding }] });
    const source = {
      live: false,
      format: "zarr3",
      isArray: true,
      logged: false,
      byLog: null,
      pixelType: null,
    } as const;
    const memory = new MemoryStore({ "zarr.json": document, "c/0/0": new Uint8Array(index.buffer) });
    // As a file with holes is: no disk holds it, and its length says so.
    const store: Store = {
      get: async (key, range, ...rest) => {
        const found = await memory.get(key, range, ...rest);
        return found && { ...found, total: 2 ** 41 };
      },
      version: (key) => memory.version(key),
    };
    const image = await ImageStore.open({ ...source, at: { kind: "http", url: "" } }, () => store, 1, signal);
    const asked = memory.asked;
    const { gaps } = await image.plane([], 0, null, signal);
    expect(gaps).toMatchObject([{ kind: "damaged", why: "its shard's index makes it longer than it can be" }]);
    // The index alone was read.
    expect(memory.asked).toBe(asked + 1);
  });

  test("a server that sends without end is left", async () => {
    let sent = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          sent += 1;
          controller.enqueue(new Uint8Array(64 << 10));
        },
      });
    await expect(readBody(new Response(endless()), MIB)).rejects.toThrow(`more than ${MIB} bytes came`);
    const { fetch } = globalThis;
    globalThis.fetch = () => Promise.resolve(new Response(endless(), { status: 206 }));
    try {
      await expect(new UrlAccess("https://evil.example/a.ozx").read(0, 1000, signal)).rejects.toThrow("another part");
    } finally {
      globalThis.fetch = fetch;
    }
    expect(sent).toBeLessThan(40);
    // One that is compressed on its way is counted as it comes out.
    const packed = new Blob([deflateRawSync(Buffer.alloc(64 * MIB))]).stream();
    const unpacked = packed.pipeThrough(new DecompressionStream("deflate-raw"));
    await expect(readBody(new Response(unpacked), MIB)).rejects.toThrow("bytes came");
  });
});
