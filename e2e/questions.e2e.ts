import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright/test";

import { Bridge } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

const focused = (field: Locator) => field.evaluate((element) => element === document.activeElement);

test("Record replaces a dataset only after one question that names it, by keyboard and by mouse", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "kept.zarr", exposureMs: 5, points: 7 });
  await runtime.start();
  await runtime.stop();
  const metadata = join(bridge.dataDir, "kept.zarr", "zarr.json");
  const before = (await stat(metadata)).ino;

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.type("Name", "kept.zarr");
  await page.getByLabel("Overwrite a dataset of this name").check();
  await app.type("Time points", "3");
  await app.applied();

  const question = page.getByRole("alertdialog", { name: "Replace kept.zarr?" });
  const keep = question.getByRole("button", { name: "Keep", exact: true });
  const replace = question.getByRole("button", { name: "Replace and record" });
  await page.keyboard.press("Control+Enter");
  await question.waitFor();
  const text = (await question.textContent()) ?? "";
  expect(text).toMatch(/kept\.zarr: 7 frames, [\d.]+ kB, of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  expect(text).toContain("deleted when the recording begins");
  // What changes nothing has the focus, and Tab does not leave the question.
  expect(await focused(keep)).toBe(true);
  for (let tabs = 0; tabs < 4; tabs++) {
    await page.keyboard.press("Tab");
    const outside = await page.evaluate(() => document.activeElement?.closest("dialog, body")?.tagName);
    // The browser's own bar is the third stop.
    expect(["DIALOG", "BODY"]).toContain(outside);
  }
  // The app's keys act on nothing behind it, and answer nothing.
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("s");
  await page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(app.word).toHaveText("Ready");

  await app.button("Record").click();
  await question.waitFor();
  await page.keyboard.press("Enter");
  await expect(question).toHaveCount(0);
  expect((await stat(metadata)).ino).toBe(before);
  expect((await openStore(bridge.dataDir, "kept.zarr")).shape[0]).toBe(7);

  await app.button("Record").click();
  await replace.click();
  await expect.poll(() => app.summary()).toMatch(/^Saved 3, lost 0: kept\.zarr/);
  expect((await openStore(bridge.dataDir, "kept.zarr")).shape[0]).toBe(3);
  expect((await stat(metadata)).ino).not.toBe(before);
  // The next one has a name of its own, and replaces nothing.
  await app.button("Record").click();
  await expect.poll(() => app.summary()).toMatch(/kept_002\.zarr/);
  expect(errors).toEqual([]);
});

test("two cameras that replace two datasets are one question, and one that came meanwhile is in it", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const record = async (name: string, points: number) => {
    await configure(runtime, { name, exposureMs: 5, points });
    await runtime.start();
    await runtime.stop();
  };
  await record("one.zarr", 4);
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.type("Name", "one.zarr");
  await app.type("Time points", "2");
  await page.getByLabel("Overwrite a dataset of this name").check();
  await app.button("Add camera").click();
  await app.type("Name", "two.zarr");
  await app.applied();
  // The page has looked at the names already when the second one is taken.
  await using other = await Bridge.start({ dataDir: bridge.dataDir });
  await using beside = await script(other);
  await configure(beside, { name: "two.zarr", exposureMs: 5, points: 6 });
  await beside.start();
  await beside.stop();

  await app.button("Record").click();
  const question = page.getByRole("alertdialog", { name: "Replace 2 datasets?" });
  await question.waitFor();
  await expect(question).toHaveText(/one\.zarr: 4 frames.*two\.zarr: 6 frames/);
  await question.getByRole("button", { name: "Replace and record" }).click();
  expect(await app.summary()).toContain("Saved 4, lost 0");
});

test("files that zarrcam did not write are named in a second question", async ({ bridge, runtime, openApp }) => {
  await configure(runtime, { name: "mixed.zarr", exposureMs: 5, points: 4 });
  await runtime.start();
  await runtime.stop();
  const notes = join(bridge.dataDir, "mixed.zarr", "my-notes.txt");
  await writeFile(notes, "mine");
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.type("Name", "mixed.zarr");
  await page.getByLabel("Overwrite a dataset of this name").check();
  await app.applied();
  const first = page.getByRole("alertdialog", { name: "Replace mixed.zarr?" });
  const second = page.getByRole("alertdialog", { name: "Delete files that zarrcam did not write?" });
  await app.button("Record").click();
  await first.getByRole("button", { name: "Replace and record" }).click();
  await second.waitFor();
  await expect(second).toContainText("my-notes.txt");
  expect(await focused(second.getByRole("button", { name: "Keep", exact: true }))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(second).toHaveCount(0);
  await expect(app.word).toHaveText("Ready");
  expect(await readFile(notes, "utf8")).toBe("mine");

  await app.button("Record").click();
  await first.getByRole("button", { name: "Replace and record" }).click();
  await second.getByRole("button", { name: "Delete them and record" }).click();
  await expect.poll(() => app.summary()).toMatch(/^Saved 4, lost 0: mixed\.zarr/);
  await expect(readFile(notes)).rejects.toThrow();
});

test("presets are forgotten after a question, and another set-up can be undone", async ({ bridge, openApp }) => {
  const app = await openApp(bridge.url);
  const { page } = app;
  const menu = async (name: RegExp) => {
    await page.getByRole("button", { name: /^Examples/ }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await app.type("Exposure", "12,5");
  await app.applied();
  await menu(/^Keep as preset/);
  await app.example("Chunked tutorial");
  await expect(app.field("Exposure")).toHaveValue("70");
  await app.applied();
  await app.button("Undo").click();
  await expect(app.field("Exposure")).toHaveValue("12.5");

  await menu(/^Forget the presets/);
  const question = page.getByRole("alertdialog", { name: "Forget the preset?" });
  await question.waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Examples/ }).click();
  await page.getByRole("menuitem", { name: /Preset of this browser/ }).waitFor();
  await page.keyboard.press("Escape");
  await menu(/^Forget the presets/);
  await question.getByRole("button", { name: "Forget", exact: true }).click();
  await page.getByRole("button", { name: /^Examples/ }).click();
  await page.getByRole("menuitem", { name: /^Keep as preset/ }).waitFor();
  await expect(page.getByRole("menuitem", { name: /Preset of this browser/ })).toHaveCount(0);
});
