import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ZipFileStore } from "@zarrita/storage";
import { afterAll, describe, expect, test } from "vitest";
import { FileAccess, type RandomAccess } from "../../../zip/random-access.ts";
import { ZipWriter } from "../../../zip/zip-writer.ts";
import { ZipStore } from "./zip-store.ts";

const folder = mkdtempSync(join(tmpdir(), "zarrcam-zip-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();
const text = (value: string) => new TextEncoder().encode(value);
const said = (bytes: Uint8Array | undefined) => (bytes ? new TextDecoder().decode(bytes) : null);

async function archive(files: Record<string, string>, comment = "{}"): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const writer = new ZipWriter((bytes) => Promise.resolve(void parts.push(bytes.slice())));
  // eslint-disable-next-line @typescript-eslint/require-await -- slices come asynchronously where it is used
  const slices = async function* (content: string) {
    yield text(content);
  };
  for (const [name, content] of Object.entries(files)) await writer.addStream(name, slices(content), new Date());
  await writer.close(text(comment));
  return new Uint8Array(Buffer.concat(parts));
}
const open = (bytes: Uint8Array<ArrayBuffer>) => ZipStore.open(new FileAccess(new Blob([bytes])), signal);
const FILES = { "zarr.json": '{"a":1}', "0/c/0": "0123456789" };

describe("what this page exports", () => {
  test("is read whole and in parts, and what is not there is not there", async () => {
    const store = await open(await archive(FILES));
    expect([store.format, store.isArray]).toEqual(["zarr3", false]);
    expect(said((await store.get("zarr.json", null, signal))?.bytes)).toBe('{"a":1}');
    const parts = [{ offset: 2, length: 3 }, { offset: 8, length: 9 }, { last: 4 }, { offset: 20, length: 1 }];
    const read = await Promise.all(parts.map((range) => store.get("0/c/0", range, signal)));
    expect(read.map((found) => said(found?.bytes))).toEqual(["234", "89", "6789", ""]);
    expect(read[0]?.total).toBe(10);
    expect(await store.get("0/c/1", null, signal)).toBeNull();
    expect(await store.version("0/c/0")).toBe(read[0]?.version);
  });

  test("is read by zarrita's store too", async () => {
    const store = ZipFileStore.fromBlob(new Blob([await archive(FILES)]));
    expect(said(await store.get("/zarr.json"))).toBe('{"a":1}');
    expect(said(await store.getRange("/0/c/0", { suffixLength: 4 }))).toBe("6789");
  });
});

/** By Python's zipfile. */
function packed(lines: string): Uint8Array<ArrayBuffer> {
  const path = join(folder, "packed.zip");
  execFileSync("python3", ["-c", `import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],"w")\n${lines}\nz.close()`, path]);
  return new Uint8Array(readFileSync(path));
}

describe("what others have packed", () => {
  test("deflated, of V2, in a folder of its own, without ZIP64", async () => {
    const store = await open(
      packed(`
d=zipfile.ZIP_DEFLATED
z.writestr("scan.zarr/.zgroup","{}",d)
z.writestr("scan.zarr/0/.zarray","{}",d)
z.writestr("scan.zarr/0/0.0","0123456789"*1000,d)
z.writestr("readme.txt","about")
z.comment=b"a comment with PK\\x05\\x06 in it"`),
    );
    expect([store.format, store.isArray]).toEqual(["zarr2", false]);
    expect(said((await store.get("0/0.0", { last: 3 }, signal))?.bytes)).toBe("789");
    expect((await store.get("0/0.0", null, signal))?.bytes.length).toBe(10_000);
  });

  test.each([
    ["no Zarr", `z.writestr("a.txt","a")`, "holds no Zarr"],
    ["several", `z.writestr("a/zarr.json","{}");z.writestr("b/zarr.json","{}")`, "2 Zarr hierarchies (a, b)"],
  ])("with %s in it: says so", async (_what, lines, words) => {
    await expect(open(packed(lines))).rejects.toThrow(words);
  });

  test("by a method that is not read: says so", async () => {
    const store = await open(packed(`z.writestr("zarr.json","{}"*99,zipfile.ZIP_LZMA)`));
    await expect(store.get("zarr.json", null, signal)).rejects.toThrow("zarr.json is packed by method 14");
  });
});

describe("damaged archives", () => {
  test.each<[string, (whole: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>, string]>([
    ["cut at its end", (whole) => whole.slice(0, -3), "cut short: its end"],
    ["cut in the middle", (whole) => whole.slice(0, whole.length / 2), "cut short: its end"],
    ["that begins late", (whole) => whole.slice(40), "damaged"],
    ["empty", () => new Uint8Array(0), "no ZIP archive"],
    ["that is none", () => new Uint8Array(5000).fill(80), "no ZIP archive"],
  ])("one %s is named", async (_what, change, words) => {
    await expect(open(change(await archive(FILES, "")))).rejects.toThrow(words);
  });

  test("a flipped bit in a file is found when all of it is read", async () => {
    const whole = await archive(FILES);
    const at = Buffer.from(whole).indexOf("0123456789");
    whole[at + 4] = 0;
    const store = await open(whole);
    await expect(store.get("0/c/0", null, signal)).rejects.toThrow("its checksum is not what the archive says");
  });

  test("whatever byte is wrong: it is read right, or refused in words", async () => {
    const whole = await archive({ "zarr.json": "{}" }, "");
    for (let at = 0; at < whole.length; at++) {
      const wrong = whole.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 0x55;
      const answer = await open(wrong)
        .then((store) => store.get("zarr.json", null, signal))
        .then(
          (found) => said(found?.bytes),
          (error: Error) => error.message,
        );
      expect(answer, `byte ${at}`).toMatch(/^\{\}$|^(It|zarr\.json) .*\.$|list says$|archive says$/);
    }
  });
});

test("of an archive of 10 GB its directory and what is asked for is read, and no more", async () => {
  const large = 10e9;
  // The bytes are made when they are asked for: a local header, so many zeros, a directory.
  const head = await archive({ "0/c/0": "", "zarr.json": "{}" }, "");
  const reads: number[] = [];
  const hole = 64;
  const access: RandomAccess = {
    size: () => Promise.resolve(head.length + large),
    read: (offset, length) => {
      reads.push(length);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at++) {
        const from = offset + at;
        bytes[at] = (from < hole ? head[from] : from < hole + large ? 0 : head[from - large]) ?? 0;
      }
      return Promise.resolve(bytes);
    },
  };
  // The first entry grows by the hole, all behind it moves: written as the writer would.
  const view = new DataView(head.buffer);
  const directory = Buffer.from(head).indexOf(Buffer.from("504b0102", "hex"));
  const move = (at: number) => view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(large), true);
  const firstExtra = directory + 46 + 5 + 4;
  move(firstExtra);
  move(firstExtra + 8);
  const second = firstExtra + 24;
  move(second + 46 + 9 + 4 + 16);
  const end64 = Buffer.from(head).indexOf(Buffer.from("504b0606", "hex"));
  move(end64 + 48);
  move(end64 + 56 + 8);
  const store = await ZipStore.open(access, signal);
  expect((await store.get("0/c/0", { last: 8 }, signal))?.bytes.length).toBe(8);
  expect((await store.get("0/c/0", { offset: 9e9, length: 16 }, signal))?.total).toBe(large);
  expect(said((await store.get("zarr.json", null, signal))?.bytes)).toBe("{}");
  expect(reads.reduce((sum, one) => sum + one)).toBeLessThan(100_000);
});
