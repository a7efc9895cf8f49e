import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { AuditEntry } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";

import { Audit } from "./audit.ts";
import { LogFile, OLDER_FILES } from "./log-file.ts";

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-audit-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

const anna = { id: "a", name: "Anna" };
const open = (isKept = true, at = folder) =>
  new Audit({ folder: at, isKept, say: (level, message) => void said.push(`${level}: ${message}`) });
const lines = async () => (await readFile(join(folder, "audit.jsonl"), "utf8")).trim().split("\n");
const actions = ({ entries }: { entries: AuditEntry[] }) => entries.map(({ action }) => action);

test("who did what stands in a file that its owner alone can read, and is there after a new start", async () => {
  const audit = open();
  audit.add({ unix_ms: 1, principal: anna, action: "start", detail: "a.zarr", address: "10.0.0.2" });
  audit.add({ unix_ms: 2, principal: null, action: "pair", address: "10.0.0.9", refused: 401 });
  await audit.close();
  expect((await lines()).map((line) => JSON.parse(line) as AuditEntry)).toEqual([
    { unix_ms: 1, id: "a", name: "Anna", action: "start", detail: "a.zarr", address: "10.0.0.2" },
    { unix_ms: 2, id: null, name: null, action: "pair", detail: "", address: "10.0.0.9", refused: "401" },
  ]);
  expect((await stat(join(folder, "audit.jsonl"))).mode & 0o777).toBe(0o600);

  // A crash has left half a line.
  await writeFile(join(folder, "audit.jsonl"), (await lines()).join("\n") + '\n{"unix_ms":3,"act');
  const next = open();
  next.add({ unix_ms: 4, principal: anna, action: "stop", address: "10.0.0.2" });
  expect(actions(await next.page())).toEqual(["stop", "pair", "start"]);
  expect(actions(await next.page({ from: 1, count: 1 }))).toEqual(["pair"]);
  expect(await next.page({ from: 99 })).toMatchObject({ entries: [], total: 3, path: join(folder, "audit.jsonl") });
  await next.close();
  expect(JSON.parse((await lines()).at(-1) ?? "")).toMatchObject({ action: "stop" });
  expect(said).toEqual([]);
});

test("a file that is long enough is put aside, and the oldest goes", async () => {
  const file = new LogFile(folder, 100);
  for (let at = 0; at < 40; at++) await file.append([JSON.stringify({ at, text: "x".repeat(40) })]);
  const names = (await readdir(folder)).sort();
  expect(names).toEqual(["audit.1.jsonl", "audit.2.jsonl", "audit.3.jsonl", "audit.4.jsonl", "audit.jsonl"]);
  expect(names).toHaveLength(OLDER_FILES + 1);
  const kept = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  expect(kept.every((text) => text.length <= 100 && text.endsWith("\n"))).toBe(true);
  expect(kept.at(-1)).toContain('"at":39');
  expect((await file.tail()).filter((line) => line !== "")).toHaveLength(2);
});

test("a folder that cannot be written is told once, nothing waits for it, and later all of it is there", async () => {
  const lost = join(folder, "state");
  const audit = open(true, lost);
  audit.add({ principal: anna, action: "start", address: "" });
  await expect
    .poll(() => said)
    .toEqual([expect.stringMatching(/^warning: The audit log cannot be written \(ENOENT\): .*recordings go on/)]);
  audit.add({ principal: anna, action: "stop", address: "" });
  expect(await audit.page()).toMatchObject({
    total: 2,
    problem: expect.stringContaining("cannot be written") as string,
  });
  expect(said).toHaveLength(1);
  await import("node:fs/promises").then(({ mkdir }) => mkdir(lost));
  await audit.close();
  expect((await readFile(join(lost, "audit.jsonl"), "utf8")).trim().split("\n")).toHaveLength(2);
  expect(said.at(-1)).toMatch(/^info: The audit log is written again/);
});

test("a link in the place of the file is not followed", async () => {
  await writeFile(join(folder, "other"), "mine\n");
  await chmod(join(folder, "other"), 0o644);
  await symlink(join(folder, "other"), join(folder, "audit.jsonl"));
  const audit = open();
  audit.add({ principal: anna, action: "start", address: "" });
  await audit.close();
  expect(await readFile(join(folder, "other"), "utf8")).toBe("mine\n");
  expect(said[0]).toMatch(/cannot be written \(ELOOP\)/);
});

test("while nobody but this computer reaches the bridge nothing is logged, and that is said", async () => {
  const audit = open(false);
  audit.add({ principal: anna, action: "start", address: "" });
  await audit.close();
  expect(await audit.page()).toMatchObject({
    entries: [],
    path: null,
    problem: expect.stringContaining("--lan") as string,
  });
  expect(await readdir(folder)).toEqual([]);
});

test("a flood leaves few lines", async () => {
  const audit = open();
  for (let at = 0; at < 50_000; at++)
    audit.add({ principal: null, action: "GET", address: `10.0.${at >> 8}.${at & 255}`, refused: 401 });
  await audit.close();
  expect((await lines()).length).toBeLessThan(140);
  const { entries } = await audit.page({ count: 1000 });
  expect(entries.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(50_000);
});
