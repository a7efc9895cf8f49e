// This computer's authority and the files that keep it: made once, kept for years, and every fault says the way out.
import { X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { AUTHORITY_FILE, CERTIFICATE_FILE, OwnAuthority } from "../src/listeners/own-authority.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 10, 27);
let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-authority-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Wanted {
  names?: string[];
  addresses?: string[];
  nowMs?: number;
  at?: string | null;
}
const open = (wanted: Wanted = {}) => {
  const { names = ["rig3", "rig3.local"], addresses = ["192.168.1.5"], nowMs = NOW, at = folder } = wanted;
  return OwnAuthority.open({ folder: at, names, say: (_level, message) => said.push(message) }, addresses, nowMs);
};
const authorityFile = () => join(folder, AUTHORITY_FILE);
const certificateFile = () => join(folder, CERTIFICATE_FILE);

test("it is made once, for its owner's eyes alone, and kept", async () => {
  const first = await open();
  for (const path of [authorityFile(), certificateFile()]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  const again = await open();
  expect(again.authority.fingerprint256).toBe(first.authority.fingerprint256);
  expect(again.pair.cert).toBe(first.pair.cert);
  expect((await readdir(folder)).sort()).toEqual([AUTHORITY_FILE, CERTIFICATE_FILE]);
  expect(said).toEqual([]);
});

test("two bridges that begin at once have one authority", async () => {
  const both = await Promise.all([open(), open()]);
  expect(new Set(both.map(({ authority }) => authority.fingerprint256)).size).toBe(1);
});

test("without a folder all of it stays in memory", async () => {
  expect((await open({ at: null })).speaksFor("rig3.local")).toBe(true);
  expect(await readdir(folder)).toEqual([]);
});

test("the certificate is for the computer's names and addresses, and for as long as browsers take", async () => {
  const own = await open();
  const certificate = new X509Certificate(own.pair.cert);
  for (const name of ["rig3", "RIG3.local", "192.168.1.5"]) expect(own.speaksFor(name), name).toBe(true);
  for (const name of ["rig4", "192.168.1.6", "x.rig3"]) expect(own.speaksFor(name), name).toBe(false);
  const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / DAY_MS;
  expect(days).toBeLessThanOrEqual(397);
  expect(certificate.checkIssued(own.authority)).toBe(true);
});

describe("it is renewed", () => {
  test("when an address is new", async () => {
    const own = await open();
    const { cert } = own.pair;
    await own.refresh(["192.168.1.5"], NOW + DAY_MS);
    expect(own.pair.cert).toBe(cert);
    await own.refresh(["192.168.1.5", "fd00::7"], NOW + DAY_MS);
    expect(own.speaksFor("[fd00::7]")).toBe(true);
    expect(own.pair.cert).not.toBe(cert);
  });
  test("before it ends", async () => {
    const { pair } = await open();
    const later = await open({ nowMs: NOW + 350 * DAY_MS });
    expect(later.pair.cert).not.toBe(pair.cert);
    expect(Date.parse(new X509Certificate(later.pair.cert).validTo)).toBeGreaterThan(NOW + 740 * DAY_MS);
  });
  test.each([
    ["damaged", () => writeFile(certificateFile(), "-----BEGIN NOTHING-----")],
    ["read by others", () => chmod(certificateFile(), 0o644)],
    ["gone", () => rm(certificateFile())],
  ])("when its file was %s", async (_how, harm) => {
    const { pair, authority } = await open();
    await harm();
    const again = await open();
    expect(again.authority.fingerprint256).toBe(authority.fingerprint256);
    expect(again.pair.cert).not.toBe(pair.cert);
    expect((await stat(certificateFile())).mode & 0o777).toBe(0o600);
  });
  test("when another authority made it", async () => {
    const { pair } = await open();
    await rm(authorityFile());
    const again = await open();
    expect(again.pair.cert).not.toBe(pair.cert);
    expect(new X509Certificate(again.pair.cert).checkIssued(again.authority)).toBe(true);
  });
});

test("a name that the authority may not speak for is named, with the ways out, once", async () => {
  await open();
  const own = await open({ names: ["rig4.lab.example", "rig3.local"], addresses: ["192.168.1.5", "141.2.3.4"] });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /may not speak for rig4\.lab\.example, 141\.2\.3\.4: .*reset --new-authority.*--cert and --key/,
  );
  await own.refresh(["192.168.1.5", "141.2.3.4"], NOW);
  expect(said).toHaveLength(1);
  expect(own.speaksFor("rig3.local")).toBe(true);
});

describe("a fault ends the start, and says the way out:", () => {
  const WAY = /zarrcam access reset --new-authority/;
  test("a damaged file", async () => {
    await open();
    const text = await readFile(authorityFile(), "utf8");
    await writeFile(authorityFile(), text.slice(0, text.length - 100));
    await expect(open()).rejects.toThrow(/authority\.pem holds no key .*restore it from a backup/);
    await writeFile(authorityFile(), text.slice(100));
    await expect(open()).rejects.toThrow(/authority\.pem holds no certificate/);
    await writeFile(authorityFile(), "");
    await expect(open()).rejects.toThrow(WAY);
  });
  test("a key of another", async () => {
    const blocks = async () => (await readFile(authorityFile(), "utf8")).split(/(?<=-----END [A-Z ]+-----\n)/);
    await open();
    const [certificate = ""] = await blocks();
    await rm(authorityFile());
    await open();
    const [, key = ""] = await blocks();
    await writeFile(authorityFile(), certificate + key);
    await expect(open()).rejects.toThrow(/holds a key that does not belong to its certificate.*reset --new-authority/);
  });
  test.skipIf(process.platform === "win32")("a key that others may read", async () => {
    await open();
    await chmod(authorityFile(), 0o640);
    await expect(open()).rejects.toThrow(/Other users of this computer may read .*`chmod 600 .*authority\.pem`/);
    await chmod(authorityFile(), 0o600);
    await open();
  });
  test("a folder that takes nothing", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(open({ at: join(folder, "file") })).rejects.toThrow(
      /cannot be (kept|read).*(--state takes another folder|reset)/,
    );
    await expect(open({ at: join(folder, "nowhere") })).rejects.toThrow(
      /cannot be kept: .*--state takes another folder/,
    );
  });
  test("a clock that was never set, and one that disagrees with the authority", async () => {
    await expect(open({ nowMs: 0 })).rejects.toThrow(/clock of this computer shows 1970-01-01.*Set the clock/);
    await open();
    await expect(open({ nowMs: NOW - 30 * DAY_MS })).rejects.toThrow(
      /shows 2026-10-28, but .* was made on 2026-11-26.*Set the clock/,
    );
    await expect(open({ nowMs: NOW + 3700 * DAY_MS })).rejects.toThrow(/ended on 2036.*If the clock is right/);
    await open({ nowMs: NOW + 3600 * DAY_MS });
    expect(said.at(-1)).toMatch(/ends on 2036/);
  });
});

test("what cannot be kept is said, and the bridge goes on", async () => {
  const own = await open();
  await rm(folder, { recursive: true });
  await own.refresh(["10.0.0.7"], NOW);
  expect(own.speaksFor("10.0.0.7")).toBe(true);
  expect(said[0]).toMatch(/The certificate cannot be kept in/);
});
