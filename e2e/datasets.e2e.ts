// Datasets of the data folder: no picture stands under a name that it does not belong to.
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { loadAxe, violations } from "./harness/axe.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

test("until the first plane of a dataset has come there is no picture under its name, and the page says that it reads", async ({
  bridge,
  runtime,
  openApp,
}) => {
  for (const name of ["first.zarr", "second.zarr"]) {
    await configure(runtime, { name, points: 3, planes: 2 });
    await runtime.start();
    await runtime.stop();
  }
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const note = app.image.locator(".note");
  await app.openDataset("first.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();

  // A slow disk: of the second everything comes but its pixels.
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  await page.route(/\/data\/second\.zarr\/.*\/c\//, async (route) => {
    await given;
    await route.continue();
  });
  await app.openDataset("second.zarr");
  await expect(note).toHaveText(/^\s*Reading second\.zarr …\s*$/);
  expect(await app.pictureSum()).toBeNull();
  await expect(page.getByTestId("histogram-source")).toHaveText(/no|–/i);
  give();
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await expect(note).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("a dataset without frames says so, wherever the hand goes", async ({ bridge, openApp }) => {
  const array = join(bridge.dataDir, "empty.zarr", "0");
  await mkdir(array, { recursive: true });
  await writeFile(join(array, "..", "zarr.json"), JSON.stringify({ zarr_format: 3, node_type: "group", attributes }));
  await writeFile(join(array, "zarr.json"), JSON.stringify(emptyArray));

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.openDataset("empty.zarr");
  const note = app.image.locator(".note");
  await expect(note).toHaveText(/empty\.zarr has no frames: nothing was saved in it/);
  for (const key of ["Home", "End", "ArrowRight", "PageUp"]) {
    await app.slider("t").press(key);
    await app.slider("z").press(key);
  }
  await app.button("1:1").click();
  await expect.poll(() => page.url()).toContain("dataset=empty.zarr");
  expect(page.url()).not.toMatch(/-1/);
  await expect(note).toHaveText(/has no frames/);
  await expect(page.getByRole("group", { name: "Time" }).locator("output")).toHaveText("–");
  expect(errors).toEqual([]);
});

const notes = { sample: "embryo 4", operator: "Zoë", text: "second try" };

for (const { storage, name, metadata } of [
  { storage: "raw", name: "kept.raw", metadata: { objective: "40x" } },
  { storage: "tiff", name: "kept.tif", metadata: { objective: "40x" } },
  { storage: "tiff-json", name: "kept-tiff", metadata: { objective: "60x" } },
]) {
  test(`${storage}: its settings are used again as far as its own record has them`, async ({
    bridge,
    runtime,
    openApp,
  }) => {
    const made = structuredClone(
      await configure(runtime, { name, storage, exposureMs: 17, camera: "simulated: radial sin" }),
    );
    const [stream] = made.video;
    if (!stream) throw new Error("no stream");
    Object.assign(stream.storage.settings, { notes, external_metadata_json: JSON.stringify(metadata) });
    stream.storage.settings.acquisition_dimensions = [];
    stream.max_frame_count = 3;
    await runtime.setConfiguration(made);
    await runtime.start();
    await runtime.stop();
    const other = structuredClone(await configure(runtime, { name: "other.zarr", exposureMs: 40, width: 256 }));
    if (!other.video[0]) throw new Error("no stream");
    other.video[0].storage.settings.notes = { sample: "something else", operator: "", text: "" };
    await runtime.setConfiguration(other);

    const app = await openApp(bridge.url);
    const { page, errors } = app;
    await app.leftTab("Datasets");
    await app.button("Copy settings to set-up").click();
    await expect(app.field("Width")).toHaveValue("320");
    await app.applied();
    const settings = async () => {
      const [now] = (await runtime.getConfiguration()).video;
      const { storage, camera } = now ?? {};
      return {
        exposure: (camera?.settings.exposure_time_us ?? 0) / 1000,
        camera: camera?.identifier?.name,
        sample: storage?.settings.notes?.sample,
        operator: storage?.settings.notes?.operator,
        metadata: JSON.parse(storage?.settings.external_metadata_json ?? "null") as unknown,
      };
    };
    // Only a raw file keeps the camera; the notes are in its record and on a TIFF's first page.
    const camera =
      storage === "raw"
        ? { exposure: 17, camera: "simulated: radial sin" }
        : { exposure: 40, camera: "simulated: uniform random" };
    const told =
      storage === "tiff-json" ? { sample: "something else", operator: "" } : { sample: "embryo 4", operator: "Zoë" };
    await expect.poll(settings).toEqual({ ...camera, ...told, metadata });
    await page.getByRole("tab", { name: /^Log/ }).click();
    const log = page.getByRole("tabpanel", { name: /^Log/ });
    const stayed = { raw: null, tiff: "camera and exposure", "tiff-json": "camera and exposure, notes" }[storage];
    if (stayed) await log.getByText(`${name} does not tell its ${stayed}: these stay as they were.`).waitFor();
    else await expect(log.getByText("does not tell")).toHaveCount(0);
    expect(errors.filter((error) => !error.includes("404"))).toEqual([]);
  });
}

test("settings of one camera in a set-up of two: the page says what goes, and brings it back", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const configuration = structuredClone(await configure(runtime, { name: "one.zarr", points: 3 }));
  await runtime.start();
  await runtime.stop();
  const [first] = configuration.video;
  if (!first) throw new Error("no stream");
  const second = structuredClone(first);
  first.name = "left eye";
  first.storage.settings.uri = "left.zarr";
  second.storage.settings.uri = "right.zarr";
  second.camera.identifier = await runtime.select("Camera", "simulated: radial sin");
  const two = (await runtime.setConfiguration({ video: [first, second] })).configuration;

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const streams = async () => (await runtime.getConfiguration()).video.length;
  const said = page
    .locator("p")
    .filter({ hasText: "Settings of one.zarr: one camera. The set-up had 2: left eye, Camera 2." });
  for (const way of ["Bring them back", "Undo"]) {
    await app.leftTab("Datasets");
    await app.button("Copy settings to set-up").click();
    await said.waitFor();
    await expect.poll(streams).toBe(1);
    await app.applied();
    await app.button(way).click();
    await expect.poll(() => runtime.getConfiguration()).toEqual(two);
    await said.waitFor({ state: "detached" });
  }
  await app.leftTab("Datasets");
  await app.button("Copy settings to set-up").click();
  await app.button("Keep this").click();
  await said.waitFor({ state: "detached" });
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  expect(errors).toEqual([]);
});

const attributes = {
  ome: {
    version: "0.5",
    multiscales: [
      {
        axes: [
          { name: "t", type: "time" },
          { name: "z", type: "space" },
          { name: "y", type: "space" },
          { name: "x", type: "space" },
        ],
        datasets: [{ path: "0", coordinateTransformations: [{ type: "scale", scale: [1, 1, 1, 1] }] }],
      },
    ],
  },
};
const emptyArray = {
  zarr_format: 3,
  node_type: "array",
  shape: [0, 3, 48, 64],
  data_type: "uint8",
  chunk_grid: { name: "regular", configuration: { chunk_shape: [1, 1, 48, 64] } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: 0,
  codecs: [{ name: "bytes" }],
  attributes: {},
};

test("what lies in the folder and is not listed is said, with the reason", async ({ bridge, openApp }) => {
  await mkdir(join(bridge.dataDir, ".hidden", "run.zarr"), { recursive: true });
  await symlink("/nowhere/run.zarr", join(bridge.dataDir, "gone.zarr"));

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.leftTab("Datasets");
  const summary = page.getByText("2 entries not listed");
  await summary.click();
  const list = page.getByRole("region", { name: "Datasets", exact: true });
  await expect(list).toContainText("The link leads out of the data folder, or nowhere. gone.zarr");
  await expect(list).toContainText(".hidden");
  expect(errors).toEqual([]);
});

test("yesterday's dataset: found by its notes, read, renamed, deleted after one question, and gone with the trash", async ({
  bridge,
  runtime,
  openApp,
}) => {
  for (const [name, sample] of [
    ["fish_001.zarr", "zebrafish, 48 h"],
    ["beads.zarr", "beads"],
  ] as const) {
    const configuration = await configure(runtime, { name, points: 3 });
    const [stream] = configuration.video;
    if (stream) stream.storage.settings.notes = { sample, operator: "Anna", text: "second try" };
    await runtime.setConfiguration(configuration);
    await runtime.start();
    await runtime.stop();
  }
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.leftTab("Datasets");
  const list = page.getByRole("region", { name: "Datasets", exact: true });
  await expect(list).toContainText("2 datasets");
  await page.getByRole("searchbox").fill("zebra anna");
  await expect(list).toContainText("1 of 2 datasets");

  await app.openDataset("fish_001.zarr");
  const details = page.getByRole("region", { name: "fish_001.zarr" });
  await expect(details).toContainText(/Sample\s*zebrafish, 48 h/);
  await expect(details).toContainText(/Exposure\s*20 ms/);
  await expect(details).toContainText(/Written by\s*zarrcam/);
  await details.getByText("Open in …").click();
  await expect(details).toContainText(
    `napari --plugin napari-ome-zarr ${JSON.stringify(join(bridge.dataDir, "fish_001.zarr"))}`,
  );
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);

  await details.getByRole("button", { name: "Rename …" }).click();
  await page.getByRole("textbox", { name: "New name" }).fill("fish/48h.zarr");
  await page.keyboard.press("Enter");
  await expect(app.word).toHaveText("fish/48h.zarr");
  await page.getByRole("region", { name: "fish/48h.zarr" }).getByRole("button", { name: "Delete …" }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("Delete fish/48h.zarr?");
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(list).toContainText(/Trash: 1 dataset, [\d.]+ kB/);
  expect((await runtime.listDatasets()).map(({ name }) => name)).toEqual(["beads.zarr"]);
  await page.getByRole("button", { name: "Empty …" }).click();
  await question.getByRole("button", { name: "Delete for good" }).click();
  await expect(list).not.toContainText("Trash");
  await expect.poll(() => readdir(bridge.dataDir)).not.toContain(".zarrcam-trash");
  expect(errors).toEqual([]);
});
