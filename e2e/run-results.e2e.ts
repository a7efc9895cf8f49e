// How a run ended stands in red until it is read, on every page, and beside its dataset for good.
import { rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright/test";

import { Bridge, hasDisks } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const result = (page: Page) => page.getByTestId("run-result");
async function words(page: Page): Promise<string> {
  await result(page).waitFor({ timeout: 30_000 });
  return ((await result(page).locator(".words").textContent()) ?? "").replace(/\s+/g, " ");
}
const listed = (page: Page, name: string) =>
  page
    .getByRole("region", { name: "Datasets", exact: true })
    .getByRole("button", { name: new RegExp(`^${name.replaceAll(".", "\\.")}`) });

test("a full disk: a red result that stays until it is read, everywhere", async ({ openApp, openPage }) => {
  test.skip(!hasDisks(), "this user may not mount a disk in a namespace of its own");
  await using bridge = await Bridge.start({ disk: "2m" });
  await using runtime = await script(bridge);
  await configure(runtime, { name: "full.zarr", exposureMs: 20, points: 100 });
  const app = await openApp(bridge.url);
  const { page } = app;
  await expect(result(page)).toHaveCount(0);
  await app.button("Record").click();
  const told = await words(page);
  const [, saved = ""] = /^Stopped: disk full, (\d+) of 100 saved/.exec(told) ?? [];
  expect(Number(saved)).toBeGreaterThan(0);
  expect(Number(saved)).toBeLessThan(100);
  await expect(result(page)).toHaveAttribute("role", "alert");
  await expect(result(page).locator("p")).toHaveAttribute("title", /the disk is full/);
  await expect(app.banner).toContainText("READY the last run is incomplete");
  await expect(app.run).not.toContainText("Saved");

  // Live is no next run; a reload and a page that comes later know of it, too.
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  expect(await words(page)).toBe(told);
  await app.button("Stop").click();
  await page.reload();
  expect(await words(page)).toBe(told);
  const other = await openPage(bridge.url);
  expect(await words(other.page)).toBe(told);

  await app.leftTab("Datasets");
  await expect(listed(page, "full.zarr")).toContainText(`incomplete: ${saved} of 100, disk full`);
  await app.openDataset("full.zarr");
  await page.locator(".band").getByText(`incomplete: ${saved} of 100, disk full`).waitFor();

  // Read here, and not there.
  await result(page).getByRole("button", { name: "Dismiss" }).click();
  await expect(result(page)).toHaveCount(0);
  await expect(page.locator(":focus")).toContainText("Record");
  await page.reload();
  await app.ready();
  await expect(result(page)).toHaveCount(0);
  expect(await words(other.page)).toBe(told);
});

test("ended by the user before its count, also in a dataset that was opened meanwhile; the next run takes its place", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "early.zarr", exposureMs: 20, points: 1000 });
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Record").click();
  await app.recorded(5);
  await app.openDataset("early.zarr");
  await expect(page.locator(".band")).not.toContainText("incomplete");
  await app.button("Stop").click();
  const told = await words(page);
  const [, saved = "", again] = /^Saved (\d+), lost 0: early\.zarr, .*; stopped at (\d+) of 1,000$/.exec(told) ?? [];
  expect(again).toBe(saved);
  await expect(result(page)).toHaveAttribute("role", "status");
  await page.locator(".band").getByText(`incomplete: ${saved} of 1,000, stopped`).waitFor();
  await expect(app.slider("t")).toHaveAttribute("aria-valuemax", String(Number(saved) - 1));
  await app.button("Back to live").click();
  await app.leftTab("Datasets");
  await expect(listed(page, "early.zarr")).toContainText(`incomplete: ${saved} of 1,000, stopped`);

  await app.leftTab("Set-up");
  await app.type("Time points", "10");
  await app.applied();
  await app.button("Record").click();
  await expect.poll(() => app.summary()).toMatch(/^Saved 10, lost 0: early_002\.zarr/);
  await expect(result(page)).toHaveCount(0);
  await app.leftTab("Datasets");
  await expect(listed(page, "early_002.zarr")).toContainText("10 frames");
});

test("what was given up is lost, and is said in red", async ({ bridge, runtime, openApp }) => {
  const configuration = structuredClone(await configure(runtime, { name: "slow.zarr", exposureMs: 20, points: 300 }));
  for (const { storage } of configuration.video) storage.write_delay_ms = 1000;
  await runtime.setConfiguration(configuration);
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Record").click();
  await expect.poll(async () => (await runtime.getStats()).streams[0]?.ledger.captured ?? 0).toBeGreaterThan(20);
  await app.button("Stop").click();
  await page.getByRole("button", { name: "Give up …" }).click();
  const question = page.getByRole("alertdialog", { name: "Give up what is not saved yet?" });
  await question.getByRole("button", { name: /^Lose \d+ frames?$/ }).click();
  expect(await words(page)).toMatch(/^Saved \d+, lost \d+: slow\.zarr, .*; stopped at \d+ of 300$/);
  await expect(result(page)).toHaveAttribute("role", "alert");
});

test("of two cameras one fails, and it is said which", async ({ bridge, runtime, openApp }) => {
  const configuration = structuredClone(await configure(runtime, { name: "gone/a.zarr", exposureMs: 20, points: 100 }));
  const [first] = configuration.video;
  if (!first) throw new Error("there is no stream");
  const second = structuredClone(first);
  second.storage.settings.uri = "stays/b.zarr";
  await runtime.setConfiguration({
    video: [
      { ...first, name: "left" },
      { ...second, name: "right" },
    ],
  });
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Record").click();
  await expect.poll(async () => (await runtime.getStats()).streams[0]?.ledger.stored ?? 0).toBeGreaterThan(5);
  await rm(join(bridge.dataDir, "gone"), { recursive: true, force: true, maxRetries: 20, retryDelay: 5 });
  const told = await words(page);
  expect(told).toMatch(/^left stopped: .*, \d+ of 100 saved.*; right: 100 of 100 saved, lost 0/);
});

test("a camera that fails", async ({ bridge, runtime, openApp }) => {
  // More than the camera reads ahead.
  const side = { width: 1024, height: 1024 };
  await configure(runtime, {
    name: "stack.tif",
    storage: "tiff",
    camera: "simulated: empty",
    exposureMs: 2,
    points: 100,
    ...side,
  });
  await runtime.start();
  await runtime.stop();
  const configuration = structuredClone(
    await configure(runtime, { name: "played.zarr", exposureMs: 20, points: 1000, ...side }),
  );
  const [stream] = configuration.video;
  if (!stream) throw new Error("there is no stream");
  stream.camera.identifier = await runtime.select("Camera", "replay");
  stream.camera.settings.replay = { path: join(bridge.dataDir, "stack.tif") };
  await runtime.setConfiguration(configuration);
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Record").click();
  await app.recorded(3);
  await truncate(join(bridge.dataDir, "stack.tif"), 1000);
  expect(await words(page)).toMatch(/^Stopped: .*, \d+ of 1,000 saved/);
});

test("the bridge is killed while it records: the page that saw it says how much is there, and the list for good", async ({
  bridge,
  openApp,
}) => {
  const { port, dataDir } = bridge;
  const app = await openApp(bridge.url);
  const { page } = app;
  {
    await using runtime = await script(bridge);
    await configure(runtime, { name: "killed.zarr", exposureMs: 20, points: 1000 });
  }
  await expect(app.field("Name")).toHaveValue("killed.zarr");
  await app.button("Record").click();
  await app.recorded(15);
  await bridge.end("SIGKILL");
  await using _again = await Bridge.start({ dataDir, port });
  await expect.poll(() => words(page), { timeout: 30_000 }).toMatch(/killed\.zarr: \d+ of 1,000 saved/);
  const told = await words(page);
  expect(told).toMatch(/^Stopped: zarrcam ended while it recorded/);
  const [, saved = ""] = /: ([\d,]+) of 1,000/.exec(told) ?? [];
  expect(Number(saved)).toBeGreaterThanOrEqual(15);
  await app.leftTab("Datasets");
  await expect(listed(page, "killed.zarr")).toContainText(`incomplete: ${saved} of 1,000, interrupted`);
});

test("the bridge is ended in order while it records: nothing is lost, and it is no success either", async ({
  bridge,
  openApp,
}) => {
  const { port, dataDir } = bridge;
  const app = await openApp(bridge.url);
  const { page } = app;
  {
    await using runtime = await script(bridge);
    await configure(runtime, { name: "ended.zarr", exposureMs: 20, points: 1000 });
  }
  await expect(app.field("Name")).toHaveValue("ended.zarr");
  await app.button("Record").click();
  await app.recorded(15);
  await bridge.end("SIGTERM");
  await using _again = await Bridge.start({ dataDir, port });
  await expect.poll(() => words(page), { timeout: 30_000 }).toMatch(/\d+ of 1,000/);
});
