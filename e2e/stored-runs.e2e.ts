// What the page says of frames of our own datasets that are not there, or whose file is gone.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

test("a run that ends inside a time point: what was never captured is told apart from lost, on canvas, read-out and list", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const made = structuredClone(await configure(runtime, { name: "cut-off.zarr", planes: 4, points: 2 }));
  const [stream] = made.video;
  if (!stream) throw new Error("no stream");
  stream.max_frame_count = 6;
  await runtime.setConfiguration(made);
  await runtime.start();
  await runtime.stop();

  const app = await openApp(`${bridge.url}/#dataset=cut-off.zarr&at=t:1,z:1`);
  const { page, errors } = app;
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await expect.poll(() => app.pixelAt(0.5, 0.5)).toMatchObject({ kind: "exact" });
  await app.slider("z").press("ArrowRight");
  await expect(app.image.locator(".note")).toContainText("not captured: the run ended before this frame");
  await expect(app.image).toHaveAttribute("data-missing", "not captured");
  await expect(page.getByTestId("readout-kind")).toHaveText("not captured");
  await expect(page.getByTestId("readout-value")).toHaveText("–");
  await page.getByRole("tab", { name: "Frames" }).click();
  await expect(page.getByRole("region", { name: "Frames" })).toHaveText(/Not captured: the run ended before frame 6/);
  await app.slider("z").press("Home");
  await expect.poll(() => app.pixelAt(0.5, 0.5)).toMatchObject({ kind: "exact" });
  await page.getByRole("button", { name: "Show the first of them" }).click();
  await expect(page.getByTestId("readout-kind")).toHaveText("not captured");
  expect(errors).toEqual([]);
});

test("frames of nothing but zeros are exact zeros; where a file was removed nothing is called exact", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const storage = "ZarrBlosc1ZstdByteShuffle";
  await configure(runtime, { name: "dark.zarr", camera: "simulated: empty", points: 2, storage });
  await runtime.start();
  await runtime.stop();
  const app = await openApp(`${bridge.url}/#dataset=dark.zarr`);
  await expect.poll(() => app.pixelAt(0.5, 0.5)).toMatchObject({ value: 0, kind: "exact" });
  await app.page.context().close();

  await configure(runtime, { name: "removed.zarr", points: 2, storage });
  await runtime.start();
  await runtime.stop();
  const array = join(bridge.dataDir, "removed.zarr", "0");
  const chunks = (await readdir(array)).filter((name) => /^\d/.test(name));
  expect(chunks.length).toBeGreaterThan(0);
  for (const name of chunks) await rm(join(array, name), { recursive: true });
  const other = await openApp(`${bridge.url}/#dataset=removed.zarr`);
  await expect
    .poll(async () => {
      const note = (await other.image.textContent()) ?? "";
      const kind = (await other.pixelAt(0.5, 0.5).catch(() => ({ kind: "" }))).kind;
      return kind.startsWith("fill") || kind.includes("damaged") || /cannot be shown/.test(note);
    })
    .toBe(true);
});
