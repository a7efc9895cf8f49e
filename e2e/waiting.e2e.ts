// An empty canvas says what it waits for.

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

test("a camera that waits for a trigger, or exposes for long, says so on its empty canvas", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const configuration = await configure(runtime, { name: "waits.zarr" });
  const { settings } = configuration.video[0]!.camera;
  const lines: string[] = (await runtime.getCapabilities()).video[0]?.camera?.lines ?? [];
  settings.exposure_time_us = 1_000_000;
  configuration.video[0]!.frame_average_count = 8;
  await runtime.setConfiguration(configuration);
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const waits = page.getByTestId("waits-for");
  await expect(waits).toHaveText(/Live shows the camera, Snap takes one frame/);
  await app.button("Live").click();
  await expect(waits).toHaveText(/the mean of 8 frames takes 8\.0 s/);
  await app.button("Stop").click();
  await expect(app.word).toHaveText("Ready");

  const { frame_start } = settings.input_triggers;
  Object.assign(frame_start, { enable: true, line: lines.indexOf("software"), kind: "Input", edge: "Rising" });
  settings.exposure_time_us = 20_000;
  configuration.video[0]!.frame_average_count = 1;
  await runtime.setConfiguration(configuration);
  await app.applied();
  await app.button("Live").click();
  await expect(waits).toHaveText(/Waiting for a trigger: each press of Trigger takes a frame/);
  await app.button("Trigger").click();
  await waits.waitFor({ state: "detached" });
  expect(errors).toEqual([]);
});
