// The page without a bridge's cameras: set up, looked at, recorded and opened in this browser alone.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { RemoteRuntime } from "@zarrcam/client";
import type { Configuration } from "@zarrcam/protocol";
import type { Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import type { AppPage } from "./harness/app-page.ts";
import { loadAxe, violations } from "./harness/axe.ts";
import type { Bridge } from "./harness/bridge.ts";
import { answerForCamera } from "./harness/browser.ts";
import { expect, test } from "./harness/test.ts";

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

const dimension = (
  name: string,
  kind: string,
  array_size_px: number,
  chunk_size_px: number,
  shard_size_chunks = 2,
) => ({
  ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks },
});
/** Channels, chunks, shards and zoom levels, as the tutorial has them. Frames as fast as they are taken: none is lost. */
const DOCUMENT = {
  video: [
    {
      camera: {
        identifier: { id: [0, 1], kind: "Camera", name: "simulated: radial sin" },
        settings: { shape: [320, 240], pixel_type: "U16", exposure_time_us: 0 },
      },
      storage: {
        identifier: { id: [1, 0], kind: "Storage", name: "ZarrV3" },
        settings: {
          uri: "run.zarr",
          acquisition_dimensions: [
            dimension("x", "Space", 320, 160),
            dimension("y", "Space", 240, 120),
            dimension("c", "Channel", 2, 1),
            dimension("t", "Time", 0, 4),
          ],
          compression: { codec: "blosc-lz4", level: 1, shuffle: "byte" },
          multiscale: { method: "mean", max_levels: 2 },
        },
      },
      max_frame_count: 30,
    },
  ],
} as unknown as Configuration;

/** The page with the cameras of its own browser. */
async function ofThisBrowser(app: AppPage): Promise<void> {
  const loaded = app.page.waitForEvent("load");
  await app.page.getByRole("combobox", { name: "Cameras of" }).selectOption("This browser");
  await loaded;
  await app.ready();
}

/** Files that say nothing of clocks or of the run's id. */
const isTimeless = (path: string): boolean => !path.includes("/.zarrcam/") || path.endsWith("/end.json");

/** By path within the dataset: the SHA-256 of each file of the store that the bridge makes. */
async function recordedByBridge(bridge: Bridge, runtime: RemoteRuntime, configuration: Configuration) {
  await runtime.setConfiguration(configuration);
  await runtime.start();
  await runtime.stop();
  const folder = join(bridge.dataDir, configuration.video[0]?.storage.settings.uri ?? "");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), path] as const)
      .filter(([path]) => isTimeless(path))
      .map(([path, file]) => [path, createHash("sha256").update(readFileSync(file)).digest("hex")]),
  );
}

/** The same of a dataset in the browser's own storage. */
async function inBrowser(page: Page, name: string): Promise<Record<string, string>> {
  const all = await page.evaluate(async (name) => {
    const found: Record<string, string> = {};
    const visit = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      const entries = (folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
      for await (const [key, entry] of entries) {
        if (entry.kind === "directory") await visit(entry as FileSystemDirectoryHandle, `${path}/${key}`);
        else {
          const bytes = await (await (entry as FileSystemFileHandle).getFile()).arrayBuffer();
          const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
          found[`${path}/${key}`] = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
        }
      }
    };
    await visit(await (await navigator.storage.getDirectory()).getDirectoryHandle(name), "");
    return found;
  }, name);
  return Object.fromEntries(Object.entries(all).filter(([path]) => isTimeless(path)));
}

test("set up, live, recorded, opened and loaded again, in this browser; the store is the bridge's", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await page.evaluate(
    (document) => localStorage.setItem("zarrcam.browser-configuration", JSON.stringify(document)),
    DOCUMENT,
  );
  await ofThisBrowser(app);
  const name = "run.zarr";
  await expect(app.field("Name")).toHaveValue(name);

  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  const first = await app.pictureSum();
  await expect.poll(() => app.pictureSum()).not.toBe(first);
  // Other cameras are not shown while these run, and the page says so.
  await page.getByRole("combobox", { name: "Cameras of" }).selectOption("Camera computer");
  await expect(page.getByRole("combobox", { name: "Cameras of" })).toHaveValue("This browser");
  await expect(page.getByRole("status").getByText("The cameras run: stop them first.")).toHaveCount(1);

  await app.button("Record").click();
  expect(await app.summary(60_000)).toContain("lost 0");
  await app.openDataset(name);
  await expect.poll(async () => (await app.pixelAt(0.5, 0.5)).kind).toBe("exact");

  await page.reload();
  await app.ready();
  await expect(page.getByRole("combobox", { name: "Cameras of" })).toHaveValue("This browser");
  await app.leftTab("Set-up");
  // Counted on, since it stands there.
  await expect(app.field("Name")).not.toHaveValue(name);
  await app.openDataset(name);

  const ours = await inBrowser(page, name);
  expect(ours).toEqual(await recordedByBridge(bridge, runtime, DOCUMENT));
  // One list, of both places, whosever cameras are shown.
  const rows = page.getByRole("region", { name: "Datasets", exact: true }).getByRole("button", { name: /^run\.zarr/ });
  await expect(rows).toHaveCount(2);
  await page.getByTitle(join(bridge.dataDir, name)).click();
  await expect(app.word).toHaveText(name);
  await expect.poll(async () => (await app.pixelAt(0.5, 0.5)).kind).toBe("exact");
  expect(errors).toEqual([]);
});

test("two cameras of this browser, one time axis: scrubbed while they record, stopped, and a wrong value is refused", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const { video } = await runtime.getConfiguration();
  const [model] = video;
  if (!model) throw new Error("there is no stream");
  const streams = ["left", "right"].map((name) => {
    const stream = structuredClone(model);
    stream.name = name;
    stream.camera.settings = { ...stream.camera.settings, shape: [64, 48], exposure_time_us: 20_000 };
    stream.storage.settings = { ...stream.storage.settings, uri: `${name}.zarr`, acquisition_dimensions: [] };
    stream.max_frame_count = 18_446_744_073_709_551_615;
    return stream;
  });
  await page.evaluate((document) => localStorage.setItem("zarrcam.browser-configuration", JSON.stringify(document)), {
    video: streams,
  });
  await ofThisBrowser(app);

  await app.type("Exposure", "100000");
  await expect(app.field("Exposure")).toHaveAttribute("aria-invalid", "true");
  await expect(await app.messages(app.field("Exposure"))).toHaveText(/Exposure must be|must be/);
  await app.type("Exposure", "20");
  await app.applied();

  await app.button("Record").click();
  await expect(app.word).toContainText("Recording");
  await app.slider("Time").press("Home");
  await expect.poll(async () => (await app.pixelAt(0.5, 0.5)).kind).toBe("exact");
  await expect(app.word).toContainText("Recording");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  expect(await app.summary()).toMatch(/^Saved [\d,]+, lost 0: left\.zarr, right\.zarr/);
  await app.openDataset("right.zarr");
  await expect.poll(async () => (await app.pixelAt(0.5, 0.5)).kind).toBe("exact");
  expect(errors).toEqual([]);
});

test("a webcam: named once it is allowed, seen live, recorded into this browser, looked back at", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url, { webcam: "asked for" });
  const { page, errors } = app;
  await ofThisBrowser(app);
  const webcams = page
    .getByRole("combobox", { name: "Camera", exact: true })
    .locator("option")
    .filter({ hasText: /^webcam/ });
  await expect(webcams).toHaveText(["webcam gray", "webcam RGB"]);

  // Its name comes without a reload.
  await answerForCamera(page, "granted");
  const name = "webcam gray: fake_device_0";
  await expect(webcams.filter({ hasText: name })).toHaveCount(1);
  await app.choose("Camera", name);
  await app.button("Use 0 µs").click();
  await app.type("Width", "640");
  await app.type("Height", "480");
  await app.type("Time points", "20");
  await app.type("Name", "webcam.zarr");
  await app.applied();
  await loadAxe(page);
  expect(await violations(page, false)).toEqual([]);

  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  const first = await app.pictureSum();
  await expect.poll(() => app.pictureSum()).not.toBe(first);
  expect(await violations(page, false)).toEqual([]);

  await app.button("Record").click();
  const [, saved, lost] = /Saved (\d+), lost (\d+)/.exec(await app.summary(60_000)) ?? [];
  expect(Number(saved) + Number(lost)).toBe(20);
  expect(Number(saved)).toBeGreaterThan(0);
  await app.openDataset("webcam.zarr");
  await expect.poll(async () => (await app.pixelAt(0.5, 0.5)).kind).toBe("exact");
  // It draws green on black.
  await expect.poll(() => app.pictureSum()).toBeGreaterThan(0);

  // In colours each picture is three frames, a channel each, until it is taken away.
  await page.evaluate(() => {
    const key = "zarrcam.browser-configuration";
    const document = JSON.parse(localStorage.getItem(key) ?? "") as Configuration;
    const [stream] = document.video;
    if (!stream?.camera.identifier) throw new Error("there is no stream");
    stream.camera.identifier.name = "webcam RGB: fake_device_0";
    const { settings } = stream.storage;
    settings.uri = "colours.zarr";
    const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
      ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: 0 },
    });
    settings.acquisition_dimensions = [
      dimension("x", "Space", 640, 640),
      dimension("y", "Space", 480, 480),
      dimension("c", "Channel", 3, 1),
      dimension("t", "Time", 0, 5),
    ] as typeof settings.acquisition_dimensions;
    stream.max_frame_count = 2 ** 53;
    localStorage.setItem(key, JSON.stringify(document));
  });
  await page.reload();
  await app.ready();
  await expect(app.field("Name")).toHaveValue("colours.zarr");
  // The dataset that it came back to may have lost some, which the tab's name says.
  await page.getByRole("tab", { name: /^Frames/ }).click();
  await app.button("Record").click();
  const stored = async () => Number(await page.locator(".frames tbody td.number").nth(2).textContent());
  await expect.poll(stored, { timeout: 30_000 }).toBeGreaterThan(8);
  await answerForCamera(page, "denied");
  const result = page.getByTestId("run-result");
  await expect(result).toHaveAttribute("role", "alert");
  await expect(result.locator("p")).toHaveAttribute("title", /fake_device_0 is gone: it was unplugged/);
  await app.openDataset("colours.zarr");
  await expect(app.slider("c")).toHaveAttribute("aria-valuemax", "2");
  expect(errors).toEqual([]);
});
