import { expect, it } from "vitest";

import { FrameCache } from "./frame-cache.ts";

it("forgets what was longest not asked for", () => {
  const cache = new FrameCache<Uint8Array>(100);
  cache.set("a 1", new Uint8Array(40));
  cache.set("a 2", new Uint8Array(40));
  expect(cache.get("a 1")).toBeDefined();
  cache.set("b 1", new Uint8Array(40));
  expect([cache.get("a 1")?.length, cache.get("a 2"), cache.get("b 1")?.length]).toEqual([40, undefined, 40]);
  expect(cache.bytes).toBe(80);
  cache.drop("a ");
  expect([cache.get("a 1"), cache.bytes]).toEqual([undefined, 40]);
});

it("keeps one that is larger than all of it, until the next", () => {
  const cache = new FrameCache<Uint8Array>(10);
  cache.set("large", new Uint8Array(50));
  expect(cache.get("large")?.length).toBe(50);
  cache.set("small", new Uint8Array(5));
  expect(cache.get("large")).toBeUndefined();
  cache.set("small", new Uint8Array(6));
  expect(cache.bytes).toBe(6);
});
