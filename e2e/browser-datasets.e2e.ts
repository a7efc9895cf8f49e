// Datasets in the browser's own storage, beside those of the camera computer.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const python = process.env["ZARRCAM_PYTHON"] ?? "python3";

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

/** The last record of a log, which says that the run has ended. */
const CLOSED_BYTES = 56;

/** As if the browser had recorded a dataset of the bridge's. @param cutBytes of the end of its log, as a crash leaves it */
async function putIntoBrowser(page: Page, name: string, as: string, cutBytes = 0): Promise<void> {
  await page.evaluate(
    async ([from, to, cut]) => {
      const lines = (await (await fetch(`/data/${from}/@files`)).text()).trim().split("\n");
      for (const { path } of lines.map((line) => JSON.parse(line) as { path: string })) {
        let folder = await navigator.storage.getDirectory();
        const parts = `${to}/${path}`.split("/");
        const file = parts.pop() as string;
        for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
        const bytes = await (await fetch(`/data/${from}/${path}`)).arrayBuffer();
        const writable = await (await folder.getFileHandle(file, { create: true })).createWritable();
        await writable.write(file === "frames.log" ? bytes.slice(0, bytes.byteLength - cut) : bytes);
        await writable.close();
      }
    },
    [name, as, cutBytes] as const,
  );
}

/** By path: the bytes of each file of a store, but for the writer's lock. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith("/lock"));
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length), readFileSync(path, "base64")]));
}

test("a dataset of this browser is listed beside the camera computer's, opened, exported, copied there and deleted", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  const made = await configure(runtime, { name: "kept.zarr", points: 12, exposureMs: 5, pixelType: "U16" });
  const [stream] = made.video;
  if (!stream) throw new Error("no stream");
  const dimensions = stream.storage.settings.acquisition_dimensions;
  stream.storage.settings.acquisition_dimensions = dimensions.map((one) => ({ ...one, shard_size_chunks: 1 }));
  stream.storage.settings.enable_multiscale = true;
  await runtime.setConfiguration(made);
  await runtime.start();
  await runtime.stop();

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await putIntoBrowser(page, "kept.zarr", "kept.zarr");
  await app.leftTab("Datasets");
  const list = page.getByRole("region", { name: "Datasets", exact: true });
  const row = (place: string) => list.getByRole("listitem").filter({ hasText: `kept.zarr ${place}` });
  await expect(row("This browser")).toHaveCount(1);
  await expect(row("Camera computer")).toHaveCount(1);
  await expect(list.getByText(/ in this browser used/)).toBeVisible();

  const valueOf = async (place: string) => {
    await row(place)
      .getByRole("button", { name: /^kept\.zarr/ })
      .click();
    await expect(row(place)).toHaveClass(/current/);
    await app.slider("t").press("End");
    await expect(page.getByRole("group", { name: "Time" }).locator("output")).toHaveText("12 / 12");
    // Of this frame, with its contrast: it does not change any more.
    let sum: number | null = null;
    await expect
      .poll(async () => {
        const before = sum;
        sum = await app.pictureSum();
        return sum !== null && sum === before;
      })
      .toBe(true);
    return sum;
  };
  const theirs = await valueOf("Camera computer");
  expect(await valueOf("This browser")).toBe(theirs);
  await expect.poll(() => page.url()).toContain("in=browser");

  // Its address leads back to it.
  await page.reload();
  await app.ready();
  await expect(app.word).toHaveText("kept.zarr");
  await expect.poll(() => app.pictureSum()).toBe(theirs);
  await app.leftTab("Datasets");
  await expect(row("This browser")).toHaveClass(/current/);

  await page.evaluate(() => void Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
  const downloading = page.waitForEvent("download");
  await row("This browser").getByRole("button", { name: "Export …" }).click();
  const path = testInfo.outputPath("kept.ozx");
  await (await downloading).saveAs(path);
  const check = join(import.meta.dirname, "readers/archive.py");
  const said = execFileSync(python, ["-W", "error", check, path, join(bridge.dataDir, "kept.zarr")], {
    encoding: "utf8",
  });
  expect(said).toMatch(/^the same, \d+ files/);

  // The name is taken there, so it counts on.
  await row("This browser").getByRole("button", { name: "Copy to camera computer" }).click();
  await expect(list.getByText(/^Copied to the camera computer as kept_002\.zarr, /)).toBeVisible();
  await expect(list.getByRole("button", { name: /^kept_002\.zarr Camera computer/ })).toBeVisible();
  expect(filesOf(join(bridge.dataDir, "kept_002.zarr"))).toEqual(filesOf(join(bridge.dataDir, "kept.zarr")));

  const remove = row("This browser").getByRole("button", { name: "Delete …" });
  await remove.click();
  // The first answer changes nothing.
  await expect(app.button("Keep").last()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row("This browser")).toHaveCount(1);
  await remove.click();
  await app.button("Delete").click();
  await expect(row("This browser")).toHaveCount(0);
  await expect(row("Camera computer")).toHaveCount(1);
  await expect(app.word).not.toHaveText("kept.zarr");
  expect(errors).toEqual([]);
});

test("what a crash left in this browser is offered to be recovered, and is whole then", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "left.zarr", points: 7, exposureMs: 5 });
  await runtime.start();
  await runtime.stop();
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await putIntoBrowser(page, "left.zarr", "night/left.zarr", CLOSED_BYTES);
  await app.leftTab("Datasets");
  const row = page.getByRole("listitem").filter({ hasText: "night/left.zarr" });
  await expect(row.getByText(/Recover makes it readable/)).toBeVisible();
  await row.getByRole("button", { name: "Recover", exact: true }).click();
  await expect(row.getByText("7 frames", { exact: true })).toBeVisible();
  await row.getByRole("button", { name: /^night\/left\.zarr/ }).click();
  await expect(app.word).toHaveText("night/left.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  expect(errors).toEqual([]);
});
