// Measuring before a run: what camera and storage reach stands beside Record, and nothing is left of it.
import { readdir } from "node:fs/promises";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";
import { filesOf } from "./harness/store.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("Measure tells what storage reaches of what is asked, to every page, and warns where it cannot follow", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  await configure(runtime, { name: "speed.zarr", exposureMs: 20, points: null });
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  const { page: other } = await open(browser, bridge.url);
  const onlooker = await new Desk(other).ready();

  // Two seconds pass quickly on a busy machine: whoever waits for them does so before.
  let measured = onlooker.banner.getByText("MEASURING SPEED").waitFor();
  await desk.button("Test speed").click();
  await measured;
  await expect.poll(() => desk.run.textContent(), { timeout: 15_000 }).toMatch(/Measured just now/);
  expect(await desk.run.textContent()).toMatch(/storage [\d.]+\/s of 50\.0/);
  await expect.poll(() => onlooker.run.textContent()).toMatch(/storage [\d.]+\/s of 50\.0/);
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  // Storage that takes 40 ms a frame.
  await page.getByText("Advanced: triggers, average, pixel size").click();
  await desk.type("Write delay", "40");
  await desk.applied();
  await expect.poll(() => desk.run.textContent()).toMatch(/Measured\s*not yet/);
  await desk.button("Test speed").click();
  await expect
    .poll(() => desk.run.textContent(), { timeout: 15_000 })
    .toMatch(/Storage cannot follow: [\d.]+\/s of 50\.0/);
  await expect.poll(() => onlooker.run.textContent()).toMatch(/Storage cannot follow/);
  const { page: late } = await open(browser, bridge.url);
  await expect.poll(async () => (await new Desk(late).ready()).run.textContent()).toMatch(/Storage cannot follow/);

  // A third time, given up half way; then Record does not wait for one.
  const given = page.evaluate(async () => {
    const end = () => [...document.querySelectorAll("button")].find((one) => one.textContent === "End test");
    while (!end()) await new Promise((resolve) => setTimeout(resolve, 5));
    end()?.click();
  });
  await desk.button("Test speed").click();
  await given;
  await expect.poll(() => desk.word.textContent()).toBe("Ready");
  expect(await desk.button("Test speed").evaluate((button) => button === document.activeElement)).toBe(true);
  measured = onlooker.banner.getByText("MEASURING SPEED").waitFor();
  await desk.button("Test speed").click();
  await measured;
  await onlooker.button("Record").click();
  await desk.banner.getByText("RECORDING").waitFor();
  await runtime.abort();
  expect((await filesOf(bridge.dataDir)).every((file) => file.includes("/speed.zarr/"))).toBe(true);
  expect(errors).toEqual([]);
});

test("a bridge that is killed while it measures leaves nothing to the next one", async () => {
  await using bridge = await Bridge.start();
  const runtime = await script(bridge);
  await configure(runtime, { name: "monday/speed.zarr", exposureMs: 5, width: 1024, height: 1024 });
  const cut = runtime.measureSpeed().catch((error: unknown) => error);
  const left = async () => (await readdir(bridge.dataDir)).filter((name) => name.startsWith(".zarrcam-speed"));
  await expect.poll(left, { timeout: 10_000, interval: 5 }).toHaveLength(1);
  await bridge.end("SIGKILL");
  expect(await cut).toMatchObject({ code: "disconnected" });
  await runtime.close();
  expect(await left()).toHaveLength(1);
  await using again = await Bridge.start({ dataDir: bridge.dataDir });
  expect(again.alive).toBe(true);
  expect(await left()).toEqual([]);
});
