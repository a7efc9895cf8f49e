import { expect, it } from "vitest";

import { tilesOf } from "./tiles.ts";

it("keeps a picture that fits whole", () => {
  expect(tilesOf(8192, 100, 8192)).toHaveLength(1);
});

it("covers a large picture once, each tile with a px around it", () => {
  const covered = new Uint8Array(100 * 50);
  for (const { core, held } of tilesOf(100, 50, 32)) {
    expect(held.width).toBeLessThanOrEqual(32);
    expect(held.height).toBeLessThanOrEqual(32);
    expect(held.x).toBe(Math.max(0, core.x - 1));
    expect(held.x + held.width).toBe(Math.min(100, core.x + core.width + 1));
    for (let y = core.y; y < core.y + core.height; y++) {
      for (let x = core.x; x < core.x + core.width; x++) covered[y * 100 + x] = (covered[y * 100 + x] ?? 0) + 1;
    }
  }
  expect(covered.every((times) => times === 1)).toBe(true);
});
