// Datasets of the data folder: no picture stands under a name that it does not belong to.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("until the first plane of a dataset has come there is no picture under its name, and the page says that it reads", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  for (const name of ["first.zarr", "second.zarr"]) {
    await configure(runtime, { name, points: 3, planes: 2 });
    await runtime.start();
    await runtime.stop();
  }
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  const note = desk.image.locator(".note");
  await desk.openDataset("first.zarr");
  await expect.poll(() => desk.pictureSum()).not.toBeNull();

  // A slow disk: of the second everything comes but its pixels.
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  await page.route(/\/data\/second\.zarr\/.*\/c\//, async (route) => {
    await given;
    await route.continue();
  });
  await desk.openDataset("second.zarr");
  await expect.poll(() => note.textContent()).toMatch(/^\s*Reading second\.zarr …\s*$/);
  expect(await desk.pictureSum()).toBeNull();
  expect(await page.getByTestId("histogram-source").textContent()).toMatch(/no|–/i);
  give();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  expect(await note.count()).toBe(0);
  expect(errors).toEqual([]);
});

test("a dataset without frames says so, wherever the hand goes", async () => {
  await using bridge = await Bridge.start();
  const array = join(bridge.dataDir, "empty.zarr", "0");
  await mkdir(array, { recursive: true });
  await writeFile(join(array, "..", "zarr.json"), JSON.stringify({ zarr_format: 3, node_type: "group", attributes }));
  await writeFile(join(array, "zarr.json"), JSON.stringify(emptyArray));

  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.openDataset("empty.zarr");
  const note = desk.image.locator(".note");
  await expect.poll(() => note.textContent()).toMatch(/empty\.zarr has no frames: nothing was saved in it/);
  for (const key of ["Home", "End", "ArrowRight", "PageUp"]) {
    await desk.slider("t").press(key);
    await desk.slider("z").press(key);
  }
  await desk.button("1:1").click();
  await expect.poll(() => page.url()).toContain("dataset=empty.zarr");
  expect(page.url()).not.toMatch(/-1/);
  expect(await note.textContent()).toMatch(/has no frames/);
  expect(await page.getByRole("group", { name: "Time" }).locator("output").textContent()).toBe("–");
  expect(errors).toEqual([]);
});

const attributes = {
  ome: {
    version: "0.5",
    multiscales: [
      {
        axes: [
          { name: "t", type: "time" },
          { name: "z", type: "space" },
          { name: "y", type: "space" },
          { name: "x", type: "space" },
        ],
        datasets: [{ path: "0", coordinateTransformations: [{ type: "scale", scale: [1, 1, 1, 1] }] }],
      },
    ],
  },
};
const emptyArray = {
  zarr_format: 3,
  node_type: "array",
  shape: [0, 3, 48, 64],
  data_type: "uint8",
  chunk_grid: { name: "regular", configuration: { chunk_shape: [1, 1, 48, 64] } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: 0,
  codecs: [{ name: "bytes" }],
  attributes: {},
};
