// A dataset that is on the canvas is overwritten by a run of the bridge: its old pixels go, and the new ones come as they are
// recorded.
import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

const NAME = "again.zarr";

test("a dataset on the canvas that a script's run overwrites shows the new frames, and more of them as they are stored", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: NAME, points: 4, planes: 2 });
  await runtime.start();
  await runtime.stop();
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.openDataset(NAME);
  await app.slider("t").press("End");
  const before = await openStore(bridge.dataDir, NAME);
  const last = await before.plane(3, 0);
  await app.expectPixels(last);

  // A slow camera, so that there is time to look, and more time points than before.
  const configuration = await configure(runtime, { name: NAME, points: 40, planes: 2, width: 200, exposureMs: 40 });
  for (const { storage } of configuration.video) storage.settings.overwrite = true;
  await runtime.setConfiguration(configuration);
  await runtime.start();
  const size = page.getByRole("complementary", { name: "Display" }).getByText("200 × 240 px");
  await expect(size).toBeVisible();
  const there = () => app.slider("t").getAttribute("aria-valuemax").then(Number);
  await expect.poll(there).toBeGreaterThan(4);
  const soFar = await there();
  await expect.poll(there).toBeGreaterThan(soFar + 3);
  await app.slider("t").press("End");
  await expect.poll(() => app.slider("t").getAttribute("aria-valuenow").then(Number)).toBeGreaterThan(soFar);
  await runtime.stop();

  const after = await openStore(bridge.dataDir, NAME);
  await app.slider("t").press("Home");
  await app.expectPixels(await after.plane(0, 0));
  await app.slider("z").press("End");
  await app.expectPixels(await after.plane(0, 1));
  expect(errors).toEqual([]);
});

test("who overwrites the dataset on the canvas from the page sees the camera, and then the new dataset", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: NAME, points: 3, planes: 2 });
  await runtime.start();
  await runtime.stop();
  const configuration = await configure(runtime, { name: NAME, points: 5, planes: 2, width: 200 });
  for (const { storage } of configuration.video) storage.settings.overwrite = true;
  await runtime.setConfiguration(configuration);

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.openDataset(NAME);
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await app.button("Record").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Replace and record" }).click();
  await expect(app.word).toHaveText(/Recording|Ready/);
  expect(await app.summary()).toMatch(/^Saved 10, lost 0: again\.zarr/);

  await app.openDataset(NAME);
  await app.slider("t").press("End");
  const store = await openStore(bridge.dataDir, NAME);
  await app.expectPixels(await store.plane(4, 0));
  expect(errors).toEqual([]);
});
