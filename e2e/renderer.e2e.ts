import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

for (const kind of ["webgpu", "canvas2d"] as const) {
  test(`${kind}${kind === "webgpu" ? " @alone" : ""}: live, and a stored picture whose pixels and contrast are right`, async ({
    bridge,
    runtime,
    openDesk,
  }) => {
    await configure(runtime, { name: "gpu.zarr", pixelType: "U16", planes: 2, points: 3 });
    await runtime.start();
    await runtime.stop();

    const webgpu = kind === "webgpu";
    const desk = await openDesk(bridge.url + (webgpu ? "/#renderer=webgpu" : ""), { webgpu });
    const { page, errors } = desk;
    await expect(desk.image).toHaveAttribute("data-renderer", kind);
    if (kind === "canvas2d") {
      await expect(page.getByTestId("renderer-reason")).toHaveText(
        /has WebGPU, but offers no graphics adapter.*Switch on hardware acceleration/s,
      );
    } else await expect(page.getByTestId("renderer-reason")).toHaveCount(0);

    await desk.button("Live").click();
    await expect.poll(() => desk.pictureSum()).not.toBeNull();
    const first = await desk.pictureSum();
    await expect.poll(() => desk.pictureSum()).not.toBe(first);
    await desk.button("Stop").click();
    await expect(desk.word).toHaveText("Ready");

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
