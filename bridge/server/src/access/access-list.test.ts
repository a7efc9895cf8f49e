import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { AccessFile, AccessFileError, type StoredDevice } from "./access-file.ts";
import { AccessList } from "./access-list.ts";
import { newId, sha256Of } from "./secrets.ts";

const DAY_MS = 24 * 3_600_000;
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-access-"));
  path = join(folder, "state", "access.json");
});
afterEach(() => rm(folder, { recursive: true }));
const open = () => AccessList.open(new AccessFile(join(folder, "state")));

const device = (name: string, last_seen_unix_ms = 0): StoredDevice => ({
  id: newId(),
  name,
  kind: "device",
  role: "observe",
  secret_sha256: sha256Of(name),
  origin: null,
  paired_unix_ms: 0,
  last_seen_unix_ms,
});
const add = (list: AccessList, one: StoredDevice) =>
  list.change(1, (now) => ({ next: { ...now, devices: [...now.devices, one] }, answer: null }));

test("who is paired is there after a new start, in a file and a folder for its owner alone", async () => {
  const list = await open();
  expect(list.devices).toEqual([]);
  await expect(stat(path)).rejects.toThrow();
  const anna = device("Anna");
  await add(list, anna);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "state"))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, "state"))).toEqual(["access.json"]);
  expect((await open()).find(anna.id, 1)).toEqual(anna);
  // A copy that was put back with a program that knows no better.
  await chmod(path, 0o644);
  await open();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("changes come one after the other, and all of them stay", async () => {
  const list = await open();
  await Promise.all(Array.from({ length: 20 }, (_, at) => add(list, device(String(at)))));
  expect((await open()).devices).toHaveLength(20);
});

test("of one use, one of many who come at once gets it", async () => {
  const list = await open();
  await list.change(1, (now) => ({
    next: {
      ...now,
      invitations: [
        {
          id: "i",
          role: "observe",
          name: null,
          token_sha256: sha256Of("t"),
          uses_left: 1,
          made_unix_ms: 1,
          expires_unix_ms: 100,
        },
      ],
    },
    answer: null,
  }));
  const take = () => list.change(2, (now) => ({ next: { ...now, invitations: [] }, answer: now.invitations.length }));
  expect(await Promise.all([take(), take(), take()])).toEqual([1, 0, 0]);
});

test("who was not seen for 90 days is nobody, and leaves the file with the next change", async () => {
  const list = await open();
  const [anna, ben] = [device("Anna"), device("Ben", 80 * DAY_MS)];
  await add(list, anna);
  await add(list, ben);
  expect(list.find(anna.id, 90 * DAY_MS)).not.toBeNull();
  expect(list.find(anna.id, 90 * DAY_MS + 1)).toBeNull();
  list.touch(ben, "10.0.0.2", 95 * DAY_MS);
  expect(list.lastSeen(ben)).toEqual({ unixMs: 95 * DAY_MS, address: "10.0.0.2" });
  expect(list.find(ben.id, 180 * DAY_MS)).not.toBeNull();
  await list.refresh();
  const again = await open();
  expect(again.devices).toMatchObject([{ name: "Ben", last_seen_unix_ms: 95 * DAY_MS }]);
});

test.each([
  ["no JSON", '{"zarrcam_access":1,'],
  ["half a file", '{"zarrcam_access":1,"devices":[]}'],
  ["a role that there is not", `{"zarrcam_access":1,"devices":[{"role":"root"}],"invitations":[]}`],
  ["another version", '{"zarrcam_access":2,"devices":[],"invitations":[]}'],
  ["nothing", ""],
])("a damaged file (%s) lets nobody in, is not overwritten, and says the way out", async (_what, text) => {
  await add(await open(), device("Anna"));
  await writeFile(path, text);
  const list = await open();
  expect(list.devices).toEqual([]);
  expect(list.fault?.message).toMatch(/access\.json is damaged: .*zarrcam access reset/);
  await expect(add(list, device("Ben"))).rejects.toThrow(AccessFileError);
  expect(await readFile(path, "utf8")).toBe(text);
  expect(await list.reset()).toBe(0);
  expect(list.fault).toBeNull();
  await add(list, device("Ben"));
  expect((await open()).devices).toMatchObject([{ name: "Ben" }]);
});

test("what another program does to the file holds for a bridge that runs", async () => {
  const list = await open();
  const anna = device("Anna");
  await add(list, anna);
  let told = 0;
  list.onChange(() => (told += 1));
  await list.refresh();
  expect(told).toBe(0);
  await rm(path);
  await list.refresh();
  expect([told, list.find(anna.id, 1)]).toEqual([1, null]);
  // Another bridge with the same folder: neither loses what the other wrote.
  const other = await open();
  await add(other, device("Ben"));
  await add(list, device("Clara"));
  expect(list.devices.map(({ name }) => name)).toEqual(["Ben", "Clara"]);
  await writeFile(path, "damaged");
  await list.refresh();
  await list.refresh();
  expect([told, list.devices.length, list.fault?.message]).toMatchObject([3, 0, expect.stringContaining("damaged")]);
});

test("a folder that cannot be written refuses the change, and nobody is told that it was made", async () => {
  await writeFile(join(folder, "state"), "a file in the way");
  const list = await open();
  await expect(add(list, device("Anna"))).rejects.toThrow(/cannot be|Nothing was changed/);
  expect(list.devices).toEqual([]);
});
