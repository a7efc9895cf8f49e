// A replay without a file shows nothing under settings that are not its own.
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

test("replay without a file, or with a missing one: Live and Snap are refused with the reason, and what runs is named", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "stack.tif", storage: "tiff", exposureMs: 5, points: 8 });
  await runtime.start();
  await runtime.stop();
  await configure(runtime, { name: "next.zarr", exposureMs: 20, points: 8 });
  const { page } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();

  await desk.choose("Camera", "replay");
  const path = desk.field("TIFF stack");
  const beside = async () => (await desk.messages(path)).textContent();
  await expect.poll(beside).toMatch(/TIFF stack/);
  for (const name of ["Snap", "Live", "Record"]) {
    expect(await desk.button(name).getAttribute("aria-disabled")).toBe("true");
    await desk.button(name).click({ force: true });
    await expect.poll(() => path.evaluate((field) => field === document.activeElement)).toBe(true);
  }
  await desk.type("TIFF stack", "/nowhere/at/all.tif");
  await expect.poll(beside).toMatch(/all\.tif/);
  expect(await beside()).not.toMatch(/os error/);
  expect(await page.getByText("No problems").count()).toBe(0);
  const before = await desk.pictureSum();
  await desk.button("Snap").click({ force: true });
  await page.keyboard.press("Control+Enter");
  expect((await runtime.getStats()).state).toBe("Armed");
  // Nobody's picture is taken under these settings.
  expect(await desk.pictureSum()).toBe(before);

  await desk.type("TIFF stack", join(bridge.dataDir, "stack.tif"));
  await expect.poll(() => desk.button("Live").getAttribute("aria-disabled")).not.toBe("true");
  await desk.button("Live").click();
  await expect.poll(() => desk.word.textContent()).toBe("Live, not saved");

  // It goes on with what was applied last, and says so.
  await desk.type("TIFF stack", "/nowhere/else.tif");
  await expect.poll(() => desk.run.textContent()).toContain("Live: replay, as last applied");
  await desk.type("TIFF stack", join(bridge.dataDir, "stack.tif"));
  await expect.poll(() => desk.run.textContent()).not.toContain("as last applied");
});

test("any other setting of the camera that is not in force, too; a name that is taken is no matter of the picture", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "taken.zarr", exposureMs: 5, points: 2 });
  await runtime.start();
  await runtime.stop();
  const { page } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.type("Exposure", "abc");
  expect(await desk.button("Live").getAttribute("title")).toContain("“abc” is no number");
  await desk.type("Exposure", "5");
  await desk.type("Name", "taken.zarr");
  await page.getByText("1 problem", { exact: true }).waitFor();
  await desk.button("Live").click();
  await expect.poll(() => desk.word.textContent()).toBe("Live, not saved");
  await desk.type("Exposure", "2000");
  await expect.poll(() => desk.run.textContent()).toContain("as last applied");
});
