import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { script } from "./harness/setup.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("a decimal comma is a decimal point in every field, or is refused with the reason; never a thousand", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  const stream = async () => (await runtime.getConfiguration()).video[0];

  await page.getByText("Advanced: triggers, average, pixel size").click();
  await desk.type("Pixel size, x", "0,108");
  await desk.type("Pixel size, y", "٠٫١٠٨");
  await desk.type("Interval", "0,125");
  await desk.applied();
  expect((await stream())?.storage.settings.pixel_scale_um).toEqual([0.108, 0.108]);
  expect((await stream())?.time_point_interval_us).toBe(125_000);
  expect(await desk.field("Pixel size, x").inputValue()).toBe("0.108");
  expect(await desk.field("Interval").inputValue()).toBe("0.125");

  await desk.type("Pixel size, x", "1,108");
  expect(await (await desk.messages(desk.field("Pixel size, x"))).textContent()).toContain("could be 1.108 or 1108");
  await desk.type("Exposure", "1,234.5");
  expect(await (await desk.messages(desk.field("Exposure"))).textContent()).toContain("a comma and a point");
  await desk.type("Time points", "１０");
  await desk.type("Width", "1 024");
  await expect.poll(async () => (await stream())?.max_frame_count).toBe(10);
  await expect.poll(async () => (await stream())?.camera.settings.shape[0]).toBe(1024);
  // Refused, so what was in force still is.
  expect((await stream())?.storage.settings.pixel_scale_um).toEqual([0.108, 0.108]);
  await desk.type("Pixel size, x", "0,065");
  await desk.type("Exposure", "0,02 s");
  await desk.applied();
  expect((await stream())?.camera.settings.exposure_time_us).toBe(20_000);
  expect((await stream())?.storage.settings.pixel_scale_um).toEqual([0.065, 0.108]);

  // Contrast has fields of its own, which are read the same way.
  await desk.button("Live").click();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  await desk.type("Max", "200,5");
  await desk.type("Min", "1,500");
  await page.getByText("“1,500” could be 1.500 or 1500", { exact: false }).waitFor();
  expect(await desk.field("Min").getAttribute("aria-invalid")).toBe("true");
  await desk.type("Min", "300");
  await page.getByText("Min must be below Max.").waitFor();
  await desk.type("Min", "−5");
  await expect.poll(() => desk.field("Min").inputValue()).toBe("-5");
  expect(await desk.field("Min").getAttribute("aria-invalid")).toBeNull();
  expect(errors).toEqual([]);
});
