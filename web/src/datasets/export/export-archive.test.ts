import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { exportArchive } from "./export-archive.ts";
import type { DatasetFile, FileSource } from "./file-source.ts";

const folder = mkdtempSync(join(tmpdir(), "zarrcam-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

const GROUP = JSON.stringify({ node_type: "group", attributes: { ome: { version: "0.5" } } });
const ARRAY = JSON.stringify({ node_type: "array", codecs: [{ name: "sharding_indexed" }] });

/** Files in memory; `change` alters what is read after the list was told. */
function source(texts: Record<string, Uint8Array | string>, change: (path: string) => Uint8Array | null = () => null) {
  const bytes = (path: string) => {
    const given = texts[path] ?? "";
    return typeof given === "string" ? new TextEncoder().encode(given) : given;
  };
  let open = 0;
  const own = {
    mostOpen: 0,
    list: () =>
      Promise.resolve(
        Object.keys(texts)
          .reverse()
          .map((path): DatasetFile => ({ path, bytes: bytes(path).length, modifiedMs: 1.7e12, version: null })),
      ),
    read: (file: DatasetFile) => {
      own.mostOpen = Math.max(own.mostOpen, ++open);
      const all = change(file.path) ?? bytes(file.path);
      let at = 0;
      return Promise.resolve(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            if (at >= all.length) {
              open -= 1;
              return controller.close();
            }
            controller.enqueue(all.slice(at, (at += 300_000)));
          },
        }),
      );
    },
  };
  return own satisfies FileSource & { mostOpen: number };
}

const large = Uint8Array.from({ length: (3 << 20) + 7 }, (_, at) => (at * 2_654_435_761) >>> 13);
const store = {
  "zarr.json": GROUP,
  "0/zarr.json": ARRAY,
  "0/c/0": large,
  "0/c/1": "one",
  "0/c/2": "",
  ...Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`0/c/${at + 3}`, String(at).repeat(1000)])),
};
const { signal } = new AbortController();

describe("an archive", () => {
  test("holds every file as it is, metadata first, and tells how far it is", async () => {
    const parts: Uint8Array[] = [];
    const told: { bytes: number; files: number }[] = [];
    const from = source(store);
    const plan = await exportArchive(from, (part) => Promise.resolve(void parts.push(part.slice())), {
      signal,
      progress: ({ bytes, files }) => void told.push({ bytes, files }),
    });
    expect(plan.kind).toBe("ozx");
    const path = join(folder, "a.ozx");
    writeFileSync(path, Buffer.concat(parts));
    const code =
      "import sys,zipfile,json,zlib;z=zipfile.ZipFile(sys.argv[1]);" +
      "print(json.dumps([[i.filename,i.file_size,zlib.crc32(z.read(i))] for i in z.infolist()]));print(z.comment.decode())";
    const [entries = "", comment = ""] = execFileSync("python3", ["-c", code, path], { encoding: "utf8" }).split("\n");
    const read = JSON.parse(entries) as [string, number, number][];
    const names = Array.from({ length: 23 }, (_, at) => `0/c/${at}`);
    expect(read.map(([name]) => name)).toEqual(["zarr.json", "0/zarr.json", ...names]);
    expect(read[2]?.[1]).toBe(large.length);
    expect(JSON.parse(comment)).toMatchObject({ ome: { version: "0.5" } });
    const total = Object.values(store).reduce((sum, one) => sum + one.length, 0);
    expect(told.at(-1)).toEqual({ bytes: total, files: 25 });
    expect(from.mostOpen).toBeLessThanOrEqual(8);
  });

  test.each([
    ["shorter", () => large.subarray(5)],
    ["longer", () => new Uint8Array(large.length + 1)],
  ])("is not finished when a file is %s than it was listed", async (_what, changed) => {
    const from = source(store, (path) => (path === "0/c/0" ? changed() : null));
    await expect(exportArchive(from, () => Promise.resolve(), { signal })).rejects.toThrow(
      "0/c/0 has changed while it was exported.",
    );
  });

  test("of no Zarr is refused", async () => {
    await expect(exportArchive(source({ "a.txt": "a" }), () => Promise.resolve(), { signal })).rejects.toThrow(
      "It holds no Zarr metadata.",
    );
  });

  test("stops where it is cancelled, and waits while it may not go on", async () => {
    const controller = new AbortController();
    let written = 0;
    let waited = 0;
    const going = exportArchive(source(store), (part) => Promise.resolve(void (written += part.length)), {
      signal: controller.signal,
      mayGoOn: () => {
        if (written > 1 << 20) controller.abort();
        waited += 1;
        return Promise.resolve();
      },
    });
    await expect(going).rejects.toThrow(/abort/i);
    expect(written).toBeLessThan(2 << 20);
    expect(waited).toBeGreaterThan(3);
  });
});

/** `npm run soak -- archives`. */
test.runIf(process.env["ZARRCAM_SOAK"])(
  "one of 10 GB is written at flat memory, as it comes",
  async () => {
    const shard = 1e9;
    const block = Uint8Array.from({ length: 1 << 20 }, (_, at) => (at * 2_654_435_761) >>> 11);
    const texts: Record<string, string> = { "zarr.json": GROUP, "0/zarr.json": ARRAY };
    const shards = Array.from({ length: 10 }, (_, at) => `0/c/${at}`);
    const from: FileSource = {
      list: () =>
        Promise.resolve(
          [...Object.keys(texts), ...shards].map((path) => {
            const bytes = texts[path]?.length ?? shard;
            return { path, bytes, modifiedMs: 1.7e12, version: null };
          }),
        ),
      read: ({ path, bytes }) => {
        let left = bytes;
        const all = new TextEncoder().encode(texts[path]);
        return Promise.resolve(
          new ReadableStream<Uint8Array>({
            pull(controller) {
              if (left === 0) return controller.close();
              const part = path in texts ? all : block.subarray(0, Math.min(block.length, left));
              left -= part.length;
              controller.enqueue(part);
            },
          }),
        );
      },
    };
    let [written, most] = [0, 0];
    const before = process.memoryUsage().rss;
    const plan = await exportArchive(
      from,
      (part) => {
        written += part.length;
        most = Math.max(most, process.memoryUsage.rss() - before);
        return Promise.resolve();
      },
      { signal },
    );
    expect(plan.kind).toBe("ozx");
    expect(written).toBeGreaterThan(10e9);
    expect(most).toBeLessThan(200 << 20);
    console.log(`10 GB written, ${(most / 1e6).toFixed(0)} MB more memory at most`);
  },
  1_800_000,
);
