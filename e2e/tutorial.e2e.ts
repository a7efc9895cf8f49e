import { readFile } from "node:fs/promises";

import type { Configuration } from "@zarrcam/protocol";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { script } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("the tutorial is two actions: Examples > Chunked tutorial, and Record", async () => {
  await using bridge = await Bridge.start();
  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");

  await desk.example("Chunked tutorial");
  await expect.poll(() => desk.run.textContent()).toContain("300 frames, 21 s, 622 MB");
  expect(await desk.run.textContent()).toContain("to out.zarr");
  expect(await desk.field("Exposure").inputValue()).toBe("70");
  expect(await desk.field("Planes").inputValue()).toBe("10");

  await desk.button("Record").click();
  await expect.poll(() => desk.word.textContent()).toBe("Recording");
  expect(await desk.banner.textContent()).toContain("RECORDING out.zarr");
  await desk.recorded(30);
  expect(await desk.run.textContent()).toMatch(/\d+ \/ 300/);
  expect(await desk.run.textContent()).toMatch(/t \d+ {2}c \d+ {2}z \d+/);
  // The run's own dataset is no problem of the run.
  expect(await page.getByText("No problems").isVisible()).toBe(true);

  expect(await desk.summary(45_000)).toMatch(/^Saved 300, lost 0: out\.zarr/);
  await expect.poll(() => desk.field("Name").inputValue()).toBe("out_002.zarr");
  expect(await desk.run.textContent()).toContain("to out_002.zarr");
  expect((await openStore(bridge.dataDir, "out.zarr")).shape).toEqual([10, 3, 10, 1080, 1920]);

  // Look at what was recorded, 1:1, where the pixels are the stored ones.
  const store = await openStore(bridge.dataDir, "out.zarr");
  await desk.openDataset("out.zarr");
  await desk.button("1:1").click();
  await desk.slider("t").press("End");
  await desk.slider("z").press("PageUp");
  await desk.expectPixels(await store.plane(9, 0, 9));
  expect(errors).toEqual([]);
});

/** The values of a document by their place, dimensions by their name: one that is not there has none. */
function values({ video: [stream] }: Configuration): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value !== "object") return void found.set(path, value);
    // Names decide; a device's `id` is ignored.
    if (path.endsWith(".id")) return;
    for (const [key, inner] of Object.entries(value)) {
      const name = Array.isArray(value) ? ((inner as { name?: string } | null)?.name ?? key) : key;
      walk(inner, `${path}.${name}`);
    }
  };
  walk(stream, "");
  return found;
}

test("the tutorial by hand, from the defaults: an action for each value that differs, and no more than five besides", async () => {
  await using bridge = await Bridge.start();
  await using runtime = await script(bridge);
  const before = values(await runtime.getConfiguration());
  const example = new URL("../native/config/examples/chunked.json", import.meta.url);
  const wanted = JSON.parse(await readFile(example, "utf8")) as Configuration;

  const { page, errors } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  let actions = 0;
  const act = async (action: Promise<unknown>): Promise<void> => {
    actions += 1;
    await action;
    expect(await page.getByRole("dialog").count()).toBe(0);
  };
  await act(desk.type("Exposure", "70"));
  await act(desk.type("Planes", "10"));
  await act(desk.type("Channels", "3"));
  await act(desk.type("Time points", "10"));
  await act(desk.choose("Format", "OME-Zarr 0.4"));
  await act(desk.choose("Compression", "None"));
  await act(desk.type("Name", "out.zarr"));
  await act(page.getByRole("tab", { name: "Layout", exact: true }).click());
  await act(desk.type("Chunk of z", "5"));
  await desk.applied();

  const now = await runtime.getConfiguration();
  // As the core has it when the example is what was asked for.
  const target = (await runtime.setConfiguration(wanted)).configuration;
  const [mine, theirs] = [values(now), values(target)];
  for (const [path, value] of theirs) expect([path, mine.get(path)]).toEqual([path, value]);
  const differing = [...theirs].filter(([path, value]) => !path.endsWith(".name") && before.get(path) !== value);
  await act(desk.button("Record").click());
  await expect.poll(() => desk.word.textContent()).toBe("Recording");
  expect(actions).toBeLessThanOrEqual(differing.length + 5);
  // Not by counting what no one sets: identifiers and kinds come with what is chosen.
  expect(differing.length).toBeLessThanOrEqual(16);
  await runtime.abort();
  expect(errors).toEqual([]);
});
