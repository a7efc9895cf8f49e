// What the page says of places of our own datasets that hold no frame, or whose file is gone.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("a run that ends inside a time point: what was never captured is told apart from lost, on canvas, read-out and list", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  const made = structuredClone(await configure(runtime, { name: "cut-off.zarr", planes: 4, points: 2 }));
  const [stream] = made.video;
  if (!stream) throw new Error("no stream");
  stream.max_frame_count = 6;
  await runtime.setConfiguration(made);
  await runtime.start();
  await runtime.stop();

  const { page, errors } = await open(browser, `${bridge.url}/#dataset=cut-off.zarr&at=t:1,z:1`);
  const desk = await new Desk(page).ready();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();
  await expect.poll(() => desk.pixelAt(0.5, 0.5)).toMatchObject({ kind: "exact" });
  await desk.slider("z").press("ArrowRight");
  await expect
    .poll(() => desk.image.locator(".note").textContent())
    .toContain("not captured: the run ended before this place");
  expect(await desk.image.getAttribute("data-missing")).toBe("not captured");
  expect(await page.getByTestId("readout-kind").textContent()).toBe("not captured");
  expect(await page.getByTestId("readout-value").textContent()).toBe("–");
  await page.getByRole("tab", { name: "Frames" }).click();
  expect(await page.getByRole("region", { name: "Frames" }).textContent()).toMatch(
    /Not captured: the run ended before place 6/,
  );
  await desk.slider("z").press("Home");
  await expect.poll(() => desk.pixelAt(0.5, 0.5)).toMatchObject({ kind: "exact" });
  await page.getByRole("button", { name: "Show the first of them" }).click();
  await expect.poll(() => page.getByTestId("readout-kind").textContent()).toBe("not captured");
  expect(errors).toEqual([]);
});

test("frames of nothing but zeros are exact zeros; where a file was removed nothing is called exact", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  const storage = "ZarrBlosc1ZstdByteShuffle";
  await configure(runtime, { name: "dark.zarr", camera: "simulated: empty", points: 2, storage });
  await runtime.start();
  await runtime.stop();
  const dark = await open(browser, `${bridge.url}/#dataset=dark.zarr`);
  const desk = await new Desk(dark.page).ready();
  await expect.poll(() => desk.pixelAt(0.5, 0.5)).toMatchObject({ value: 0, kind: "exact" });
  await dark.page.context().close();

  await configure(runtime, { name: "removed.zarr", points: 2, storage });
  await runtime.start();
  await runtime.stop();
  const array = join(bridge.dataDir, "removed.zarr", "0");
  const chunks = (await readdir(array)).filter((name) => /^\d/.test(name));
  expect(chunks.length).toBeGreaterThan(0);
  for (const name of chunks) await rm(join(array, name), { recursive: true });
  const removed = await open(browser, `${bridge.url}/#dataset=removed.zarr`);
  const other = await new Desk(removed.page).ready();
  await expect
    .poll(async () => {
      const note = (await other.image.textContent()) ?? "";
      const kind = (await other.pixelAt(0.5, 0.5).catch(() => ({ kind: "" }))).kind;
      return kind.startsWith("fill") || kind.includes("damaged") || /cannot be shown/.test(note);
    })
    .toBe(true);
  await removed.page.context().close();
});
