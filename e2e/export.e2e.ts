// Datasets as files on this computer: exported by the page, read by zarr-python, which compares them with the store.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { RemoteRuntime } from "@zarrcam/client";
import type { Page } from "playwright/test";

import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

const python = process.env["ZARRCAM_PYTHON"] ?? "python3";

/** Two levels, several files a level. */
async function record(runtime: RemoteRuntime, name: string, { storage = "ZarrV3", shards = 1 } = {}): Promise<void> {
  const configuration = structuredClone(await configure(runtime, { name, storage, points: 12, exposureMs: 5 }));
  const [stream] = configuration.video;
  if (!stream) throw new Error("no stream");
  stream.storage.settings.acquisition_dimensions = stream.storage.settings.acquisition_dimensions.map((dimension) => ({
    ...dimension,
    shard_size_chunks: shards,
  }));
  stream.storage.settings.enable_multiscale = true;
  await runtime.setConfiguration(configuration);
  await runtime.start();
  await runtime.stop();
}

/** A browser whose dialog answers at once, with a file of its own storage. */
async function withPicker(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.assign(globalThis, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
    });
  });
}
/** The length of a picked file, and its SHA-256. */
function pickedFile(page: Page, name: string): Promise<[number, string]> {
  return page.evaluate(async (own) => {
    const file = await (await (await navigator.storage.getDirectory()).getFileHandle(own)).getFile();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return [file.size, [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")];
  }, name);
}

for (const { name, storage, shards, file } of [
  { name: "sharded.zarr", storage: "ZarrV3", shards: 1, file: "sharded.ozx" },
  { name: "second.zarr", storage: "Zarr", shards: 0, file: "second.zarr.zip" },
]) {
  test(`${storage}: a dataset is exported, picked or downloaded, and zarr-python reads the store in it`, async ({
    bridge,
    runtime,
    openApp,
  }, testInfo) => {
    await record(runtime, name, { storage, shards });
    const app = await openApp(bridge.url);
    const { page, errors } = app;
    await app.leftTab("Datasets");

    // Without a dialog, as in Firefox: put together in the browser's storage, then downloaded.
    await page.evaluate(() => void Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
    const downloading = page.waitForEvent("download");
    await app.button("Export …").click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(file);
    const path = testInfo.outputPath(file);
    await download.saveAs(path);
    await expect(page.getByText(new RegExp(`^Exported to ${file.replaceAll(".", "\\.")}, `))).toBeVisible();
    const check = join(import.meta.dirname, "readers/archive.py");
    const said = execFileSync(python, ["-W", "error", check, path, join(bridge.dataDir, name)], { encoding: "utf8" });
    expect(said).toMatch(/^the same, \d+ files/);

    // With one: the same bytes.
    await withPicker(page);
    await app.button("Export …").click();
    const bytes = await readFile(path);
    const same = [bytes.length, createHash("sha256").update(bytes).digest("hex")];
    await expect.poll(() => pickedFile(page, file)).toEqual(same);
    expect(errors).toEqual([]);
  });
}

test("what is being recorded is not exported, and what is exported waits for a recording", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await record(runtime, "kept.zarr");
  const app = await openApp(bridge.url);
  const { page } = app;
  await withPicker(page);
  // A slow disk: the export is under way when the recording begins.
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  await page.route(/\/data\/kept\.zarr\/@files/, async (route) => {
    await given;
    await route.continue();
  });
  await app.leftTab("Datasets");
  await app.button("Export …").click();
  await configure(runtime, { name: "going.zarr", points: null });
  await runtime.start();
  await expect(page.getByText("Waits: a recording has the disk")).toBeVisible();
  give();
  await app.button("Refresh").click();
  const going = page.getByRole("listitem").filter({ hasText: "going.zarr" });
  await expect(going.getByText("Export …")).toHaveAttribute("title", /still being recorded/);
  await runtime.abort();
  await expect(page.getByText(/^Exported to kept\.ozx, /)).toBeVisible();
});

test("an export that is cancelled, and one of a file that changes, leave no archive", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await record(runtime, "cut.zarr");
  const app = await openApp(bridge.url);
  const { page } = app;
  await withPicker(page);
  await app.leftTab("Datasets");
  const left = () =>
    page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      return root.getFileHandle("cut.ozx").then(
        () => true,
        () => false,
      );
    });

  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  await page.route(/\/c\//, async (route) => {
    await given;
    await route.continue().catch(() => undefined);
  });
  await app.button("Export …").click();
  await page.getByRole("progressbar", { name: "Export of cut.zarr" }).waitFor();
  await app.button("Cancel").click();
  await expect(page.getByText("Export cancelled.", { exact: true })).toBeVisible();
  expect(await left()).toBe(false);
  give();
  await page.unroute(/\/c\//);

  await page.route(/\/@files/, async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    // After the list was told somebody writes the file anew.
    const document = join(bridge.dataDir, "cut.zarr/zarr.json");
    await writeFile(document, `${await readFile(document, "utf8")} `);
    await route.fulfill({ response: answer, body });
  });
  await app.button("Export …").click();
  await expect(page.getByText("zarr.json has changed while it was exported.", { exact: true })).toBeVisible();
  expect(await left()).toBe(false);
});

test("an exported file is opened again, picked or dropped, and shows the stored values; a foreign one is named", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await record(runtime, "again.zarr");
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.leftTab("Datasets");
  await page.evaluate(() => void Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
  const downloading = page.waitForEvent("download");
  await app.button("Export …").click();
  const path = testInfo.outputPath("again.ozx");
  await (await downloading).saveAs(path);
  const stored = await openStore(bridge.dataDir, "again.zarr");

  const input = page.getByLabel("Zipped Zarr files");
  const listed = page.getByRole("list", { name: "Opened files" }).getByRole("listitem");
  await input.setInputFiles(path);
  await expect(app.word).toHaveText("again.ozx");
  await expect(listed).toContainText("file on this computer");
  await app.slider("t").press("Home");
  await app.expectPixels(await stored.plane(0));
  await app.slider("t").press("End");
  await app.expectPixels(await stored.plane(11));

  // Another name, so that it is another file.
  const base64 = (await readFile(path)).toString("base64");
  await page.evaluate((data) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const brought = new DataTransfer();
    brought.items.add(new File([bytes], "dropped.ozx"));
    document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer: brought, bubbles: true, cancelable: true }));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: brought, bubbles: true, cancelable: true }));
  }, base64);
  await expect(app.word).toHaveText("dropped.ozx");
  await expect(listed).toHaveCount(2);
  await app.slider("t").press("End");
  await app.expectPixels(await stored.plane(11));

  await input.setInputFiles({ name: "half.ozx", mimeType: "", buffer: (await readFile(path)).subarray(0, 5000) });
  await expect(
    page.getByText("It is cut short: its end, where an archive lists its files, is missing.").first(),
  ).toBeVisible();
  await input.setInputFiles({ name: "notes.txt", mimeType: "", buffer: Buffer.from("text") });
  await expect(page.getByText(/^notes\.txt: this page opens \.ozx and \.zip files/).first()).toBeVisible();
  expect(errors).toEqual([]);
});
