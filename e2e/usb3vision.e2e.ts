// USB3 Vision cameras of the page by WebUSB: the emulated camera, from the click that gives it to the page to the browser's own storage.
import type { Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { AppPage } from "./harness/app-page.ts";
import { type CameraState, EmulatedCamera, hasEmulator } from "./harness/emulated-camera.ts";
import { expect, test } from "./harness/test.ts";
import { CAMERA_NAME, DATASET, framesOf, usbDocument, useOwnCameras } from "./harness/usb3vision/recording.ts";

test.skip(!hasCore || !hasEmulator, "nothing compiles for the browser here: no Rust makes wasm");

type OpenPage = (url: string) => Promise<{ page: Page; errors: string[] }>;

/** The page with the cameras of its own browser, and the emulated one plugged in. */
async function openWith(openPage: OpenPage, url: string, state: Partial<CameraState>, configuration?: object) {
  const { page, errors } = await openPage("about:blank");
  const camera = await EmulatedCamera.plugInto(page, state);
  await useOwnCameras(page, configuration);
  await page.goto(url);
  const app = await new AppPage(page, errors).ready();
  return { app, page, camera };
}

test("a camera is given to the page by a click, set, and records the tutorial", async ({ bridge, openPage }) => {
  // With memory enough for every pause of a loaded machine.
  const options = { sensor: [1920, 1200], memory_bytes: 1 << 30 };
  const { app, page } = await openWith(openPage, bridge.url, { options });
  await app.example("Chunked tutorial");
  await expect(app.field("Name")).toHaveValue("out.zarr");
  await app.button("Add USB camera").click();
  await expect(page.getByRole("combobox", { name: "Camera", exact: true })).toHaveValue(CAMERA_NAME);
  await app.applied();
  // Its own ranges, not those of any camera.
  await expect(page.getByTitle(/region of interest. Range: 16 to 1.?200 px/).first()).toBeVisible();
  await expect(app.run).toContainText("300 frames, 21 s");

  await app.button("Record").click();
  await app.recorded(10);
  const [saved, lost] = (/^Saved (\d+), lost (\d+)/.exec(await app.summary(90_000)) ?? []).slice(1).map(Number);
  // How many a loaded machine loses is no fault of the page; that each is there or counted is its promise.
  expect((saved ?? 0) + (lost ?? 0)).toBe(300);
  const told = await framesOf(page, "out.zarr");
  const stored = told.flatMap((frame, index) => (frame.state === "stored" ? [{ ...frame, index }] : []));
  expect([told.length, stored.length]).toEqual([300, saved]);
  expect(stored.every(({ hardwareId, index }) => hardwareId === index)).toBe(true);
  expect(stored.every(({ clock }, at) => clock > (stored[at - 1]?.clock ?? -1))).toBe(true);
  expect(app.errors).toEqual([]);
});

const [WIDTH, HEIGHT] = [640, 480];

const documentOf = (): object =>
  usbDocument({ shape: [WIDTH, HEIGHT], frames: 60, chunkFrames: 10, camera: { exposure_time_us: 20_000 } });

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
  const told = await framesOf(page, DATASET);
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
