// The journeys of page.md beside the tutorial: contrast and region, a problem, scrubbing while recording, yesterday's dataset.
import { readFile } from "node:fs/promises";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";
import { filesOf, openStore } from "./harness/store.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("contrast and region: the histogram's end follows the hand, a drawn region is snapped, Full frame undoes it", async () => {
  await using bridge = await Bridge.start();
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.button("Live").press("l");
  await expect.poll(() => desk.word.textContent()).toBe("Live, not saved");
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  await desk.button("Stop").click();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");

  const picture = await desk.pictureSum();
  const histogram = await page.getByRole("group", { name: "Histogram" }).boundingBox();
  if (!histogram) throw new Error("there is no histogram");
  const y = histogram.y + histogram.height / 2;
  await page.mouse.move(histogram.x + histogram.width * 0.98, y);
  await page.mouse.down();
  await page.mouse.move(histogram.x + histogram.width * 0.5, y, { steps: 5 });
  await page.mouse.up();
  expect(Number(await desk.slider("White at").getAttribute("aria-valuenow"))).toBeLessThan(160);
  await expect.poll(() => desk.pictureSum()).not.toBe(picture);

  await desk.button("ROI").click();
  const image = await desk.image.boundingBox();
  if (!image) throw new Error("there is no image");
  await page.mouse.move(image.x + image.width * 0.3, image.y + image.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(image.x + image.width * 0.6, image.y + image.height * 0.7, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => Number(await desk.field("Width").inputValue())).toBeLessThan(1000);
  await desk.applied();
  const width = Number(await desk.field("Width").inputValue());
  expect(width).toBeGreaterThan(300);
  await page.getByRole("tab", { name: "Layout", exact: true }).click();
  await expect.poll(() => desk.field("Count of x").inputValue()).toBe(String(width));
  await page.getByRole("toolbar", { name: "Image" }).getByRole("button", { name: "Full frame" }).click();
  await expect.poll(() => desk.field("Width").inputValue()).toBe("1920");
  await expect.poll(() => desk.field("Count of x").inputValue()).toBe("1920");
  expect(errors).toEqual([]);
});

test("a problem: a message beside the field, Record says why and leads there, one button brings the plan back", async () => {
  await using bridge = await Bridge.start();
  const { page } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.type("Exposure", "2000");
  await page.getByText("1 problem", { exact: true }).waitFor();
  // Refused, and still a button: Playwright would wait until it is enabled.
  await desk.button("Record").click({ force: true });
  await expect.poll(() => desk.run.textContent()).toContain("Exposure must be");
  await desk.button("Use 1,000 ms").click();
  await expect.poll(() => desk.run.textContent()).toContain("100 frames, 100 s, 207 MB");
});

test("a disk that will be full: a warning that says when, with three ways out, before Record is pressed", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "long.zarr", exposureMs: 10, width: 640, height: 480, planes: 2, points: 10 });
  const { disk_free_bytes } = await runtime.validate(await runtime.getConfiguration());
  let free = disk_free_bytes[0] ?? 0;
  const pointBytes = 2 * 640 * 480;
  const { page } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  const full = page.getByText(/Disk full after \S+ \S+ of \S+ \S+, unless the data compresses well/);
  expect(await full.count()).toBe(0);

  // Half as much again as there is room for.
  await desk.type("Time points", String(Math.round((1.5 * free) / pointBytes)));
  await full.first().waitFor();
  expect(await (await desk.messages(desk.field("Name"))).textContent()).toMatch(/are to be written, .* are free/);
  await expect.poll(() => desk.run.textContent()).toMatch(/Disk full after/);
  expect(await desk.run.getByText("too full").count()).toBe(1);
  await page.getByText("1 warning", { exact: true }).waitFor();

  const ways = (await desk.messages(desk.field("Name"))).getByRole("button");
  await expect.poll(() => ways.count()).toBe(3);
  await ways.filter({ hasText: "Bin 2 × 2" }).click();
  await expect.poll(() => desk.field("Width").inputValue()).toBe("320");
  await full.first().waitFor({ state: "detached" });
  await desk.button("Undo").click();
  await full.first().waitFor();

  await ways.filter({ hasText: /^Stop after [\d,]+ time points$/ }).click();
  await full.first().waitFor({ state: "detached" });
  const points = Number(await desk.field("Time points").inputValue());
  // Others may have filled or emptied the disk meanwhile.
  const { disk_free_bytes: later } = await runtime.validate(await runtime.getConfiguration());
  free = Math.max(free, later[0] ?? 0);
  expect(points * pointBytes).toBeLessThan(free);
  expect(points * pointBytes).toBeGreaterThan(0.9 * free);
  await desk.button("Undo").click();
  await full.first().waitFor();

  // In Live, too, it stands beside what Record would do.
  await desk.button("Live").click();
  await expect.poll(() => desk.run.textContent()).toMatch(/Record: [\d,]+ frames.*Disk full after/s);
  await desk.button("Stop").click();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");

  // How much compression saves nobody knows before: the warning stays, and Record is not refused.
  await ways.filter({ hasText: "Compress with zstd" }).click();
  await expect
    .poll(() =>
      page.getByRole("combobox", { name: "Compression" }).evaluate((select: HTMLSelectElement) => select.value),
    )
    .not.toBe("");
  await expect.poll(() => ways.count()).toBe(2);
  expect(await desk.button("Record").getAttribute("aria-disabled")).toBe("false");
});

test("scrub while recording: a stored frame is there at once, the run goes on, LIVE returns", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "scrub.zarr", exposureMs: 30, planes: 3, points: null });
  const { page, errors } = await open(browser, bridge.url);
  const failed: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
  });
  const desk = await new Desk(page).ready();
  await desk.button("1:1").click();
  await desk.button("Record").click();
  await desk.recorded(12);

  const axis = desk.slider("Time");
  await axis.focus();
  await axis.press("Home");
  await page.getByText("looking back").waitFor();
  await expect.poll(() => axis.getAttribute("aria-valuenow")).toBe("0");
  const place0 = await desk.pixelAt(0.5, 0.5);
  expect(await desk.banner.textContent()).toContain("RECORDING");
  for (let step = 0; step < 8; step++) await axis.press("ArrowRight");
  await expect.poll(() => axis.getAttribute("aria-valuenow")).toBe("8");
  // Place 8 is t 2, z 2.
  const seen = new Map<string, number>();
  await expect.poll(async () => (await desk.pixelAt(0.5, 0.5)).kind).toBe("exact");
  await page.waitForTimeout(500);
  for (const [partX, partY] of [
    [0.5, 0.5],
    [0.45, 0.55],
    [0.55, 0.42],
  ] as const) {
    await desk.pixelAt(partX, partY);
    await page.waitForTimeout(150);
    const pixel = await desk.pixelAt(partX, partY);
    seen.set(`${pixel.x},${pixel.y}`, pixel.value);
  }
  const behind = page.getByRole("button", { name: /^LIVE, \d+ s$/ });
  await behind.click();
  await expect.poll(() => page.getByText("looking back").count()).toBe(0);
  await desk.button("Stop").click();
  expect(await desk.summary()).toMatch(/lost 0: scrub\.zarr/);

  const store = await openStore(bridge.dataDir, "scrub.zarr");
  const stored = await store.plane(2, 2);
  for (const [at, value] of seen) {
    const [x = 0, y = 0] = at.split(",").map(Number);
    expect({ at, value }).toEqual({ at, value: stored(x, y) });
  }
  expect(place0.kind).toBe("exact");
  expect(failed).toEqual([]);
  expect(errors).toEqual([]);
});

test("yesterday's dataset: opened in blue, its settings used again, and a recording meanwhile stays on top", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
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

  const { page } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.openDataset("embryo.zarr");
  expect(await desk.banner.textContent()).toContain("DATASET embryo.zarr");
  await desk.button("Use these settings").click();
  // Everything that it was recorded with, notes included; only the name counts up.
  await expect.poll(() => desk.field("Width").inputValue()).toBe("320");
  expect(await desk.field("Planes").inputValue()).toBe("4");
  await expect.poll(() => desk.field("Name").inputValue()).toBe("embryo_002.zarr");
  expect(await desk.field("Exposure").inputValue()).toBe("25");
  expect(await desk.field("Interval").inputValue()).toBe("0.3");
  expect(await desk.field("Sample").inputValue()).toBe("embryo 4");
  expect(await desk.field("Operator").inputValue()).toBe("Ada");
  await desk.applied();
  const configuration = await runtime.getConfiguration();
  expect(configuration.video).toMatchObject([{ ...stream, storage: { settings: { uri: "embryo_002.zarr" } } }]);
  await page.getByRole("button", { name: /until stopped/ }).click();
  await desk.applied();

  await runtime.start();
  await expect.poll(() => desk.banner.textContent()).toContain("RECORDING embryo_002.zarr");
  expect(await desk.word.textContent()).toBe("embryo.zarr");
  await desk.button("LIVE").click();
  await expect.poll(() => desk.word.textContent()).toBe("Recording");
  await runtime.abort();
  expect(await desk.summary()).toMatch(/lost 0: embryo_002\.zarr/);
});

test("a TIFF of one frame as captured, beside the PNG as shown; a snap saves nothing", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "cells.zarr", width: 64, height: 48, pixelType: "U16" });
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.button("Snap").click();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  await desk.button("TIFF").click();
  await desk.run.getByText("Saved snapshot_001.tif, as captured").waitFor();
  const [file = ""] = await filesOf(bridge.dataDir);
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 4).toString("latin1")).toBe("II*\0");
  expect(bytes.length).toBeGreaterThan(2 * 64 * 48);
  await desk.leftTab("Datasets");
  await page.getByText("snapshot_001.tif", { exact: true }).waitFor();

  const download = page.waitForEvent("download");
  await desk.button("PNG").click();
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
  expect(errors).toEqual([]);
});
