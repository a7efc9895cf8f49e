// What the page says of stored values: each with its type and its standing. The datasets are other programs'.
import { execFileSync } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Bridge } from "./harness/bridge.ts";
import type { AppPage } from "./harness/app-page.ts";
import { expect, test as journey } from "./harness/test.ts";

const [HEIGHT, WIDTH] = [48, 64];
const make = fileURLToPath(new URL("readers/stored_kinds.py", import.meta.url));

interface Opened {
  /** The page with a dataset of this name open. */
  opened: (name: string) => Promise<AppPage>;
}
/** A bridge whose data folder holds them all; nobody writes to it through zarrcam. */
const test = journey.extend<Opened, { kinds: Bridge }>({
  kinds: [
    async ({}, use) => {
      await using bridge = await Bridge.start();
      execFileSync(process.env.ZARRCAM_PYTHON ?? "python3", [make, bridge.dataDir]);
      await use(bridge);
    },
    { scope: "worker", timeout: 120_000 },
  ],
  opened: async ({ kinds, openApp }, use) => {
    await use((name) => openApp(`${kinds.url}/#dataset=${encodeURIComponent(name)}`));
  },
});

// In one worker, so that the datasets are made once.
test.describe.configure({ mode: "default" });

interface Said {
  x: number;
  y: number;
  value: string;
  kind: string;
}

/** What stands in the read-out while the pointer is at a part of the image. */
async function said(app: AppPage, partX: number, partY: number): Promise<Said> {
  const { x, y } = await app.pixelAt(partX, partY);
  const text = async (id: string) => (await app.page.getByTestId(id).textContent()) ?? "";
  return { x, y, value: await text("readout-value"), kind: await text("readout-kind") };
}

const shown = (app: AppPage) => expect.poll(() => app.pictureSum()).not.toBeNull();

for (const { name, start, type } of [
  { name: "wide-u4.zarr", start: 2n ** 24n + 1n, type: "32 bit" },
  { name: "wide-u8.zarr", start: 2n ** 63n + 1n, type: "64 bit" },
  { name: "wide-i8.zarr", start: -(2n ** 62n) - 1n, type: "64 bit, signed" },
])
  test(`${name}: read-out and histogram tell the stored values to the last digit`, async ({ opened }) => {
    const app = await opened(name);
    const { page } = app;
    await shown(app);
    for (const [partX, partY] of [
      [0.5, 0.5],
      [0.41, 0.62],
    ] as const) {
      await expect
        .poll(async () => {
          const { x, y, value, kind } = await said(app, partX, partY);
          return { kind, same: value === String(start + BigInt(y * WIDTH + x)) };
        })
        .toEqual({ kind: "exact", same: true });
    }
    await expect(page.getByTestId("histogram-ends")).toHaveText(`${start} to ${start + BigInt(HEIGHT * WIDTH - 1)}`);
    await expect(page.locator("dt:text-is('Pixel type') + dd")).toHaveText(type);
    // The page says that its colours come from fewer bits.
    await expect(page.locator("dt:text-is('Displayed as') + dd")).toHaveText("32 bit float");
  });

test("float64 is told by as many digits as name it", async ({ opened }) => {
  const app = await opened("wide-f8.zarr");
  await shown(app);
  await expect
    .poll(async () => {
      const { x, y, value, kind } = await said(app, 0.5, 0.5);
      return { kind, same: value === String((y * WIDTH + x) / 3) };
    })
    .toEqual({ kind: "exact", same: true });
});

const COUNTED = (x: number, y: number) => y * WIDTH + x;

/** What the page says of a dataset that counts its pixels. */
async function expectCounted(app: AppPage, name: string): Promise<void> {
  await shown(app);
  await app.expectPixels(COUNTED);
  await expect(app.word).toHaveText(name);
  await expect(app.page.getByTestId("dataset-problem")).toHaveCount(0);
}

test("an image of a series opens, and is read out exactly", async ({ opened }) => {
  await expectCounted(await opened("series.zarr/0"), "series.zarr/0");
});

// In one page: loading it takes longer than opening a dataset.
test("datasets of every form open, one after the other, and are read out exactly", async ({ opened }) => {
  const app = await opened("plain.zarr");
  await expectCounted(app, "plain.zarr");
  for (const name of [
    "plain-2d.zarr",
    "level#1 ä.zarr",
    "shards-at-start.zarr",
    "nan.zarr",
    "consolidated-2.zarr",
    "consolidated-3.zarr",
  ])
    await test.step(name, async () => {
      await app.openDataset(name);
      await expectCounted(app, name);
    });
});

for (const { name, why } of [
  { name: "line.zarr", why: "its array has one axis" },
  { name: "complex.zarr", why: "this page shows integers, floats and bool" },
  { name: "series.zarr", why: "collection of images" },
])
  test(`${name}: what does not open says so on the canvas, at 1280x720`, async ({ opened }) => {
    const { page } = await opened(name);
    const problem = page.getByTestId("dataset-problem");
    await expect(problem).toContainText(`${name} cannot be shown.`);
    await expect(problem).toContainText(why);
    const box = await problem.boundingBox();
    expect(box && box.y > 0 && box.y + box.height < 720 && box.x + box.width < 1280).toBe(true);
    await problem.getByRole("button", { name: "Close" }).click();
    await expect(problem).toHaveCount(0);
  });

for (const name of ["cut-blosc.zarr", "cut-raw.zarr"])
  test(`${name}: a chunk that is cut short is named and hatched, and the others of its plane are shown`, async ({
    opened,
  }) => {
    const app = await opened(name);
    const { page } = app;
    await shown(app);
    await expect.poll(() => said(app, 0.3, 0.5)).toMatchObject({ value: "111", kind: "exact" });
    await app.slider("t").press("ArrowRight");
    await expect(page.getByTestId("gap-damaged")).toHaveCount(1);
    await expect(page.getByTestId("gaps")).toHaveText(/chunk 1\/0\/0 is damaged/);
    await expect.poll(() => said(app, 0.3, 0.5)).toMatchObject({ value: "–", kind: "chunk 1/0/0 is damaged" });
    await expect.poll(() => said(app, 0.7, 0.5)).toMatchObject({ kind: "exact" });
    expect(Number((await said(app, 0.7, 0.5)).value)).toBeGreaterThanOrEqual(200);
    // What is not stored is no measurement: the histogram counts the chunk that is there.
    await expect(page.getByTestId("histogram-ends")).toHaveText("200 to 239");
    await expect(page.getByTestId("histogram-source")).toHaveText(/all stored pixels$/);
    // It stays in the list when another plane is looked at, and leads back.
    await app.slider("t").press("ArrowLeft");
    await expect(page.getByTestId("gap-damaged")).toHaveCount(0);
    await page.getByRole("tab", { name: "Frames" }).click();
    await page.getByRole("button", { name: "chunk 1/0/0 is damaged" }).click();
    await expect(page.getByTestId("gap-damaged")).toHaveCount(1);
  });

test("what nobody wrote is fill, and no value", async ({ opened }) => {
  const app = await opened("half.zarr");
  const { page } = app;
  await shown(app);
  await expect.poll(() => said(app, 0.8, 0.5)).toMatchObject({ value: "42", kind: "fill, nothing stored here" });
  await expect
    .poll(async () => {
      const { x, value, kind } = await said(app, 0.3, 0.5);
      return { kind, same: value === String(1000 + x) };
    })
    .toEqual({ kind: "exact", same: true });
  await expect(page.getByTestId("gap-fill")).toHaveCount(1);
});

test("a dataset of which no chunk is where its metadata says tells so, and where one is", async ({ opened }) => {
  const app = await opened("no-separator.zarr");
  const { page } = app;
  await expect(page.getByTestId("gaps")).toHaveText(/Nothing of this dataset is found/);
  await expect(page.getByTestId("gaps")).toHaveText(/one lies at 0\/0\/0: the files have another separator/);
  await expect.poll(() => said(app, 0.5, 0.5)).toMatchObject({ kind: "fill, nothing stored here" });
});

test("zoom levels of any factor are read where they lie, and not called exact", async ({ opened }) => {
  const app = await opened("pyramid.zarr");
  const { page } = app;
  await shown(app);
  for (const partX of [0.3, 0.5, 0.7]) {
    await expect
      .poll(async () => {
        const { x, value, kind } = await said(app, partX, 0.5);
        return { away: Math.abs(Number(value) - x) <= 2, kind };
      })
      .toEqual({ away: true, kind: expect.stringMatching(/^from a smaller level, one for 2\.25/) as unknown });
  }
  await app.button("1:1").click();
  await expect
    .poll(async () => {
      const { x, value, kind } = await said(app, 0.5, 0.5);
      return { same: Number(value) === x, kind };
    })
    .toEqual({ same: true, kind: "exact" });
  await expect(page.getByTestId("dataset-remarks")).toHaveCount(0);
});

test("where scales contradict the sizes the sizes count, and it is said", async ({ opened }) => {
  const app = await opened("wrong-scales.zarr");
  const { page } = app;
  await shown(app);
  await expect(page.getByTestId("dataset-remarks")).toHaveText(/zoom level 1 do not fit its size/);
  await expect.poll(() => said(app, 0.9, 0.5)).toMatchObject({ value: "9", kind: "mean of 4 × 4" });
});

test("a dataset that another program writes anew is read anew, while it is looked at", async ({ kinds, opened }) => {
  const [plain, half, replaced] = ["plain", "half", "replaced"].map((name) => join(kinds.dataDir, `${name}.zarr`));
  await cp(plain!, replaced!, { recursive: true });
  const app = await opened("replaced.zarr");
  const { page } = app;
  await shown(app);
  await app.expectPixels(COUNTED);
  await rm(replaced!, { recursive: true });
  await cp(half!, replaced!, { recursive: true });
  await expect(page.getByTestId("gap-fill")).toHaveCount(1);
  await expect.poll(() => said(app, 0.8, 0.5)).toMatchObject({ value: "42", kind: "fill, nothing stored here" });
});
