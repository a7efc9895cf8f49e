// A picture keeps the settings that it was taken with, whatever is set afterwards.

import type { AppPage } from "./harness/app-page.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

/** All that the page says of the picture, and the picture. */
async function told(app: AppPage) {
  const { page } = app;
  const text = async (testid: string) => (await page.getByTestId(testid).first().textContent())?.trim();
  const facts = page.getByRole("region", { name: "Display" }).locator("dl").last();
  return {
    bar: await text("scale-bar"),
    min: await app.field("Min").inputValue(),
    max: await app.field("Max").inputValue(),
    histogram: await text("histogram-source"),
    channels: await page.getByRole("button", { name: /^(c 0|c 1|c 2|DAPI|GFP|Cy5)/ }).allTextContents(),
    facts: (await facts.textContent())?.replace(/\s+/g, " "),
    picture: await app.pictureSum(),
  };
}

test("a snap keeps pixel size, channels, contrast and frame when they are set anew; the next has the new ones", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const configuration = await configure(runtime, {
    name: "taken.zarr",
    camera: "simulated: radial sin",
    pixelType: "U16",
  });
  const { settings } = configuration.video[0]!.storage;
  settings.pixel_scale_um = [0.25, 0.25];
  settings.acquisition_dimensions.splice(2, 0, {
    name: "c",
    kind: "Channel",
    array_size_px: 3,
    chunk_size_px: 1,
    shard_size_chunks: 0,
  });
  await runtime.setConfiguration(configuration);
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.button("Snap").click();
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await expect(page.getByTestId("scale-bar")).toHaveText(/µm/);
  await page.waitForTimeout(300);
  const before = await told(app);
  expect(before.channels).toHaveLength(3);
  expect(before.facts).toMatch(/0\.25 × 0\.25/);

  settings.pixel_scale_um = [2, 2];
  settings.acquisition_dimensions.splice(2, 1);
  for (const [at, side] of [160, 120].entries())
    Object.assign(settings.acquisition_dimensions[at]!, { array_size_px: side, chunk_size_px: side });
  configuration.video[0]!.camera.settings.shape = [160, 120];
  configuration.video[0]!.camera.settings.offset = [64, 32];
  await runtime.setConfiguration(configuration);
  await expect(app.field("Channels")).toHaveValue("1");
  await page.waitForTimeout(500);
  expect(await told(app)).toEqual(before);
  // Also drawn anew, in another size.
  await page.setViewportSize({ width: 1300, height: 740 });
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(() => told(app)).toEqual(before);

  await app.button("Snap").click();
  await expect.poll(async () => (await told(app)).facts).toMatch(/160 × 120 px.*2 × 2/);
  expect((await told(app)).channels).toEqual([]);
  expect(errors).toEqual([]);
});

test("automatic contrast acts on a picture that stands still, and other settings of the look do not undo it", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "still.zarr", camera: "simulated: uniform random", pixelType: "U12" });
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Snap").click();
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await expect.poll(async () => Number(await app.field("Max").inputValue())).toBeLessThanOrEqual(4095);
  const automatic = await told(app);
  await app.type("Max", "1000");
  await expect.poll(() => app.pictureSum()).not.toBe(automatic.picture);
  await app.button("Auto, every frame").click();
  await expect.poll(() => told(app)).toEqual(automatic);
  await page.getByRole("combobox", { name: "Colour map" }).selectOption("green");
  await page.getByRole("combobox", { name: "Colour map" }).selectOption("gray");
  await expect.poll(() => told(app)).toEqual(automatic);
});

test("a region drawn on a picture of another region and binning is the one of the sensor that was seen", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const configuration = await configure(runtime, { name: "roi.zarr", width: 320, height: 240 });
  const { settings } = configuration.video[0]!.camera;
  settings.offset = [100, 60];
  await runtime.setConfiguration(configuration);
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Snap").click();
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await page.waitForTimeout(300);
  settings.offset = [0, 0];
  await runtime.setConfiguration(configuration);
  await expect(app.field("From the top")).toHaveValue("0");
  await app.button("ROI").click();
  const box = await app.image.boundingBox();
  if (!box) throw new Error("there is no image");
  const at = (part: number) => [box.x + part * box.width, box.y + part * box.height] as const;
  await page.mouse.move(...at(0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.6), { steps: 5 });
  await page.mouse.up();
  await expect
    .poll(async () => (await runtime.getConfiguration()).video[0]?.camera.settings.offset[1])
    .toBeGreaterThan(60 + 0.35 * 240);
});
