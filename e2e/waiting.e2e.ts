// An empty canvas says what it waits for.
import { expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";

test("a camera that waits for a trigger, or exposes for long, says so on its empty canvas", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  const configuration = await configure(runtime, { name: "waits.zarr" });
  const { settings } = configuration.video[0]!.camera;
  const lines: string[] = (await runtime.getCapabilities()).video[0]?.camera?.lines ?? [];
  settings.exposure_time_us = 1_000_000;
  configuration.video[0]!.frame_average_count = 8;
  await runtime.setConfiguration(configuration);
  const browser = await launch();
  await using _browser = { [Symbol.asyncDispose]: () => browser.close() };
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  const waits = page.getByTestId("waits-for");
  expect(await waits.textContent()).toMatch(/Live shows the camera, Snap takes one frame/);
  await desk.button("Live").click();
  await expect.poll(() => waits.textContent()).toMatch(/the mean of 8 frames takes 8\.0 s/);
  await desk.button("Stop").click();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");

  const { frame_start } = settings.input_triggers;
  Object.assign(frame_start, { enable: true, line: lines.indexOf("software"), kind: "Input", edge: "Rising" });
  settings.exposure_time_us = 20_000;
  configuration.video[0]!.frame_average_count = 1;
  await runtime.setConfiguration(configuration);
  await desk.applied();
  await desk.button("Live").click();
  await expect.poll(() => waits.textContent()).toMatch(/Waiting for a trigger: each press of Trigger takes a frame/);
  await desk.button("Trigger").click();
  await waits.waitFor({ state: "detached" });
  expect(errors).toEqual([]);
});
