import type { DatasetInfo } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { DatasetList } from "./dataset-list.svelte.ts";

const dataset = { name: "out.zarr" } as DatasetInfo;
const onBridge = { ...dataset, place: "bridge" };

function listOf(answer: () => Promise<DatasetInfo[]>) {
  return { listDatasets: answer, getLeftOutDatasets: () => Promise.resolve([]) };
}

test("the list is as it was when somebody last looked", async () => {
  let answer: () => Promise<DatasetInfo[]> = () => Promise.resolve([dataset]);
  const list = new DatasetList(() => ({ bridge: listOf(() => answer()), browser: null }));
  await list.refresh();
  expect([list.all, list.find("out.zarr", "bridge"), list.find("other.zarr", "bridge")]).toEqual([
    [onBridge],
    onBridge,
    undefined,
  ]);
  answer = () => Promise.reject(new Error("The folder is gone."));
  await list.refresh();
  expect([list.all, list.problem("bridge")]).toEqual([[onBridge], "The folder is gone."]);
  answer = () => Promise.resolve([]);
  await list.refresh();
  expect([list.all, list.problem("bridge")]).toEqual([[], null]);
});

test("without a connection nothing is asked, and nothing forgotten", async () => {
  const list = new DatasetList(() => ({ bridge: null, browser: null }));
  await list.refresh();
  expect([list.all, list.problem("bridge")]).toEqual([[], null]);
});

test("one name may be in both places, and neither place waits for the other", async () => {
  let answer: (found: DatasetInfo[]) => void = () => undefined;
  const slow = new Promise<DatasetInfo[]>((resolve) => (answer = resolve));
  const list = new DatasetList(() => ({
    bridge: listOf(() => slow),
    browser: listOf(() => Promise.resolve([dataset])),
  }));
  const both = list.refresh();
  await list.refresh("browser");
  expect(list.all).toEqual([{ ...dataset, place: "browser" }]);
  answer([dataset]);
  await both;
  expect(list.all.map(({ place }) => place)).toEqual(["bridge", "browser"]);
  expect(list.find("out.zarr", "browser")?.place).toBe("browser");
});
