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
  test(`${kind}: live, and a stored picture whose pixels and contrast are right`, async () => {
    await using bridge = await Bridge.start();
    await using runtime = await script(bridge);
    await configure(runtime, { name: "gpu.zarr", pixelType: "U16", planes: 2, points: 3 });
    await runtime.start();
    await runtime.stop();

    const [browser, path] = kind === "webgpu" ? [withGpu, "/#renderer=webgpu"] : [withoutGpu, ""];
    const { page, errors } = await open(browser, bridge.url + path);
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
