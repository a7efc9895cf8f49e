import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { openStore } from "./harness/store.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("the tutorial is two actions: Examples > Chunked tutorial, and Record", async () => {
  await using bridge = await Bridge.start();
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");

  await desk.example("Chunked tutorial");
  await expect.poll(() => desk.run.textContent()).toContain("300 frames, 21 s, 622 MB");
  expect(await desk.run.textContent()).toContain("to out.zarr");
  expect(await desk.field("Exposure").inputValue()).toBe("70");
  expect(await desk.field("Planes").inputValue()).toBe("10");

  await desk.button("Record").click();
  await expect.poll(() => desk.word.textContent()).toBe("Recording");
  expect(await desk.banner.textContent()).toContain("RECORDING out.zarr");
  await desk.recorded(30);
  expect(await desk.run.textContent()).toMatch(/\d+ \/ 300/);
  expect(await desk.run.textContent()).toMatch(/t \d+ {2}c \d+ {2}z \d+/);
  // The run's own dataset is no problem of the run.
  expect(await page.getByText("No problems").isVisible()).toBe(true);

  expect(await desk.summary(45_000)).toMatch(/^Saved 300, lost 0: out\.zarr/);
  await expect.poll(() => desk.field("Name").inputValue()).toBe("out_002.zarr");
  expect(await desk.run.textContent()).toContain("to out_002.zarr");
  expect((await openStore(bridge.dataDir, "out.zarr")).shape).toEqual([10, 3, 10, 1080, 1920]);

  // Look at what was recorded, 1:1, where the pixels are the stored ones.
  const store = await openStore(bridge.dataDir, "out.zarr");
  await desk.openDataset("out.zarr");
  await desk.button("1:1").click();
  await desk.slider("t").press("End");
  await desk.slider("z").press("PageUp");
  await desk.expectPixels(await store.plane(9, 0, 9));
  expect(errors).toEqual([]);
});
