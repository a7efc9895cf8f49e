import { describe, expect, it } from "vitest";

import { exactLabel } from "../../core/stored-value.ts";
import { blosc } from "./blosc.ts";
import { crc32 } from "../../../zip/crc32.ts";
import { adler32, crc32c } from "./checksums.ts";
import { parseFill, valuesOf } from "./data-type.ts";
import { DamageError, NotShownError } from "./errors.ts";
import { parseJson } from "./json.ts";
import { lz4Block } from "./lz4.ts";
import { parseV2, parseV3 } from "./metadata.ts";
import { joinKey } from "./store.ts";

describe("JSON as Zarr's writers leave it", () => {
  it("keeps what JSON has no word for, and digits beyond 2^53", () => {
    const text =
      '\ufeff{"a": NaN, "b": [-Infinity, 1.5e3], "c": "NaN, \\"Infinity", "d": 18446744073709551615, "e": -12}';
    expect(parseJson(text)).toEqual({
      a: "NaN",
      b: ["-Infinity", 1500],
      c: 'NaN, "Infinity',
      d: "18446744073709551615",
      e: -12,
    });
    expect(() => parseJson('{"a": ')).toThrow();
  });
});

describe("values", () => {
  it("keep their type in any byte order", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect([...valuesOf(bytes, "uint64", true)]).toEqual([0x0102030405060708n]);
    expect([...valuesOf(bytes, "uint32")]).toEqual([0x04030201, 0x08070605]);
    expect([...valuesOf(bytes.subarray(1, 5), "uint16", true)]).toEqual([0x0203, 0x0405]);
    expect([...valuesOf(Uint8Array.of(0x00, 0x3c, 0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc), "float16")]).toEqual([
      1,
      65504,
      2 ** -24,
      -Infinity,
    ]);
    expect([...valuesOf(Uint8Array.of(0, 1, 200), "bool")]).toEqual([0, 1, 1]);
  });

  it("are filled as the metadata says", () => {
    expect(parseFill("18446744073709551615", "uint64")).toBe(18446744073709551615n);
    expect(parseFill("NaN", "float32")).toBeNaN();
    expect(parseFill("0x7f800000", "float32")).toBe(Infinity);
    expect(parseFill("0x3c00", "float16")).toBe(1);
    expect([parseFill(null, "uint8"), parseFill(true, "bool")]).toEqual([null, 1]);
    expect(() => parseFill([1, 2], "uint8")).toThrow(NotShownError);
  });

  it("are told by as few digits as name them", () => {
    const single = Math.fround;
    expect([0.1, 16777216, 0.12345679, 3.4e38].map((value) => exactLabel(single(value), "float32"))).toEqual([
      "0.1",
      "16777216",
      "0.12345679",
      "3.4e+38",
    ]);
    expect(exactLabel(0.0999755859375, "float16")).toBe("0.1");
    expect(exactLabel(0.1 + 0.2, "float64")).toBe("0.30000000000000004");
    expect(exactLabel(2n ** 64n - 1n, "uint64")).toBe("18446744073709551615");
    expect(exactLabel(Number.NaN, "float32")).toBe("NaN");
  });
});

describe("checksums", () => {
  // Their standard check values.
  it("are the published ones", () => {
    const bytes = new TextEncoder().encode("123456789");
    expect([crc32c(bytes), crc32(bytes), adler32(bytes)]).toEqual([0xe3069283, 0xcbf43926, 0x091e01de]);
  });
});

describe("lz4", () => {
  it("fills its place exactly, or is damaged", () => {
    // Four literals, then 8 bytes from 4 back, then the last five.
    const block = Uint8Array.of(0x44, 1, 2, 3, 4, 4, 0, 0x50, 9, 9, 9, 9, 9);
    const out = new Uint8Array(17);
    lz4Block(block, out);
    expect([...out]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 9, 9, 9, 9, 9]);
    for (const wrong of [block.subarray(0, 9), block.subarray(0, 6), Uint8Array.of(0x44, 1, 2, 3, 4, 9, 0, 0x00)]) {
      expect(() => lz4Block(wrong, new Uint8Array(17))).toThrow(DamageError);
    }
    expect(() => lz4Block(block, new Uint8Array(18))).toThrow(DamageError);
    expect(() => lz4Block(block, new Uint8Array(16))).toThrow(DamageError);
  });
});

describe("Blosc", () => {
  const stored = (payload: number[], change: (header: DataView) => void = () => undefined) => {
    const bytes = new Uint8Array(16 + payload.length);
    const view = new DataView(bytes.buffer);
    bytes.set([2, 1, 0x02, 1]);
    view.setUint32(4, payload.length, true);
    view.setUint32(8, payload.length, true);
    view.setUint32(12, bytes.length, true);
    bytes.set(payload, 16);
    change(view);
    return bytes;
  };

  it("gives what is stored, and says of each length that is wrong", async () => {
    expect([...(await blosc(stored([5, 6, 7]), 3))]).toEqual([5, 6, 7]);
    await expect(blosc(stored([5, 6, 7]), 4)).rejects.toThrow("it says that it holds 3 bytes; its shape takes 4");
    await expect(blosc(stored([5, 6, 7]).subarray(0, 18), 3)).rejects.toThrow("it is cut short: 18 of 19 bytes");
    await expect(blosc(new Uint8Array(0), 3)).rejects.toThrow(DamageError);
    await expect(
      blosc(
        stored([5, 6, 7], (view) => view.setUint32(12, 18, true)),
        3,
      ),
    ).rejects.toThrow(DamageError);
    await expect(
      blosc(
        stored([5, 6, 7], (view) => view.setUint8(3, 0)),
        3,
      ),
    ).rejects.toThrow(DamageError);
    await expect(
      blosc(
        stored([5, 6, 7], (view) => view.setUint8(0, 3)),
        3,
      ),
    ).rejects.toThrow(DamageError);
    // lz4, whose one block would begin behind the end.
    const outside = stored([255, 0, 0, 0, 0, 0, 0, 0], (view) => view.setUint8(2, 0x20));
    await expect(blosc(outside, 8)).rejects.toThrow("its block 0 lies outside of it");
    const snappy = stored([20, 0, 0, 0, 1, 0, 0, 0, 9], (view) => view.setUint8(2, 0x40));
    await expect(blosc(snappy, 9)).rejects.toThrow(NotShownError);
  });
});

describe("metadata", () => {
  const v3 = {
    shape: [4, 6],
    data_type: "uint16",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [2, 3] } },
    chunk_key_encoding: { name: "default" },
    codecs: [{ name: "bytes", configuration: { endian: "little" } }],
    fill_value: 0,
  };
  const v2 = {
    shape: [4, 6],
    chunks: [2, 3],
    dtype: "<u2",
    compressor: null,
    filters: null,
    fill_value: 0,
    order: "C",
  };

  it("says where a chunk lies, and where it would lie by the other separator", () => {
    expect(parseV3(v3).key([1, 0])).toBe("c/1/0");
    expect(parseV3(v3).otherKey([1, 0])).toBe("c.1.0");
    expect(parseV2(v2).key([1, 0])).toBe("1.0");
    expect(parseV2({ ...v2, dimension_separator: "/" }).key([1, 0])).toBe("1/0");
  });

  it("names what is not shown", () => {
    const refused = (change: object) => () => parseV3({ ...v3, ...change });
    expect(refused({ data_type: "complex64" })).toThrow(
      'of type "complex64": this page shows integers, floats and bool',
    );
    expect(() => parseV2({ ...v2, dtype: "<c8" })).toThrow("of type complex64");
    expect(() => parseV2({ ...v2, dtype: [["a", "<f4"]] })).toThrow(NotShownError);
    expect(() => parseV2({ ...v2, compressor: { id: "bz2" } })).toThrow('"bz2", which this page does not decode');
    expect(refused({ chunk_grid: { name: "rectilinear", configuration: {} } })).toThrow('chunk grid is "rectilinear"');
    expect(refused({ storage_transformers: [{}] })).toThrow("storage transformers");
    expect(refused({ codecs: [{ name: "vlen-utf8" }] })).toThrow('made by "vlen-utf8"');
    const shards = {
      name: "sharding_indexed",
      configuration: { chunk_shape: [1, 3], codecs: v3.codecs, index_codecs: [] },
    };
    expect(refused({ codecs: [shards, { name: "gzip" }] })).toThrow("other codecs around its shards");
    expect(parseV3({ ...v3, codecs: [shards] }).shard?.chunks).toEqual([2, 1]);
  });

  it("is damaged where it contradicts itself", () => {
    expect(() => parseV2({ ...v2, chunks: [2] })).toThrow(DamageError);
    expect(() => parseV2({ ...v2, shape: "many" })).toThrow('its "shape" is no list of sizes');
    expect(() => parseV2({ ...v2, chunks: [0, 3] })).toThrow(DamageError);
  });
});

it("keys never leave the store", () => {
  expect(joinKey("a", "./b//c")).toBe("a/b/c");
  expect(joinKey("a/b", "../c")).toBe("a/c");
  expect(joinKey("a", "../../c")).toBeNull();
});
