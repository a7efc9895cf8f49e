// With several cameras every figure, message and picture says which one it is of, or is of all.

import type { Bridge } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

/** Two or three cameras, each with a dataset of its own. */
async function set(bridge: Bridge, cameras: { name: string; points: number; exposureMs?: number }[], interval = 0) {
  const runtime = await script(bridge);
  const configuration = await configure(runtime, { name: "a.zarr", exposureMs: 20, points: 10 });
  const [model] = configuration.video;
  if (!model) throw new Error("there is no stream");
  const video = cameras.map(({ name, points, exposureMs = 20 }) => {
    const stream = structuredClone(model);
    stream.name = name;
    stream.max_frame_count = points;
    stream.time_point_interval_us = interval;
    stream.camera.settings.exposure_time_us = exposureMs * 1000;
    stream.storage.settings.uri = `${name}.zarr`;
    return stream;
  });
  await runtime.setConfiguration({ video });
  return runtime;
}

test("a fix that both cameras need mends both, and one for a camera alone says which", async ({ bridge, openApp }) => {
  // A frame takes 300 ms and another comes each 100 ms: both are late.
  await using runtime = await set(
    bridge,
    [
      { name: "left", points: 10, exposureMs: 300 },
      { name: "right", points: 10, exposureMs: 300 },
    ],
    100_000,
  );
  const app = await openApp(bridge.url);
  const { page } = app;
  await expect(await app.messages(app.field("Interval"))).toHaveText(/longer than the interval/);
  // The other one's stands below, with its name.
  const bar = page.getByText(/right: Interval: /);
  await bar.waitFor();
  const [fix] = await page.getByRole("button", { name: /^Use .*, both cameras$/ }).all();
  await fix?.click();
  await expect
    .poll(async () => (await runtime.getConfiguration()).video.map((stream) => stream.time_point_interval_us))
    .toEqual([300_000, 300_000]);
  await expect(bar).toHaveCount(0);
  await app.button("Undo").click();
  await expect
    .poll(async () => (await runtime.getConfiguration()).video.map((stream) => stream.time_point_interval_us))
    .toEqual([100_000, 100_000]);

  // An error of the camera that is not in sight: Record says whose it is, and leads there.
  await page.getByRole("button", { name: "right", exact: true }).first().click();
  await app.type("Exposure", "100000");
  await page.getByRole("button", { name: "left", exact: true }).first().click();
  await expect(app.run).toContainText("right: Exposure must be");
  await app.button("Record").click({ force: true });
  await expect(app.field("Exposure")).toHaveValue("100000");
});

test("progress, time left and warnings are the whole run's; panes carry names", async ({ bridge, openApp }) => {
  await using runtime = await set(bridge, [
    { name: "left", points: 20 },
    { name: "right", points: 300 },
    { name: "top", points: 30 },
  ]);
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await expect(app.run).toContainText("350 frames, 6 s");
  await page.getByRole("button", { name: /side by side/i }).click();
  const names = page.getByTestId("pane-name");
  await expect(names).toHaveText(["left", "right", "top"]);
  for (const name of await names.all()) expect(await name.isVisible()).toBe(true);

  await app.button("Record").click();
  await app.recorded(60);
  // The first two have ended long ago, the run has not.
  await expect.poll(async () => (await runtime.getStats()).streams[0]?.ledger.array_frames).toBe(20);
  await expect(app.run).toHaveText(/\/ 350/);
  await expect(app.run).toHaveText(/Cameras \/s/);
  await expect(app.run).toHaveText(/(ms|s) left/);
  expect(await app.summary()).toMatch(/^Saved 350, lost 0: left\.zarr, right\.zarr, top\.zarr/);

  await page.getByRole("tab", { name: /^Frames/ }).click();
  const frames = page.getByRole("region", { name: "Frames" });
  for (const name of ["left", "right", "top"]) await expect(frames).toContainText(`${name}: nothing lost`);
  await page.getByRole("tab", { name: "Rates" }).click();
  await page.locator(".rates").getByRole("heading", { name: "left" }).waitFor();
  expect(errors).toEqual([]);
});

test("a camera that is added is the one in view, and what acts on one says which", async ({ bridge, openApp }) => {
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Add camera").click();
  await expect(page.getByTestId("pane-name")).toHaveText("Camera 2");
  expect(await app.button("Snap").getAttribute("title")).toContain("One frame of Camera 2");
  await app.applied();
  await app.button("Add camera").click();
  await expect(page.getByTestId("pane-name")).toHaveText("Camera 3");
  await app.button("Remove").click();
  await expect(page.getByTestId("pane-name")).toHaveText("Camera 2");
  // The canvas chosen by hand is the set-up's, too.
  await page.getByRole("button", { name: "Camera 1", exact: true }).first().click();
  await expect(page.getByTestId("pane-name")).toHaveText("Camera 1");
});

test("an example of two cameras whose names are taken counts both up", async ({ bridge, runtime, openApp }) => {
  const app = await openApp(bridge.url);
  await app.example("Two cameras");
  await app.applied();
  const names = async () => (await runtime.getConfiguration()).video.map(({ storage }) => storage.settings.uri ?? "");
  const before = await names();
  const [first] = (await runtime.getConfiguration()).video;
  if (!first) throw new Error("there is no stream");
  for (const uri of before) {
    await configure(runtime, { name: uri, exposureMs: 5, points: 2 });
    await runtime.setConfiguration({ video: (await runtime.getConfiguration()).video.slice(0, 1) });
    await runtime.start();
    await runtime.stop();
  }
  await app.example("Two cameras");
  await app.applied();
  const after = await names();
  expect(after).toHaveLength(2);
  expect(new Set([...before, ...after]).size).toBe(4);
});
