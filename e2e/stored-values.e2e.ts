// What the page says of stored values: each with its type and its standing. The datasets are other programs'.
import { execFileSync } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";

const [HEIGHT, WIDTH] = [48, 64];
const make = fileURLToPath(new URL("readers/stored_kinds.py", import.meta.url));

let browser: Browser;
let bridge: Bridge;
beforeAll(async () => {
  browser = await launch();
  bridge = await Bridge.start();
  execFileSync(process.env.ZARRCAM_PYTHON ?? "python3", [make, bridge.dataDir]);
}, 120_000);
afterAll(async () => {
  await bridge[Symbol.asyncDispose]();
  await browser.close();
});

interface Said {
  x: number;
  y: number;
  value: string;
  kind: string;
}

/** What stands in the read-out while the pointer is at a part of the image. */
async function said(desk: Desk, partX: number, partY: number): Promise<Said> {
  const { x, y } = await desk.pixelAt(partX, partY);
  const text = async (id: string) => (await desk.page.getByTestId(id).textContent()) ?? "";
  return { x, y, value: await text("readout-value"), kind: await text("readout-kind") };
}

async function opened(name: string): Promise<{ desk: Desk; page: Page; close: () => Promise<void> }> {
  const { page } = await open(browser, `${bridge.url}/#dataset=${encodeURIComponent(name)}`);
  const desk = await new Desk(page).ready();
  return { desk, page, close: () => page.context().close() };
}
const shown = (desk: Desk) => expect.poll(() => desk.pictureSum()).not.toBeNull();

test.each([
  { name: "wide-u4.zarr", start: 2n ** 24n + 1n, type: "uint32" },
  { name: "wide-u8.zarr", start: 2n ** 63n + 1n, type: "uint64" },
  { name: "wide-i8.zarr", start: -(2n ** 62n) - 1n, type: "int64" },
])("$name: read-out and histogram tell the stored values to the last digit", async ({ name, start, type }) => {
  const { desk, page, close } = await opened(name);
  await shown(desk);
  for (const [partX, partY] of [
    [0.5, 0.5],
    [0.41, 0.62],
  ] as const) {
    await expect
      .poll(async () => {
        const { x, y, value, kind } = await said(desk, partX, partY);
        return { kind, same: value === String(start + BigInt(y * WIDTH + x)) };
      })
      .toEqual({ kind: "exact", same: true });
  }
  expect(await page.getByTestId("histogram-ends").textContent()).toBe(
    `${start} to ${start + BigInt(HEIGHT * WIDTH - 1)}`,
  );
  expect(await page.getByText(type, { exact: true }).count()).toBe(1);
  // The page says that its colours come from fewer bits.
  expect(await page.locator("dt:text-is('Drawn in') + dd").textContent()).toBe("32 bit float");
  await close();
});

test("float64 is told by as many digits as name it", async () => {
  const { desk, close } = await opened("wide-f8.zarr");
  await shown(desk);
  await expect
    .poll(async () => {
      const { x, y, value, kind } = await said(desk, 0.5, 0.5);
      return { kind, same: value === String((y * WIDTH + x) / 3) };
    })
    .toEqual({ kind: "exact", same: true });
  await close();
});

test.each([
  { name: "plain.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "plain-2d.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "level#1 ä.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "shards-at-start.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "nan.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "consolidated-2.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "consolidated-3.zarr", value: (x: number, y: number) => y * WIDTH + x },
  { name: "series.zarr/0", value: (x: number, y: number) => y * WIDTH + x },
])("$name opens, and is read out exactly", async ({ name, value }) => {
  const { desk, page, close } = await opened(name);
  await shown(desk);
  await desk.expectPixels(value);
  expect(await desk.word.textContent()).toBe(name);
  expect(await page.getByTestId("dataset-problem").count()).toBe(0);
  await close();
});

test.each([
  { name: "line.zarr", why: "its array has one axis" },
  { name: "complex.zarr", why: "this page shows integers, floats and bool" },
  { name: "series.zarr", why: "collection of images" },
])("$name: what does not open says so on the canvas, at 1280x720", async ({ name, why }) => {
  const { page, close } = await opened(name);
  const problem = page.getByTestId("dataset-problem");
  await expect.poll(() => problem.textContent()).toContain(`${name} cannot be shown.`);
  expect(await problem.textContent()).toContain(why);
  const box = await problem.boundingBox();
  expect(box && box.y > 0 && box.y + box.height < 720 && box.x + box.width < 1280).toBe(true);
  await problem.getByRole("button", { name: "Close" }).click();
  await expect.poll(() => problem.count()).toBe(0);
  await close();
});

test.each(["cut-blosc.zarr", "cut-raw.zarr"])(
  "%s: a chunk that is cut short is named and hatched, and the others of its plane are shown",
  async (name) => {
    const { desk, page, close } = await opened(name);
    await shown(desk);
    await expect.poll(() => said(desk, 0.3, 0.5)).toMatchObject({ value: "111", kind: "exact" });
    await desk.slider("t").press("ArrowRight");
    await expect.poll(() => page.getByTestId("gap-damaged").count()).toBe(1);
    expect(await page.getByTestId("gaps").textContent()).toMatch(/chunk 1\/0\/0 is damaged/);
    await expect.poll(() => said(desk, 0.3, 0.5)).toMatchObject({ value: "–", kind: "chunk 1/0/0 is damaged" });
    await expect.poll(() => said(desk, 0.7, 0.5)).toMatchObject({ kind: "exact" });
    expect(Number((await said(desk, 0.7, 0.5)).value)).toBeGreaterThanOrEqual(200);
    // What is not stored is no measurement: the histogram counts the chunk that is there.
    expect(await page.getByTestId("histogram-ends").textContent()).toBe("200 to 239");
    expect(await page.getByTestId("histogram-source").textContent()).toMatch(/all stored pixels$/);
    // It stays in the list when another plane is looked at, and leads back.
    await desk.slider("t").press("ArrowLeft");
    await expect.poll(() => page.getByTestId("gap-damaged").count()).toBe(0);
    await page.getByRole("tab", { name: "Frames" }).click();
    await page.getByRole("button", { name: "chunk 1/0/0 is damaged" }).click();
    await expect.poll(() => page.getByTestId("gap-damaged").count()).toBe(1);
    await close();
  },
);

test("what nobody wrote is fill, and no value", async () => {
  const { desk, page, close } = await opened("half.zarr");
  await shown(desk);
  await expect.poll(() => said(desk, 0.8, 0.5)).toMatchObject({ value: "42", kind: "fill, nothing stored here" });
  await expect
    .poll(async () => {
      const { x, value, kind } = await said(desk, 0.3, 0.5);
      return { kind, same: value === String(1000 + x) };
    })
    .toEqual({ kind: "exact", same: true });
  expect(await page.getByTestId("gap-fill").count()).toBe(1);
  await close();
});

test("a dataset of which no chunk is where its metadata says tells so, and where one is", async () => {
  const { desk, page, close } = await opened("no-separator.zarr");
  await expect.poll(() => page.getByTestId("gaps").textContent()).toMatch(/Nothing of this dataset is found/);
  expect(await page.getByTestId("gaps").textContent()).toMatch(/one lies at 0\/0\/0: the files have another separator/);
  await expect.poll(() => said(desk, 0.5, 0.5)).toMatchObject({ kind: "fill, nothing stored here" });
  await close();
});

test("zoom levels of any factor are read where they lie, and not called exact", async () => {
  const { desk, page, close } = await opened("pyramid.zarr");
  await shown(desk);
  for (const partX of [0.3, 0.5, 0.7]) {
    await expect
      .poll(async () => {
        const { x, value, kind } = await said(desk, partX, 0.5);
        return { away: Math.abs(Number(value) - x) <= 2, kind };
      })
      .toEqual({ away: true, kind: expect.stringMatching(/^from a smaller level, one for 2\.25/) as string });
  }
  await desk.button("1:1").click();
  await expect
    .poll(async () => {
      const { x, value, kind } = await said(desk, 0.5, 0.5);
      return { same: Number(value) === x, kind };
    })
    .toEqual({ same: true, kind: "exact" });
  expect(await page.getByTestId("dataset-remarks").count()).toBe(0);
  await close();
});

test("where scales contradict the sizes the sizes count, and it is said", async () => {
  const { desk, page, close } = await opened("wrong-scales.zarr");
  await shown(desk);
  expect(await page.getByTestId("dataset-remarks").textContent()).toMatch(/zoom level 1 do not fit its size/);
  await expect.poll(() => said(desk, 0.9, 0.5)).toMatchObject({ value: "9", kind: "mean of 4 × 4" });
  await close();
});

test("a dataset that another program writes anew is read anew, while it is looked at", async () => {
  await cp(join(bridge.dataDir, "plain.zarr"), join(bridge.dataDir, "replaced.zarr"), { recursive: true });
  const { desk, page, close } = await opened("replaced.zarr");
  await shown(desk);
  await desk.expectPixels((x, y) => y * WIDTH + x);
  await rm(join(bridge.dataDir, "replaced.zarr"), { recursive: true });
  await cp(join(bridge.dataDir, "half.zarr"), join(bridge.dataDir, "replaced.zarr"), { recursive: true });
  await expect.poll(() => page.getByTestId("gap-fill").count()).toBe(1);
  await expect.poll(() => said(desk, 0.8, 0.5)).toMatchObject({ value: "42", kind: "fill, nothing stored here" });
  await close();
});
