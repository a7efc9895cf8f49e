// Looking back while it records: any stored frame, through the same reader as every other dataset.
import { type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

for (const storage of ["ZarrV3", "ZarrBlosc1ZstdByteShuffle"]) {
  test(`${storage}: while it records any stored frame can be seen, scrubbing loses none, and no request fails`, async () => {
    await using bridge = await Bridge.start();
    const runtime = await script(bridge);
    await configure(runtime, {
      name: "scrub.zarr",
      storage,
      width: 640,
      height: 480,
      planes: 4,
      points: 60,
      exposureMs: 40,
    });
    const { page, errors } = await open(browser, bridge.url);
    const failed: string[] = [];
    page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
    const desk = await new Desk(page).ready();
    const time = desk.slider("Time");

    // The first frame, as soon as the page may ask for it: no chunk is complete then.
    await desk.button("Record").click();
    await expect.poll(() => time.getAttribute("aria-disabled"), { interval: 20 }).toBe("false");
    await time.press("Home");
    await expect
      .poll(() => page.getByTestId("histogram-source").textContent(), { interval: 20 })
      .toBe("Place 0, all pixels");
    expect(await desk.word.textContent()).toBe("Recording");
    await desk.button("1:1").click();

    const seen = new Map<number, Awaited<ReturnType<Desk["pixelAt"]>>[]>();
    for (let place = 0; place < 9; place++) {
      if (place > 0) {
        await desk.recorded(place + 2);
        await time.press("ArrowRight");
      }
      await expect.poll(() => page.getByTestId("histogram-source").textContent()).toBe(`Place ${place}, all pixels`);
      seen.set(place, [await desk.pixelAt(0.5, 0.5), await desk.pixelAt(0.4, 0.6)]);
    }
    expect(await desk.button("LIVE").count()).toBe(0);
    await page.getByRole("button", { name: /^LIVE, \d+ s/ }).waitFor();

    // Without pause, to and fro.
    const box = await time.boundingBox();
    if (!box) throw new Error("there is no time axis");
    await page.mouse.move(box.x + 8, box.y + 12);
    await page.mouse.down();
    for (let step = 0; step < 100; step++) {
      await page.mouse.move(box.x + 8 + 0.15 * box.width * Math.abs(Math.sin(step / 5)), box.y + 12);
    }
    await page.mouse.up();

    // A pinned plane stays when Live follows.
    await page.getByRole("button", { name: /^LIVE/ }).click();
    await desk.slider("z").press("Home");
    await desk.slider("z").press("ArrowRight");
    await expect.poll(() => page.getByRole("button", { name: "Pin z" }).getAttribute("aria-pressed")).toBe("true");
    for (let look = 0; look < 5; look++) {
      await expect.poll(() => desk.slider("z").getAttribute("aria-valuenow")).toBe("1");
      await page.waitForTimeout(150);
    }

    expect(await desk.summary(40_000)).toMatch(/^Saved 240, lost 0: scrub\.zarr/);
    const store = await openStore(bridge.dataDir, "scrub.zarr");
    for (const [place, pixels] of seen) {
      const stored = await store.plane(Math.floor(place / 4), place % 4);
      for (const { x, y, value, kind } of pixels) {
        expect({ place, x, y, kind, value }).toEqual({ place, x, y, kind: "exact", value: stored(x, y) });
      }
    }
    expect([failed, errors]).toEqual([[], []]);
    await runtime.close();
  });
}

test("the bridge is killed while it records: the page waits, comes back by itself, and the dataset is whole", async () => {
  await using bridge = await Bridge.start();
  const runtime = await script(bridge);
  await configure(runtime, { name: "killed.zarr", storage: "ZarrBlosc1Lz4ByteShuffle", exposureMs: 20 });
  await runtime.close();
  const { page } = await open(browser, bridge.url);
  const desk = await new Desk(page).ready();
  await desk.button("Record").click();
  await desk.recorded(30);

  await bridge.end("SIGKILL");
  await expect.poll(() => desk.word.textContent()).toBe("Not connected");
  const again = await Bridge.start({ dataDir: bridge.dataDir, port: bridge.port });
  await using _again = { [Symbol.asyncDispose]: () => again.end("SIGKILL") };
  await expect.poll(() => desk.banner.textContent(), { timeout: 20_000 }).toContain("Connected");
  await expect.poll(() => desk.word.textContent(), { timeout: 20_000 }).toMatch(/Ready|Needs set-up/);

  await page.getByRole("tab", { name: /^Log/ }).click();
  const log = page.getByRole("tabpanel", { name: /^Log/ });
  await expect.poll(() => log.textContent()).toMatch(/Connected again after \d+ s/);
  await expect
    .poll(() => log.textContent())
    .toMatch(/killed\.zarr was left open by a crash and has been recovered: \d+ frames are saved/);
  await expect
    .poll(async () => (await openStore(bridge.dataDir, "killed.zarr")).shape[0], { timeout: 20_000 })
    .toBeGreaterThanOrEqual(30);
  await desk.openDataset("killed.zarr");
  await desk.button("1:1").click();
  const store = await openStore(bridge.dataDir, "killed.zarr");
  await desk.expectPixels(await store.plane(0));
});
