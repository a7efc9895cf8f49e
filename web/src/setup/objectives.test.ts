import type { Objective } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { Objectives } from "./objectives.svelte.ts";

function kept(list: Objective[]) {
  return {
    get: () => Promise.resolve(list),
    set: (next: Objective[]) => Promise.resolve((list = next)),
  };
}

const always =
  <T>(value: T) =>
  () =>
    value;

test("an objective is known by its pixel size, whatever the binning", async () => {
  const objectives = new Objectives(always(kept([{ name: "40x", pixel_size_um: 0.1625 }])));
  await objectives.refresh();
  expect(objectives.of(0.325, 2)?.name).toBe("40x");
  expect(objectives.of(0.325, 1)).toBeUndefined();
});

test("one of the same name is replaced, and one can be taken out", async () => {
  const objectives = new Objectives(always(kept([{ name: "40x", pixel_size_um: 0.16 }])));
  await objectives.refresh();
  await objectives.keep({ name: "40x", pixel_size_um: 0.1625 });
  await objectives.keep({ name: "10x", pixel_size_um: 0.65 });
  expect(objectives.list.map(({ pixel_size_um }) => pixel_size_um)).toEqual([0.1625, 0.65]);
  await objectives.remove("40x");
  expect(objectives.list.map(({ name }) => name)).toEqual(["10x"]);
});

test("what cannot be kept is told, and the table stays", async () => {
  const refuses = { get: () => Promise.resolve([]), set: () => Promise.reject(new Error("The disk is full.")) };
  const objectives = new Objectives(() => refuses);
  await objectives.keep({ name: "10x", pixel_size_um: 0.65 });
  expect([objectives.list, objectives.problem]).toEqual([[], "The disk is full."]);
});
