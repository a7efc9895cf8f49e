// Every text has room of its own, in the states that the page spends its days in, at both sizes and in both themes.

import { configure } from "./harness/setup.ts";
import { crowded } from "./harness/text-room.ts";
import { expect, test } from "./harness/test.ts";

for (const [width, height, theme] of [
  [1280, 720, "dark"],
  [1920, 1080, "light"],
] as const) {
  test(`no text lies on another or is cut off: ${width} x ${height}, ${theme}`, async ({
    bridge,
    runtime,
    openApp,
  }) => {
    // Several channels and zoom levels: then what is told of a picture is longest.
    const configuration = await configure(runtime, {
      name: "a long name of a dataset, day 12, position 3.zarr",
      pixelType: "U16",
      width: 2560,
      height: 2048,
      exposureMs: 100,
    });
    const { settings } = configuration.video[0]!.storage;
    settings.enable_multiscale = true;
    settings.pixel_scale_um = [0.108, 0.108];
    settings.acquisition_dimensions.splice(
      2,
      0,
      { name: "z", kind: "Space", array_size_px: 2, chunk_size_px: 1, shard_size_chunks: 0 },
      { name: "c", kind: "Channel", array_size_px: 2, chunk_size_px: 1, shard_size_chunks: 0 },
    );
    for (const dimension of settings.acquisition_dimensions.slice(0, 2)) dimension.chunk_size_px = 512;
    configuration.video[0]!.max_frame_count = 8;
    await runtime.setConfiguration(configuration);
    await runtime.start();
    await runtime.stop();
    configuration.video[0]!.max_frame_count = 2 ** 53;
    settings.uri = "now.zarr";
    await runtime.setConfiguration(configuration);

    const app = await openApp(bridge.url, { width, height });
    const { page } = app;
    if (theme === "light") await page.getByRole("button", { name: /^Light/ }).click();
    const found: Record<string, string[]> = {};
    const look = async (state: string) => {
      const folder = process.env["ZARRCAM_SHOTS"];
      if (folder) await page.screenshot({ path: `${folder}/room-${state}-${width}-${theme}.png` });
      const problems = await crowded(page);
      if (problems.length > 0) found[state] = problems;
    };
    await look("ready");
    await app.button("Live").click();
    await expect.poll(() => app.pictureSum()).not.toBeNull();
    await page.waitForTimeout(500);
    await look("live");
    await app.button("Record").click();
    await app.recorded(6);
    await look("recording");
    await app.slider("Time").press("Home");
    await page.waitForTimeout(500);
    await look("looking back");
    await app.button("Stop").click();
    await app.summary();
    await look("saved");
    await app.leftTab("Datasets");
    await page
      .getByRole("button", { name: /^a long name/ })
      .first()
      .click();
    await expect.poll(() => app.pictureSum()).not.toBeNull();
    await page.waitForTimeout(500);
    // A reduced level of a large frame: the longest words.
    await expect(page.getByTestId("histogram-source")).toHaveText(/zoom level/);
    await app.image.hover();
    await page.waitForTimeout(300);
    await look("dataset");
    for (const tab of ["Dimensions", "Frames", "Rates", "Log"]) {
      await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
      await page.waitForTimeout(200);
      await look(tab);
    }
    expect(found).toEqual({});
  });
}
