import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

for (const kind of ["webgpu", "canvas2d"] as const) {
  test(`${kind}${kind === "webgpu" ? " @alone" : ""}: live, and a stored picture whose pixels and contrast are right`, async ({
    bridge,
    runtime,
    openApp,
  }) => {
    await configure(runtime, { name: "gpu.zarr", pixelType: "U16", planes: 2, points: 3 });
    await runtime.start();
    await runtime.stop();

    const webgpu = kind === "webgpu";
    const app = await openApp(bridge.url + (webgpu ? "/#renderer=webgpu" : ""), { webgpu });
    const { page, errors } = app;
    await expect(app.image).toHaveAttribute("data-renderer", kind);
    if (kind === "canvas2d") {
      await expect(page.getByTestId("renderer-reason")).toHaveText(
        /has WebGPU, but offers no graphics adapter.*Switch on hardware acceleration/s,
      );
    } else await expect(page.getByTestId("renderer-reason")).toHaveCount(0);

    await app.button("Live").click();
    await expect.poll(() => app.pictureSum()).not.toBeNull();
    const first = await app.pictureSum();
    await expect.poll(() => app.pictureSum()).not.toBe(first);
    await app.button("Stop").click();
    await expect(app.word).toHaveText("Ready");

    // A stored picture stands still: what is drawn anew is the contrast alone.
    await app.openDataset("gpu.zarr");
    await app.button("1:1").click();
    const store = await openStore(bridge.dataDir, "gpu.zarr");
    await app.expectPixels(await store.plane(0, 0));
    const before = await app.counters();
    const picture = await app.pictureSum();
    for (let key = 0; key < 10; key++) await app.slider("White at").press("ArrowLeft");
    await expect.poll(() => app.pictureSum()).not.toBe(picture);
    const after = await app.counters();
    expect(after["uploads"]).toBe(before["uploads"]);
    expect(after["draws"]).toBeGreaterThan(before["draws"] ?? 0);
    expect(errors).toEqual([]);
  });
}
