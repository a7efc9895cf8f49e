// What a set-up needs around its fields: files, undo, suggestions, the shortcut sheet, another run of the same.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { Configuration } from "@zarrcam/protocol";
import type { Page } from "playwright/test";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

async function file(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: /^File/ }).click();
  await page.getByRole("menuitem", { name: item }).first().click();
}

async function exported(page: Page, item: string): Promise<{ name: string; text: string }> {
  const [saved] = await Promise.all([page.waitForEvent("download"), file(page, item)]);
  return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), "utf8") };
}

test("documents go out and come back, Acquire's own included, and as Python and a command line", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: bridge.url });
  const chooser = page.locator("input[type=file]");

  await app.type("Exposure", "33");
  await app.type("Sample", "embryo 4");
  await app.applied();
  const before = await runtime.getConfiguration();
  const { name, text } = await exported(page, "Export");
  expect(name).toBe("configuration.json");
  expect(JSON.parse(text)).toMatchObject(JSON.parse(JSON.stringify(before)) as Record<string, unknown>);
  const forAcquire = JSON.parse((await exported(page, "Export for Acquire")).text) as Configuration;
  expect(forAcquire.video[0]?.storage.settings).not.toHaveProperty("notes");
  await page.getByRole("tab", { name: "Log", exact: true }).click();
  await page
    .getByText(/Exported for Acquire, without .*notes/)
    .first()
    .waitFor();

  // Another set-up, and back by the file.
  await app.example("Fast");
  await expect(app.field("Sample")).toHaveValue("");
  await chooser.setInputFiles({ name: "mine.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await expect(app.field("Exposure")).toHaveValue("33");
  await app.applied();
  expect(await runtime.getConfiguration()).toEqual(before);

  const acquires = new URL("../native/config/tests/fixtures/acquire-0.3-tutorial-as-saved.json", import.meta.url);
  await chooser.setInputFiles(fileURLToPath(acquires));
  await expect(app.field("Planes")).toHaveValue("10");
  await page.getByText("Ready to record").waitFor();
  await app.applied();
  // Its pixel size of 0 says nothing.
  await page.getByText("Advanced: triggers, averaging, timing").click();
  await expect(app.field("Pixel size")).toHaveValue("");

  await file(page, "Copy as Python");
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(clipboard).toMatch(/^import acquire[\s\S]*max_frame_count = 300[\s\S]*runtime\.stop\(\)/);
  await file(page, "Copy as command line");
  await expect.poll(clipboard).toMatch(/^cat > configuration\.json[\s\S]*npx zarrcam acquire configuration\.json\n$/);

  for (const [wrong, says] of [
    ["no json", /broken\.json: This is not JSON/],
    ['{"video": [{"max_frame_count": "many"}]}', /broken\.json was not imported\. video\[0\]\.max_frame_count/],
  ] as const) {
    await chooser.setInputFiles({ name: "broken.json", mimeType: "application/json", buffer: Buffer.from(wrong) });
    await page.getByRole("tabpanel", { name: /^Log/ }).getByText(says).waitFor();
    await expect(app.field("Planes")).toHaveValue("10");
  }
  expect(errors).toEqual([]);
});

test("undo and redo step through every edit, an example included", async ({ bridge, runtime, openApp }) => {
  const app = await openApp(bridge.url);
  const { page } = app;
  const now = () => runtime.getConfiguration();
  const states = [await now()];
  for (const edit of [
    () => app.type("Exposure", "12"),
    () => app.type("Planes", "4"),
    () => app.type("Width", "512"),
    () => app.choose("Format", "TIFF"),
    () => app.example("Chunked tutorial"),
  ]) {
    await edit();
    await expect.poll(now).not.toEqual(states.at(-1));
    await app.applied();
    states.push(await now());
  }
  for (const state of states.slice(0, -1).reverse()) {
    await app.button("Undo").click();
    await expect.poll(now).toEqual(state);
  }
  await expect(app.button("Undo")).toHaveAttribute("aria-disabled", "true");
  for (const state of states.slice(1)) {
    await page.keyboard.press("Control+Shift+z");
    await expect.poll(now).toEqual(state);
  }
});

test("Suggest lays the data out for its use, and says why", async ({ bridge, runtime, openApp }) => {
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.example("Chunked tutorial");
  await app.applied();
  await page.getByRole("tab", { name: "Dimensions", exact: true }).click();
  const chunks = async () =>
    (await runtime.getConfiguration()).video[0]?.storage.settings.acquisition_dimensions.map(
      ({ chunk_size_px }) => chunk_size_px,
    );
  const suggestions = page.getByRole("group", { name: /suggest/i });
  const layouts: unknown[] = [await chunks()];
  for (const button of await suggestions.getByRole("button").all()) {
    const use = await button.textContent();
    await button.click();
    await expect.poll(chunks).not.toEqual(layouts.at(-1));
    layouts.push(await chunks());
    await app.applied();
    expect([use, await page.getByRole("region", { name: "Dimensions" }).locator(".why").textContent()]).toEqual([
      use,
      expect.stringMatching(/\w+ \w+ \w+/),
    ]);
    await page.getByText("Ready to record").waitFor();
  }
  expect(layouts.length).toBe(4);
});

test("Run again repeats the last run under the next name, whatever was edited since", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "again.zarr", exposureMs: 5, points: 12 });
  const app = await openApp(bridge.url);
  await app.button("Record").click();
  expect(await app.summary()).toMatch(/^Saved 12, lost 0: again\.zarr/);
  await app.type("Time points", "99");
  await app.type("Exposure", "300");
  await app.applied();
  await app.button("Run again").click();
  await expect(app.run).toHaveText(/Saved\s+12,\s+lost 0: again_002\.zarr/, { timeout: 20_000 });
  await expect(app.field("Exposure")).toHaveValue("5");
});

test("an interval between time points is kept, and how late they begin is told", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "lapse.zarr", exposureMs: 5, planes: 2, points: 16 });
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.type("Interval", "500 ms");
  await expect(app.run).toHaveText(/32 frames, 7\.5\d? s/);
  await app.applied();
  await app.button("Record").click();
  await expect(app.run).toHaveText(/time point (on time|[\d.]+ m?s late)/);
  const summary = await app.summary();
  expect(summary).toMatch(/^Saved 32, lost 0: lapse\.zarr, in (7\.[5-9]|[89]|\d\d)/);
  await page.getByRole("tab", { name: "Frames", exact: true }).click();
  await page.getByRole("columnheader", { name: "Late" }).waitFor();
});

test("the shortcut sheet opens by ?, holds the focus, and gives it back; single keys can be switched off", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Snap").focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog");
  await sheet.waitFor();
  for (const words of ["Record", "Snap", "Live", "Undo", "Next channel"]) await expect(sheet).toContainText(words);
  await sheet.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await expect(app.button("Snap")).toBeFocused();
  await page.keyboard.press("l");
  await page.waitForTimeout(300);
  await expect(app.word).toHaveText("Ready");
  await page.keyboard.press("Control+Enter");
  await expect(app.word).toHaveText("Recording");
});

test("what was checked before the start is read without a pointer, and a warning stands before the last run's summary", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "checked.zarr", exposureMs: 5, points: 10 });
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.button("Record").click();
  expect(await app.summary()).toMatch(/^Saved 10, lost 0: checked\.zarr/);
  const { disk_free_bytes } = await runtime.validate(await runtime.getConfiguration());
  await app.type("Time points", String(Math.round((1.5 * (disk_free_bytes[0] ?? 0)) / (320 * 240))));
  const warning = app.run.getByText(/^Disk full after/);
  await warning.waitFor();
  const summary = app.run.getByText(/^Saved 10, lost 0/);
  const [first, second] = [await warning.boundingBox(), await summary.boundingBox()];
  // Above it, or beside it where the page is wide.
  expect((first?.width ?? 0) > 0 && (first?.y ?? 0) < (second?.y ?? 0)).toBe(true);

  const before = await app.image.boundingBox();
  const checks = app.run.getByRole("button", { name: /^Checked before the start: Disk after too full Memory/ });
  await checks.focus();
  await page.keyboard.press("Enter");
  const words = page.getByRole("region", { name: "Checked before the start, in words" });
  await words.getByText("Nothing of this name is in the data folder").waitFor();
  for (const says of [
    /Disk after.*before compression/,
    /The writer never takes more, its queue included/,
    /Test speed runs camera and storage for two seconds/,
    /Disk full after .* are to be written, .* are free/,
    /Saved 10, lost 0: checked\.zarr, in/,
  ])
    await expect(words).toHaveText(says);
  expect(await app.image.boundingBox()).toEqual(before);
  await page.keyboard.press("Escape");
  await words.waitFor({ state: "hidden" });
  await expect(checks).toBeFocused();
  expect(errors).toEqual([]);
});
