import { expect, it } from "vitest";

import { type Locks, streamPermit } from "./stream-permit.ts";

/** Locks of a browser, as all its pages see them. */
function browser(): Locks {
  const held = new Set<string>();
  const request = async (name: string, _: object, callback: (lock: object | null) => unknown) => {
    if (held.has(name)) return callback(null);
    held.add(name);
    try {
      return await callback({ name });
    } finally {
      held.delete(name);
    }
  };
  return { request } as unknown as Locks;
}

it("two pages hold a stream of a bridge, the next one when one of them has left", async () => {
  const locks = browser();
  const permit = (bridge = "127.0.0.1:8421") => streamPermit(bridge, locks);
  const [first, second, third] = [await permit(), await permit(), await permit()];
  expect([typeof first, typeof second, third]).toEqual(["function", "function", null]);
  expect(await permit("127.0.0.1:9000")).toBeTypeOf("function");
  first?.();
  await Promise.resolve();
  expect(await permit()).toBeTypeOf("function");
  expect(await permit()).toBeNull();
});

it("a browser that cannot tell gives none; one that fails says so", async () => {
  expect(await streamPermit("127.0.0.1:8421", null)).toBeNull();
  const failing = { request: () => Promise.reject(new Error("no")) } as unknown as Locks;
  await expect(streamPermit("127.0.0.1:8421", failing)).rejects.toThrow("no");
});
