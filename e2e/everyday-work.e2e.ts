// The journeys of page.md beside the tutorial: contrast and region, a problem, yesterday's dataset.
import { readFile } from "node:fs/promises";

import { Bridge, hasDisks } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { filesOf } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

test("contrast and region: the histogram's end follows the hand, a drawn region is snapped, Full frame undoes it", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.button("Live").press("l");
  await expect(app.word).toHaveText("Live, not saved");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await app.button("Stop").click();
  await expect(app.word).toHaveText("Ready");

  const picture = await app.pictureSum();
  const histogram = await page.getByRole("group", { name: "Histogram" }).boundingBox();
  if (!histogram) throw new Error("there is no histogram");
  const y = histogram.y + histogram.height / 2;
  await page.mouse.move(histogram.x + histogram.width * 0.98, y);
  await page.mouse.down();
  await page.mouse.move(histogram.x + histogram.width * 0.5, y, { steps: 5 });
  await page.mouse.up();
  expect(Number(await app.slider("White at").getAttribute("aria-valuenow"))).toBeLessThan(160);
  await expect.poll(() => app.pictureSum()).not.toBe(picture);

  await app.button("ROI").click();
  const image = await app.image.boundingBox();
  if (!image) throw new Error("there is no image");
  await page.mouse.move(image.x + image.width * 0.3, image.y + image.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(image.x + image.width * 0.6, image.y + image.height * 0.7, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => Number(await app.field("Width").inputValue())).toBeLessThan(1000);
  await app.applied();
  const width = Number(await app.field("Width").inputValue());
  expect(width).toBeGreaterThan(300);
  await page.getByRole("tab", { name: "Dimensions", exact: true }).click();
  await expect(app.field("Size of x")).toHaveValue(String(width));
  await page.getByRole("toolbar", { name: "Image" }).getByRole("button", { name: "Full frame" }).click();
  await expect(app.field("Width")).toHaveValue("1920");
  await expect(app.field("Size of x")).toHaveValue("1920");
  expect(errors).toEqual([]);
});

test("a problem: a message beside the field, Record says why and leads there, one button brings the plan back", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.type("Exposure", "2000");
  await page.getByText("1 problem", { exact: true }).waitFor();
  // Refused, and still a button: Playwright would wait until it is enabled.
  await app.button("Record").click({ force: true });
  await expect(app.run).toContainText("Exposure must be");
  await app.button("Use 1,000 ms").click();
  await expect(app.run).toContainText("100 frames, 100 s, 207 MB");
});

test("a disk that will be full: a warning that says when, with three ways out, before Record is pressed", async ({
  openApp,
}) => {
  // A disk of its own, where one is to be had: on the machine's others may write meanwhile.
  await using bridge = await Bridge.start(hasDisks() ? { disk: "1g" } : {});
  await using runtime = await script(bridge);
  await configure(runtime, { name: "long.zarr", exposureMs: 10, width: 640, height: 480, planes: 2, points: 10 });
  const { disk_free_bytes } = await runtime.validate(await runtime.getConfiguration());
  let free = disk_free_bytes[0] ?? 0;
  const pointBytes = 2 * 640 * 480;
  const app = await openApp(bridge.url);
  const { page } = app;
  const full = page.getByText(/Disk full after \S+ \S+ of \S+ \S+, unless the data compresses well/);
  await expect(full).toHaveCount(0);

  // Half as much again as there is room for.
  await app.type("Time points", String(Math.round((1.5 * free) / pointBytes)));
  await full.first().waitFor();
  await expect(await app.messages(app.field("Name"))).toHaveText(/are to be written, .* are free/);
  await expect(app.run).toHaveText(/Disk full after/);
  await expect(app.run.getByText("too full")).toHaveCount(1);
  await page.getByText("1 warning", { exact: true }).waitFor();

  const ways = (await app.messages(app.field("Name"))).getByRole("button");
  await expect(ways).toHaveCount(3);
  await ways.filter({ hasText: "Bin 2 × 2" }).click();
  await expect(app.field("Width")).toHaveValue("320");
  await full.first().waitFor({ state: "detached" });
  await app.button("Undo").click();
  await full.first().waitFor();

  await ways.filter({ hasText: /^Stop after [\d,]+ time points$/ }).click();
  await full.first().waitFor({ state: "detached" });
  const points = Number(await app.field("Time points").inputValue());
  // Others may have filled or emptied the disk meanwhile.
  const { disk_free_bytes: later } = await runtime.validate(await runtime.getConfiguration());
  free = Math.max(free, later[0] ?? 0);
  expect(points * pointBytes).toBeLessThan(free);
  expect(points * pointBytes).toBeGreaterThan(0.9 * free);
  await app.button("Undo").click();
  await full.first().waitFor();

  // In Live, too, it stands beside what Record would do.
  await app.button("Live").click();
  await expect(app.run).toHaveText(/Record: [\d,]+ frames.*Disk full after/s);
  await app.button("Stop").click();
  await expect(app.word).toHaveText("Ready");

  // How much compression saves nobody knows before: the warning stays, and Record is not refused.
  await ways.filter({ hasText: "Compress with zstd" }).click();
  await expect
    .poll(() =>
      page.getByRole("combobox", { name: "Compression" }).evaluate((select: HTMLSelectElement) => select.value),
    )
    .not.toBe("");
  await expect(ways).toHaveCount(2);
  await expect(app.button("Record")).toHaveAttribute("aria-disabled", "false");
});

test("yesterday's dataset: opened in blue, its settings used again, and a recording meanwhile stays on top", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const made = await configure(runtime, { name: "embryo.zarr", planes: 4, points: 3, exposureMs: 25 });
  const [stream] = made.video;
  if (!stream) throw new Error("no stream");
  stream.storage.settings.notes = { sample: "embryo 4", operator: "Ada", text: "second try" };
  stream.name = "left eye";
  stream.storage.write_delay_ms = 1;
  stream.time_point_interval_us = 300_000;
  await runtime.setConfiguration(made);
  await runtime.start();
  await runtime.stop();
  const other = await configure(runtime, { name: "other.zarr", points: null, exposureMs: 40, width: 256 });
  const [changed] = other.video;
  if (!changed) throw new Error("no stream");
  changed.storage.settings.notes = { sample: "something else", operator: "", text: "" };
  delete changed.name;
  changed.storage.write_delay_ms = 0;
  changed.time_point_interval_us = 0;
  changed.camera.identifier = await runtime.select("Camera", "simulated: radial sin");
  await runtime.setConfiguration(other);

  const app = await openApp(bridge.url);
  const { page } = app;
  await app.openDataset("embryo.zarr");
  await expect(app.banner).toContainText("DATASET embryo.zarr");
  await app.button("Copy settings to set-up").click();
  // Everything that it was recorded with, notes included; only the name counts up.
  await expect(app.field("Width")).toHaveValue("320");
  await expect(app.field("Planes")).toHaveValue("4");
  await expect(app.field("Name")).toHaveValue("embryo_002.zarr");
  await expect(app.field("Exposure")).toHaveValue("25");
  await expect(app.field("Interval")).toHaveValue("0.3");
  await expect(app.field("Sample")).toHaveValue("embryo 4");
  await expect(app.field("Operator")).toHaveValue("Ada");
  await app.applied();
  const configuration = await runtime.getConfiguration();
  expect(configuration.video).toMatchObject([{ ...stream, storage: { settings: { uri: "embryo_002.zarr" } } }]);
  await page.getByRole("button", { name: /until stopped/ }).click();
  await app.applied();

  await runtime.start();
  await expect(app.banner).toContainText("RECORDING embryo_002.zarr");
  await expect(app.word).toHaveText("embryo.zarr");
  await app.button("LIVE").click();
  await expect(app.word).toHaveText("Recording");
  await runtime.abort();
  expect(await app.summary()).toMatch(/lost 0: embryo_002\.zarr/);
});

test("a TIFF of one frame as captured, beside the PNG as shown; a snap saves nothing", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "cells.zarr", width: 64, height: 48, pixelType: "U16" });
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.button("Snap").click();
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  await app.button("TIFF").click();
  await app.run.getByText("Saved snapshot_001.tif, as captured").waitFor();
  const [file = ""] = await filesOf(bridge.dataDir);
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 4).toString("latin1")).toBe("II*\0");
  expect(bytes.length).toBeGreaterThan(2 * 64 * 48);
  await app.leftTab("Datasets");
  await page.getByText("snapshot_001.tif", { exact: true }).waitFor();

  const download = page.waitForEvent("download");
  await app.button("PNG").click();
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
  expect(errors).toEqual([]);
});
