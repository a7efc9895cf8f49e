// A picture keeps the settings that it was taken with, whatever is set afterwards.

import type { Desk } from "./harness/desk.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

/** All that the page says of the picture, and the picture. */
async function told(desk: Desk) {
  const { page } = desk;
  const text = async (testid: string) => (await page.getByTestId(testid).first().textContent())?.trim();
  const facts = page.getByRole("region", { name: "Look" }).locator("dl").last();
  return {
    bar: await text("scale-bar"),
    min: await desk.field("Min").inputValue(),
    max: await desk.field("Max").inputValue(),
    histogram: await text("histogram-source"),
    channels: await page.getByRole("button", { name: /^(c 0|c 1|c 2|DAPI|GFP|Cy5)/ }).allTextContents(),
    facts: (await facts.textContent())?.replace(/\s+/g, " "),
    picture: await desk.pictureSum(),
  };
}

test("a snap keeps pixel size, channels, contrast and place when they are set anew; the next has the new ones", async ({
  bridge,
  runtime,
  openDesk,
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
  const desk = await openDesk(bridge.url);
  const { page, errors } = desk;
  await desk.button("Snap").click();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  await expect(page.getByTestId("scale-bar")).toHaveText(/µm/);
  await page.waitForTimeout(300);
  const before = await told(desk);
  expect(before.channels).toHaveLength(3);
  expect(before.facts).toMatch(/0\.25 × 0\.25/);

  settings.pixel_scale_um = [2, 2];
  settings.acquisition_dimensions.splice(2, 1);
  for (const [at, side] of [160, 120].entries())
    Object.assign(settings.acquisition_dimensions[at]!, { array_size_px: side, chunk_size_px: side });
  configuration.video[0]!.camera.settings.shape = [160, 120];
  configuration.video[0]!.camera.settings.offset = [64, 32];
  await runtime.setConfiguration(configuration);
  await expect(desk.field("Channels")).toHaveValue("1");
  await page.waitForTimeout(500);
  expect(await told(desk)).toEqual(before);
  // Also drawn anew, in another size.
  await page.setViewportSize({ width: 1300, height: 740 });
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(() => told(desk)).toEqual(before);

  await desk.button("Snap").click();
  await expect.poll(async () => (await told(desk)).facts).toMatch(/160 × 120 px.*2 × 2/);
  expect((await told(desk)).channels).toEqual([]);
  expect(errors).toEqual([]);
});

test("automatic contrast acts on a picture that stands still, and other settings of the look do not undo it", async ({
  bridge,
  runtime,
  openDesk,
}) => {
  await configure(runtime, { name: "still.zarr", camera: "simulated: uniform random", pixelType: "U12" });
  const desk = await openDesk(bridge.url);
  const { page } = desk;
  await desk.button("Snap").click();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  await expect.poll(async () => Number(await desk.field("Max").inputValue())).toBeLessThanOrEqual(4095);
  const automatic = await told(desk);
  await desk.type("Max", "1000");
  await expect.poll(() => desk.pictureSum()).not.toBe(automatic.picture);
  await desk.button("Auto, always").click();
  await expect.poll(() => told(desk)).toEqual(automatic);
  await page.getByRole("combobox", { name: "Colours" }).selectOption("green");
  await page.getByRole("combobox", { name: "Colours" }).selectOption("gray");
  await expect.poll(() => told(desk)).toEqual(automatic);
});

test("a region drawn on a picture of another region and binning is the one of the sensor that was seen", async ({
  bridge,
  runtime,
  openDesk,
}) => {
  const configuration = await configure(runtime, { name: "roi.zarr", width: 320, height: 240 });
  const { settings } = configuration.video[0]!.camera;
  settings.offset = [100, 60];
  await runtime.setConfiguration(configuration);
  const desk = await openDesk(bridge.url);
  const { page } = desk;
  await desk.button("Snap").click();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  await page.waitForTimeout(300);
  settings.offset = [0, 0];
  await runtime.setConfiguration(configuration);
  await expect(desk.field("From the top")).toHaveValue("0");
  await desk.button("ROI").click();
  const box = await desk.image.boundingBox();
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
