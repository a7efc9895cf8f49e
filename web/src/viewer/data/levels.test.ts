import { expect, it } from "vitest";

import { levelsOf } from "./levels.ts";

const axes = { y: 0, x: 1 };
const level = (path: string, shape: number[], scale: number[] | null = null, translation: number[] | null = null) => {
  return { path, shape, scale, translation };
};
const scales = (...said: ReturnType<typeof level>[]) =>
  levelsOf(said, axes).levels.map(({ path, scale }) => [path, scale]);

it("takes any factor from what is said, where the sizes agree up to rounding", () => {
  expect(scales(level("0", [2000, 3000], [1, 1]), level("1", [1333, 2000], [1.5, 1.5]))).toEqual([
    ["0", [1, 1]],
    ["1", [1.5, 1.5]],
  ]);
  expect(scales(level("0", [101, 1001], [1, 1]), level("1", [51, 500], [2, 2]))[1]).toEqual(["1", [2, 2]]);
});

it("goes by the sizes where nothing is said, and by whole numbers where they may have been rounded", () => {
  expect(scales(level("0", [101, 300]), level("1", [50, 200]))[1]).toEqual(["1", [1.5, 2]]);
});

it("goes by the sizes where what is said does not fit them, and says so", () => {
  const { levels, remarks } = levelsOf([level("0", [400, 400], [1, 1]), level("1", [200, 200], [8, 8])], axes);
  expect(levels[1]?.scale).toEqual([2, 2]);
  expect(remarks).toEqual(["The scales of zoom level 1 do not fit its size: it is drawn by its size."]);
});

it("puts the largest first, whatever the list says, and leaves out by name what is no level", () => {
  const { levels, order, remarks } = levelsOf(
    [
      level("s2", [25, 25]),
      level("s0", [100, 100]),
      level("s1", [50, 50]),
      level("odd", [1, 50, 50]),
      level("none", [0, 9]),
    ],
    axes,
  );
  expect([levels.map(({ path }) => path), order]).toEqual([
    ["s0", "s1", "s2"],
    [1, 2, 0],
  ]);
  expect(remarks.join(" ")).toMatch(
    /odd has 3 axes, not 2: it is left out.*none is larger.*or empty.*s0 is the full one/,
  );
});

it("says of a level that is said to lie elsewhere", () => {
  const half = level("1", [50, 50], [2, 2], [0.5, 0.5]);
  expect(levelsOf([level("0", [100, 100], [1, 1]), half], axes).remarks).toEqual([]);
  const away = level("1", [50, 50], [2, 2], [0, 40]);
  expect(levelsOf([level("0", [100, 100], [1, 1]), away], axes).remarks).toEqual([
    "Zoom level 1 is said to lie elsewhere: it is drawn over all of the full one.",
  ]);
});

it("trusts what is said along axes that grow while they are written", () => {
  const said = [level("0", [7, 100, 100], [1, 1, 1]), level("1", [2, 50, 50], [1, 2, 2])];
  expect(levelsOf(said, { y: 1, x: 2 }, true).levels[1]?.factors).toEqual([1, 2, 2]);
});
