import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { crc32 } from "./crc32.ts";
import { ZipWriter } from "./zip-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "zarrcam-zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (value: string) => new TextEncoder().encode(value);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const WHEN = new Date(2026, 10, 27, 12, 34, 56);

async function archive(fill: (writer: ZipWriter) => Promise<unknown>, comment = ""): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const writer = new ZipWriter((bytes) => Promise.resolve(void parts.push(bytes.slice())));
  await fill(writer);
  await writer.close(text(comment));
  const whole = Buffer.concat(parts);
  expect(writer.bytes).toBe(whole.length);
  return whole;
}
// eslint-disable-next-line @typescript-eslint/require-await -- slices come asynchronously where it is used
async function* slices(...parts: Uint8Array[]) {
  yield* parts;
}

test("an archive of a whole file and a streamed one, byte for byte", async () => {
  const whole = await archive(async (writer) => {
    await writer.add("a", text("123456789"), WHEN);
    await writer.addStream("é", slices(text("1234"), text(""), text("56789")), WHEN);
  }, "{}");
  // 12:34:56 is 645c, 2026-11-27 is 5d7b; cbf43926 is the checksum of "123456789".
  expect(hex(whole)).toBe(
    [
      "504b0304 2d00 0008 0000 5c64 7b5d 2639f4cb ffffffff ffffffff 0100 1400 61",
      "0100 1000 0900000000000000 0900000000000000 313233343536373839",
      "504b0304 2d00 0808 0000 5c64 7b5d 00000000 ffffffff ffffffff 0200 1400 c3a9",
      "0100 1000 0000000000000000 0000000000000000 313233343536373839",
      "504b0708 2639f4cb 0900000000000000 0900000000000000",
      "504b0102 2d03 2d00 0008 0000 5c64 7b5d 2639f4cb ffffffff ffffffff 0100 1c00 0000 0000 0000 0000a481 ffffffff 61",
      "0100 1800 0900000000000000 0900000000000000 0000000000000000",
      "504b0102 2d03 2d00 0808 0000 5c64 7b5d 2639f4cb ffffffff ffffffff 0200 1c00 0000 0000 0000 0000a481 ffffffff c3a9",
      "0100 1800 0900000000000000 0900000000000000 3c00000000000000",
      "504b0606 2c00000000000000 2d03 2d00 00000000 00000000 0200000000000000 0200000000000000",
      "9700000000000000 9100000000000000",
      "504b0607 00000000 2801000000000000 01000000",
      "504b0506 0000 0000 ffff ffff ffffffff ffffffff 0200 7b7d",
    ]
      .join("")
      .replaceAll(" ", ""),
  );
});

test("a name that is there twice, or too long, is refused", async () => {
  await archive(async (writer) => {
    await writer.add("a", text(""), WHEN);
    await expect(writer.add("a", text(""), WHEN)).rejects.toThrow("a is there twice.");
    await expect(writer.add("é".repeat(40_000), text(""), WHEN)).rejects.toThrow("too long for an archive");
  });
});

test("the checksum is zlib's, however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
    }),
  );
});

// Another's reader: what it says of each entry, its checksums checked.
const PYTHON = `
import hashlib, json, sys, zipfile
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    print(json.dumps({
        "comment": archive.comment.hex(),
        "entries": [[i.filename, i.file_size, i.compress_type, hashlib.sha256(archive.read(i)).hexdigest(), i.date_time] for i in archive.infolist()],
    }))`;

test("Python's zipfile reads whatever names and sizes there are, in their order", async () => {
  const name = fc
    .array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 })
    // What Python itself turns into other names.
    .map((parts) => parts.join("/").replaceAll(/[\\\0]/g, "_"));
  const file = fc.record({
    name,
    parts: fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 }),
    streamed: fc.boolean(),
    when: fc.date({ min: new Date(1980, 0, 2), max: new Date(2107, 10, 1), noInvalidDate: true }),
  });
  const files = fc.uniqueArray(file, { maxLength: 6, selector: (one) => one.name });
  const seed = Number(process.env["ZARRCAM_SEED"] ?? Date.now() % 1e9);
  const cases = fc.sample(fc.tuple(files, fc.string({ unit: "binary", maxLength: 50 })), { numRuns: 100, seed });
  const paths = await Promise.all(
    cases.map(async ([entries, comment], at) => {
      const made = await archive(async (writer) => {
        for (const { name: own, parts, streamed, when } of entries)
          await (streamed
            ? writer.addStream(own, slices(...parts), when)
            : writer.add(own, Buffer.concat(parts), when));
      }, comment);
      const path = join(folder, `${at}.zip`);
      writeFileSync(path, made);
      return path;
    }),
  );
  const said = execFileSync("python3", ["-c", PYTHON, ...paths], { encoding: "utf8" })
    .trim()
    .split("\n");
  expect(
    said.map((line) => JSON.parse(line) as unknown),
    `ZARRCAM_SEED=${seed}`,
  ).toEqual(
    cases.map(([entries, comment]) => ({
      comment: hex(text(comment)),
      entries: entries.map(({ name: own, parts, when }) => {
        const bytes = Buffer.concat(parts);
        const day = [when.getFullYear(), when.getMonth() + 1, when.getDate()];
        const time = [when.getHours(), when.getMinutes(), when.getSeconds() & ~1];
        return [own, bytes.length, 0, createHash("sha256").update(bytes).digest("hex"), [...day, ...time]];
      }),
    })),
  );
});
