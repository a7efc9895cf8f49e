import { expect, test } from "vitest";

import { shareHandles } from "./handles.ts";

test.each([
  [Infinity, 1024, 64],
  [1_048_576, 1024, 64],
  [1024, 512, 51],
  [256, 128, 12],
  [20, 10, 4],
])("of %d handles %d are connections and %d files", (limit, connections, openFiles) => {
  expect(shareHandles(limit)).toEqual({ connections, openFiles });
});

test("the limit of this process is known", () => {
  expect(shareHandles().connections).toBeGreaterThan(0);
});
