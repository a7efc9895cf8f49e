import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";

let withGpu: Browser;
let withoutGpu: Browser;
beforeAll(async () => {
  [withGpu, withoutGpu] = await Promise.all([launch({ webgpu: true }), launch()]);
});
afterAll(() => Promise.all([withGpu.close(), withoutGpu.close()]));

for (const kind of ["webgpu", "canvas2d"] as const) {
  test(`${kind}: live, contrast without an upload, and the stored pixels`, async () => {
    await using bridge = await Bridge.start();
    await using runtime = await script(bridge);
    await configure(runtime, { name: "gpu.zarr", pixelType: "U16", planes: 2, points: 3 });
    await runtime.start();
    await runtime.stop();

    const { page, errors } = await open(kind === "webgpu" ? withGpu : withoutGpu, bridge.url);
    const desk = await new Desk(page).ready();
    await expect.poll(() => desk.image.getAttribute("data-renderer")).toBe(kind);
    if (kind === "canvas2d") {
      expect(await page.getByTestId("renderer-reason").textContent()).toMatch(
        /has WebGPU, but offers no graphics adapter.*Switch on hardware acceleration/s,
      );
    } else expect(await page.getByTestId("renderer-reason").count()).toBe(0);

    await desk.button("Live").click();
    await expect.poll(() => desk.pictureSum()).not.toBeNull();
    const first = await desk.pictureSum();
    await expect.poll(() => desk.pictureSum()).not.toBe(first);
    await desk.button("Stop").click();
    await expect.poll(() => desk.word.textContent()).toBe("Ready");

    // A stored picture stands still: what is drawn anew is the contrast alone.
    await desk.openDataset("gpu.zarr");
    await desk.button("1:1").click();
    const store = await openStore(bridge.dataDir, "gpu.zarr");
    await desk.expectPixels(await store.plane(0, 0));
    const before = await desk.counters();
    const picture = await desk.pictureSum();
    for (let key = 0; key < 10; key++) await desk.slider("White at").press("ArrowLeft");
    await expect.poll(() => desk.pictureSum()).not.toBe(picture);
    const after = await desk.counters();
    expect(after["uploads"]).toBe(before["uploads"]);
    expect(after["draws"]).toBeGreaterThan(before["draws"] ?? 0);
    expect(errors).toEqual([]);
  });
}

test("a graphics device that is lost: the same picture in 2-D, why, and WebGPU again by itself", async () => {
  await using bridge = await Bridge.start();
  const browser = await launch({ webgpu: true });
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.goto(bridge.url);
  const desk = await new Desk(page).ready();
  await expect.poll(() => desk.image.getAttribute("data-renderer")).toBe("webgpu");
  await desk.button("Live").click();
  await expect.poll(() => desk.pictureSum()).not.toBeNull();

  // The graphics process dies, and with it every device.
  const protocol = await browser.newBrowserCDPSession();
  await protocol.send("Browser.crashGpuProcess");
  await expect.poll(() => page.getByText(/The graphics device was lost/).count()).toBeGreaterThan(0);
  await expect.poll(() => desk.image.getAttribute("data-renderer"), { timeout: 20_000 }).toBe("webgpu");
  const first = await desk.pictureSum();
  await expect.poll(() => desk.pictureSum()).not.toBe(first);
  await browser.close();
});

test("a bridge that is killed and comes back: the page recovers by itself, says what happened, and so does the dataset", async () => {
  const first = await Bridge.start();
  const { port, dataDir } = first;
  const runtime = await script(first);
  await configure(runtime, { name: "killed.zarr", planes: 2, points: null });
  await runtime.close();
  const { page } = await open(withoutGpu, first.url);
  const desk = await new Desk(page).ready();
  await desk.button("Record").click();
  await desk.recorded(40);
  await first.end("SIGKILL");

  await page.getByText("Connection lost, trying …").waitFor();
  await expect.poll(() => desk.run.textContent()).toContain("Not connected to the camera computer");

  await using second = await Bridge.start({ dataDir, port });
  expect(second.port).toBe(port);
  await desk.banner.getByText("Connected", { exact: true }).waitFor();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");
  await page.getByRole("tab", { name: /^Log/ }).click();
  const log = page.getByRole("tabpanel", { name: /^Log/ });
  await expect.poll(() => log.textContent()).toMatch(/Connected again after \d+ s/);
  await expect
    .poll(() => log.textContent())
    .toMatch(/killed\.zarr was left open by a crash and has been recovered: \d+ frames are saved/);

  await desk.openDataset("killed.zarr");
  const store = await openStore(dataDir, "killed.zarr");
  expect(store.shape[0]).toBeGreaterThanOrEqual(20);
  await desk.button("1:1").click();
  await desk.expectPixels(await store.plane(0, 0));
});
