// Measuring before a run: what camera and storage reach stands beside Record, and nothing is left of it.
import { readdir } from "node:fs/promises";

import { Bridge } from "./harness/bridge.ts";
import { configure } from "./harness/setup.ts";
import { filesOf } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

test("Measure tells what storage reaches of what is asked, to every page, and warns where it cannot follow @alone", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "speed.zarr", exposureMs: 20, points: null });
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const onlooker = await openApp(bridge.url);

  // Two seconds pass quickly on a busy machine: whoever waits for them does so before.
  let measured = onlooker.banner.getByText("MEASURING SPEED").waitFor();
  await app.button("Test speed").click();
  await measured;
  await expect(app.run).toHaveText(/Speed test just now/, { timeout: 15_000 });
  await expect(app.run).toHaveText(/storage [\d.]+\/s of 50\.0/);
  await expect(onlooker.run).toHaveText(/storage [\d.]+\/s of 50\.0/);
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  // Storage that takes 40 ms a frame.
  await page.getByText("Advanced: triggers, averaging, timing").click();
  await app.type("Write delay", "40");
  await app.applied();
  await expect(app.run).toHaveText(/Speed test\s*not run/);
  await app.button("Test speed").click();
  await expect(app.run).toHaveText(/Storage cannot follow: [\d.]+\/s of 50\.0/, { timeout: 15_000 });
  await expect(onlooker.run).toHaveText(/Storage cannot follow/);
  const late = await openApp(bridge.url);
  await expect(late.run).toHaveText(/Storage cannot follow/);

  // A third time, given up half way; then Record does not wait for one.
  const given = page.evaluate(async () => {
    const end = () => [...document.querySelectorAll("button")].find((one) => one.textContent === "End test");
    while (!end()) await new Promise((resolve) => setTimeout(resolve, 5));
    end()?.click();
  });
  await app.button("Test speed").click();
  await given;
  await expect(app.word).toHaveText("Ready");
  await expect(app.button("Test speed")).toBeFocused();
  measured = onlooker.banner.getByText("MEASURING SPEED").waitFor();
  await app.button("Test speed").click();
  await measured;
  await onlooker.button("Record").click();
  await app.banner.getByText("RECORDING").waitFor();
  await runtime.abort();
  expect((await filesOf(bridge.dataDir)).every((file) => file.includes("/speed.zarr/"))).toBe(true);
  expect(errors).toEqual([]);
});

test("a bridge that is killed while it measures leaves nothing to the next one @alone", async ({ bridge, runtime }) => {
  await configure(runtime, { name: "monday/speed.zarr", exposureMs: 5, width: 1024, height: 1024 });
  const cut = runtime.measureSpeed().catch((error: unknown) => error);
  const left = async () => (await readdir(bridge.dataDir)).filter((name) => name.startsWith(".zarrcam-speed"));
  await expect.poll(left, { timeout: 10_000, intervals: [5] }).toHaveLength(1);
  await bridge.end("SIGKILL");
  expect(await cut).toMatchObject({ code: "disconnected" });
  await runtime.close();
  expect(await left()).toHaveLength(1);
  await using again = await Bridge.start({ dataDir: bridge.dataDir });
  expect(again.alive).toBe(true);
  expect(await left()).toEqual([]);
});
