import { expect, test } from "vitest";

import { littleRoom, recordingLack, type Scope } from "./features.ts";

const all: Scope = {
  isSecureContext: true,
  FileSystemFileHandle: { prototype: { createSyncAccessHandle: () => undefined } },
  navigator: { locks: {}, storage: { getDirectory: () => Promise.resolve({}) } },
};

test("a browser that has everything records", async () => {
  expect(await recordingLack(all)).toBeNull();
});

test.each<[string, Partial<Scope>]>([
  ["https", { isSecureContext: false }],
  ["OPFS", { navigator: { locks: {}, storage: {} } }],
  ["OPFS", { navigator: { locks: {} } }],
  ["sync access handles", { FileSystemFileHandle: { prototype: {} } }],
  ["Web Locks", { navigator: { storage: { getDirectory: () => Promise.resolve({}) } } }],
  [
    "private windows do (denied)",
    { navigator: { locks: {}, storage: { getDirectory: () => Promise.reject(new Error("denied")) } } },
  ],
])("what is missing is named, with the way out and what goes on: %s", async (word, change) => {
  const lack = await recordingLack({ ...all, ...change });
  expect(lack).toContain(word);
  expect(lack).toContain("live view and set-up work all the same");
});

test.each([
  [{ quota: 10e6, usage: 4e6 }, "6 MB left"],
  [{ quota: 10e6, usage: 11e6 }, "0 MB left"],
  [{ quota: 1e12, usage: 0 }, null],
  [{}, null],
])("little room is told of: %o", async (estimate, told) => {
  const storage = { estimate: () => Promise.resolve(estimate) };
  const said = await littleRoom({ ...all, navigator: { storage } });
  if (told === null) expect(said).toBeNull();
  else expect(said).toContain(told);
});
