// Names that something lies under already, names that this program would not give, and more cameras than there is room for.
import { cpSync } from "node:fs";
import { join } from "node:path";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

test("while a script's name is taken, everything else is applied as ever", async ({ bridge, runtime, openApp }) => {
  await configure(runtime, { name: "taken.zarr", exposureMs: 10, points: 3 });
  await runtime.start();
  await runtime.stop();
  // The script's name does not count on after its run.
  const app = await openApp(bridge.url);
  await expect(await app.messages(app.field("Name"))).toHaveText(/exists already/);
  await app.type("Exposure", "25");
  await expect
    .poll(async () => (await runtime.getConfiguration()).video[0]?.camera.settings.exposure_time_us)
    .toBe(25_000);
  await expect(await app.messages(app.field("Name"))).toHaveText(/exists already/);
  expect(app.errors).toEqual([]);
});

test("a dataset of whatever name opens, and its settings come under a name that can be written", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "a.zarr", exposureMs: 10, points: 3 });
  await runtime.start();
  await runtime.stop();
  const names = { "12:30.zarr": "12_30.zarr", "back\\slash.zarr": "back/slash.zarr" };
  for (const name of Object.keys(names))
    cpSync(join(bridge.dataDir, "a.zarr"), join(bridge.dataDir, name), { recursive: true });
  const app = await openApp(bridge.url);
  for (const [name, writable] of Object.entries(names)) {
    await app.leftTab("Datasets");
    const row = app.page.getByRole("listitem").filter({ hasText: name });
    await row.getByRole("button", { name }).click();
    await expect(app.word).toHaveText(name);
    await row.getByRole("button", { name: "Copy settings to set-up" }).click();
    await expect(app.field("Name")).toHaveValue(writable);
    await app.applied();
  }
  expect(app.errors).toEqual([]);
});

test("seventeen cameras of one name get one each, and the image keeps where it is", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const configuration = await configure(runtime, { name: "a.zarr", exposureMs: 20, points: 3 });
  const app = await openApp(bridge.url);
  const before = await app.image.boundingBox();
  const video = Array.from({ length: 17 }, () => configuration.video[0]);
  await app.page
    .getByLabel("Configuration file")
    .setInputFiles({ name: "17.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ video })) });
  await expect
    .poll(async () => new Set((await runtime.getConfiguration()).video.map(({ storage }) => storage.settings.uri)).size)
    .toBe(17);
  await app.applied();
  await expect(app.page.locator("#problems")).toHaveText("Ready to record");
  expect(await app.image.boundingBox()).toEqual(before);
  expect(app.errors).toEqual([]);
});
