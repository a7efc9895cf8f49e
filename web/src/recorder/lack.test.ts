import { expect, test } from "vitest";

import { lackOf } from "./lack.ts";

const all = {
  isSecureContext: true,
  WebAssembly: {},
  FileSystemFileHandle: { prototype: { createSyncAccessHandle: () => undefined } },
  navigator: { locks: {}, storage: { getDirectory: () => Promise.resolve({}) } },
};

test("a browser that has everything lacks nothing", async () => {
  expect(await lackOf(true, all)).toBeNull();
});

test.each([
  ["wasm32-unknown-unknown", false, {}],
  ["https", true, { isSecureContext: false }],
  ["WebAssembly", true, { WebAssembly: undefined }],
  ["OPFS", true, { navigator: { locks: {}, storage: {} } }],
  ["Web Locks", true, { navigator: { storage: all.navigator.storage } }],
  ["sync access handles", true, { FileSystemFileHandle: { prototype: {} } }],
  [
    "private windows do: no storage here",
    true,
    { navigator: { locks: {}, storage: { getDirectory: () => Promise.reject(new Error("no storage here")) } } },
  ],
])("what is lacking is named: %s", async (word, hasCore, change) => {
  expect(await lackOf(hasCore, { ...all, ...change })).toContain(word);
});
