import { expect, test } from "./harness/test.ts";

test("a decimal comma is a decimal point in every field, or is refused with the reason; never a thousand", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const stream = async () => (await runtime.getConfiguration()).video[0];

  await page.getByText("Advanced: triggers, averaging, timing").click();
  await app.type("Pixel size", "0,108");
  await app.type("Pixel size, y", "٠٫١٠٨");
  await app.type("Interval", "0,125");
  await app.applied();
  expect((await stream())?.storage.settings.pixel_scale_um).toEqual([0.108, 0.108]);
  expect((await stream())?.time_point_interval_us).toBe(125_000);
  await expect(app.field("Pixel size")).toHaveValue("0.108");
  await expect(app.field("Interval")).toHaveValue("0.125");

  await app.type("Pixel size", "1,108");
  await expect(await app.messages(app.field("Pixel size"))).toContainText("could be 1.108 or 1108");
  await app.type("Exposure", "1,234.5");
  await expect(await app.messages(app.field("Exposure"))).toContainText("a comma and a point");
  await app.type("Time points", "１０");
  await app.type("Width", "1 024");
  await expect.poll(async () => (await stream())?.max_frame_count).toBe(10);
  await expect.poll(async () => (await stream())?.camera.settings.shape[0]).toBe(1024);
  // Refused, so what was in force still is.
  expect((await stream())?.storage.settings.pixel_scale_um).toEqual([0.108, 0.108]);
  await app.type("Pixel size", "0,065");
  await app.type("Exposure", "0,02 s");
  await app.applied();
  expect((await stream())?.camera.settings.exposure_time_us).toBe(20_000);
  expect((await stream())?.storage.settings.pixel_scale_um).toEqual([0.065, 0.065]);

  // Contrast has fields of its own, which are read the same way.
  await app.button("Live").click();
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await app.type("Max", "200,5");
  await app.type("Min", "1,500");
  await page.getByText("“1,500” could be 1.500 or 1500", { exact: false }).waitFor();
  await expect(app.field("Min")).toHaveAttribute("aria-invalid", "true");
  await app.type("Min", "300");
  await page.getByText("Min must be below Max.").waitFor();
  await app.type("Min", "−5");
  await expect(app.field("Min")).toHaveValue("-5");
  expect(await app.field("Min").getAttribute("aria-invalid")).toBeNull();
  expect(errors).toEqual([]);
});
