// USB3 Vision cameras of the page by WebUSB: the emulated camera, from the click that gives it to the page to the browser's own storage.
import type { Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { AppPage } from "./harness/app-page.ts";
import { tableOf } from "./harness/browser-store.ts";
import { type CameraState, EmulatedCamera, hasEmulator } from "./harness/emulated-camera.ts";
import { expect, test } from "./harness/test.ts";

test.skip(!hasCore || !hasEmulator, "nothing compiles for the browser here: no Rust makes wasm");

const NAME = "usb3vision: zarrcam Emulated U3V EMU0001";
type OpenPage = (url: string) => Promise<{ page: Page; errors: string[] }>;

/** The page with the cameras of its own browser, and the emulated one plugged in. */
async function openWith(openPage: OpenPage, url: string, state: Partial<CameraState>, configuration?: object) {
  const { page, errors } = await openPage("about:blank");
  const camera = await EmulatedCamera.plugInto(page, state);
  await page.addInitScript((document) => {
    if (location.protocol === "about:") return;
    sessionStorage.setItem("zarrcam.cameras-of", "This browser");
    const key = "zarrcam.browser-configuration";
    if (document && !localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify(document));
  }, configuration);
  await page.goto(url);
  const app = await new AppPage(page, errors).ready();
  return { app, page, camera };
}

/** What became of each frame, by its index, with its hardware id. */
async function frames(page: Page, dataset: string): Promise<{ hardwareId: number; clock: number; state: string }[]> {
  const rows = (await tableOf(page, dataset)).trim().split("\n").slice(1);
  return rows.map((row) => {
    const cells = row.split(",");
    return { hardwareId: Number(cells.at(-4)), clock: Number(cells.at(-3)), state: cells.at(-1) ?? "" };
  });
}

test("a camera is given to the page by a click, set, and records the tutorial", async ({ bridge, openPage }) => {
  // With memory enough for every pause of a loaded machine.
  const options = { sensor: [1920, 1200], memory_bytes: 1 << 30 };
  const { app, page } = await openWith(openPage, bridge.url, { options });
  await app.example("Chunked tutorial");
  await expect(app.field("Name")).toHaveValue("out.zarr");
  await app.button("Add USB camera").click();
  await expect(page.getByRole("combobox", { name: "Camera", exact: true })).toHaveValue(NAME);
  await app.applied();
  // Its own ranges, not those of any camera.
  await expect(page.getByTitle(/region of interest. Range: 16 to 1.?200 px/).first()).toBeVisible();
  await expect(app.run).toContainText("300 frames, 21 s");

  await app.button("Record").click();
  await app.recorded(10);
  const [saved, lost] = (/^Saved (\d+), lost (\d+)/.exec(await app.summary(90_000)) ?? []).slice(1).map(Number);
  // How many a loaded machine loses is no fault of the page; that each is there or counted is its promise.
  expect((saved ?? 0) + (lost ?? 0)).toBe(300);
  const told = await frames(page, "out.zarr");
  const stored = told.flatMap((frame, index) => (frame.state === "stored" ? [{ ...frame, index }] : []));
  expect([told.length, stored.length]).toEqual([300, saved]);
  expect(stored.every(({ hardwareId, index }) => hardwareId === index)).toBe(true);
  expect(stored.every(({ clock }, at) => clock > (stored[at - 1]?.clock ?? -1))).toBe(true);
  expect(app.errors).toEqual([]);
});

const [WIDTH, HEIGHT] = [640, 480];

function documentOf(more: object = {}): object {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: 1 },
  });
  const settings = { shape: [WIDTH, HEIGHT], pixel_type: "U8", exposure_time_us: 20_000, ...more };
  return {
    video: [
      {
        camera: { identifier: { id: [9, 0], kind: "Camera", name: NAME }, settings },
        storage: {
          identifier: { id: [1, 0], kind: "Storage", name: "ZarrV3" },
          settings: {
            uri: "usb.zarr",
            acquisition_dimensions: [
              dimension("x", "Space", WIDTH, WIDTH),
              dimension("y", "Space", HEIGHT, HEIGHT),
              dimension("t", "Time", 0, 10),
            ],
          },
        },
        max_frame_count: 60,
      },
    ],
  };
}

const FAULTS: [number, string][] = [
  [3, "short"],
  [7, "no_trailer"],
  [11, "lost"],
  [15, "stall"],
  [19, "overrun"],
  [23, "other_image"],
  [27, "no_leader"],
  [31, "long"],
  [35, "wrong_size"],
];

test("each fault has its outcome: what is broken is lost in its place, what is gone says so and comes back", async ({
  bridge,
  openPage,
}) => {
  const options = { sensor: [WIDTH, HEIGHT], memory_bytes: 1 << 30 };
  const { app, page, camera } = await openWith(
    openPage,
    bridge.url,
    { granted: true, options, faults: FAULTS },
    documentOf(),
  );
  await app.button("Record").click();
  expect(await app.summary(60_000)).toMatch(new RegExp(`^Saved ${60 - FAULTS.length}, lost ${FAULTS.length}`));
  const told = await frames(page, "usb.zarr");
  const lost = told.flatMap(({ state }, at) => (state === "stored" ? [] : [at]));
  expect(lost).toEqual(FAULTS.map(([frame]) => frame));

  // Unplugged while it runs, and in the middle of a frame.
  await page.getByText("Log", { exact: true }).click();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await camera.unplug();
  await expect(page.getByText(/is gone: it was unplugged/).first()).toBeVisible();
  await expect(app.word).toHaveText("Ready");
  await camera.plug({ faults: [[10, "unplug"]] });
  await app.button("Record").click();
  await expect(page.getByText(/camera failed, 10 of 60 saved/).first()).toBeVisible();
  await expect(app.word).toHaveText("Ready");

  // What the system or another program holds, and a description with errors: in words, and with the way out.
  for (const [change, says] of [
    [{ refusal: { name: "SecurityError", message: "Access denied." } }, /70-usb3vision\.rules|WinUSB|other program/i],
    [{ refusal: { name: "NetworkError", message: "Unable to claim interface." } }, /Another program/],
    [{ refusal: null, options: { ...options, xml: "cut_off" } }, /describes its features in a way that cannot be read/],
    [{ options: { ...options, payload_error: -1 } }, /PayloadSize: 640 x 480 px/],
    [{ options: { ...options, exposure_step_us: 7000 } }, /ExposureTime: 20000 µs was asked for/],
  ] as const) {
    await camera.unplug();
    await camera.plug({ faults: [], ...change });
    // The page may not have noticed yet that it is there.
    await expect(async () => {
      await app.button("Live").click({ timeout: 2000 });
      await expect(page.getByText(says).first()).toBeVisible({ timeout: 2000 });
    }).toPass({ timeout: 20_000 });
    await expect(app.word).toHaveText("Ready");
  }

  await camera.unplug();
  await camera.plug({ options: { ...options, xml: "zipped" } });
  await app.button("Record").click();
  expect(await app.summary(60_000)).toMatch(/^Saved 60, lost 0/);
});
