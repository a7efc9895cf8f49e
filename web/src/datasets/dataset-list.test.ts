import type { DatasetInfo } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { DatasetList } from "./dataset-list.svelte.ts";

const dataset = { name: "out.zarr" } as DatasetInfo;

test("the list is as it was when somebody last looked", async () => {
  let answer: () => Promise<DatasetInfo[]> = () => Promise.resolve([dataset]);
  const list = new DatasetList(() => ({ listDatasets: () => answer(), getLeftOutDatasets: () => Promise.resolve([]) }));
  await list.refresh();
  expect([list.all, list.find("out.zarr"), list.find("other.zarr")]).toEqual([[dataset], dataset, undefined]);
  answer = () => Promise.reject(new Error("The folder is gone."));
  await list.refresh();
  expect([list.all, list.problem]).toEqual([[dataset], "The folder is gone."]);
  answer = () => Promise.resolve([]);
  await list.refresh();
  expect([list.all, list.problem]).toEqual([[], null]);
});

test("without a connection nothing is asked, and nothing forgotten", async () => {
  const list = new DatasetList(() => null);
  await list.refresh();
  expect([list.all, list.problem]).toEqual([[], null]);
});
