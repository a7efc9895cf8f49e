// Looking back while it records: any stored frame, through the same reader as every other dataset.
import type { Page } from "playwright/test";

import { Bridge } from "./harness/bridge.ts";

import type { AppPage } from "./harness/app-page.ts";
import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

for (const storage of ["ZarrV3", "ZarrBlosc1ZstdByteShuffle"]) {
  test(`${storage}: while it records any stored frame can be seen, scrubbing loses none, and no request fails`, async ({
    bridge,
    runtime,
    openApp,
  }) => {
    await configure(runtime, {
      name: "scrub.zarr",
      storage,
      width: 640,
      height: 480,
      planes: 4,
      // Until stopped: however long the machine takes, it records.
      points: null,
      exposureMs: 40,
    });
    const app = await openApp(bridge.url);
    const { page, errors } = app;
    const failed: string[] = [];
    page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
    const time = app.slider("Time");

    // The first frame, as soon as the page may ask for it: no chunk is complete then.
    await app.button("Record").click();
    await expect(time).toHaveAttribute("aria-disabled", "false");
    await time.press("Home");
    await page.getByText("looking back").waitFor();
    await expect(app.banner).toContainText("RECORDING");
    await expect(page.getByTestId("histogram-source")).toHaveText("Frame 0, all pixels");
    await expect(app.word).toHaveText("Recording");
    await app.button("1:1").click();

    const seen = new Map<number, Awaited<ReturnType<AppPage["pixelAt"]>>[]>();
    for (let frameIndex = 0; frameIndex < 9; frameIndex++) {
      if (frameIndex > 0) {
        await app.recorded(frameIndex + 2);
        await time.press("ArrowRight");
      }
      await expect(page.getByTestId("histogram-source")).toHaveText(`Frame ${frameIndex}, all pixels`);
      seen.set(frameIndex, [await app.pixelAt(0.5, 0.5), await app.pixelAt(0.4, 0.6)]);
    }
    await expect(app.button("LIVE")).toHaveCount(0);
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
    await expect(page.getByText("looking back")).toHaveCount(0);
    await app.slider("z").press("Home");
    await app.slider("z").press("ArrowRight");
    await expect(page.getByRole("button", { name: "Hold this z" })).toHaveAttribute("aria-pressed", "true");
    for (let look = 0; look < 5; look++) {
      await expect(app.slider("z")).toHaveAttribute("aria-valuenow", "1");
      await page.waitForTimeout(150);
    }

    await app.button("Stop").click();
    expect(await app.summary(40_000)).toMatch(/^Saved \d+, lost 0: scrub\.zarr/);
    const store = await openStore(bridge.dataDir, "scrub.zarr");
    for (const [frameIndex, pixels] of seen) {
      const stored = await store.plane(Math.floor(frameIndex / 4), frameIndex % 4);
      for (const { x, y, value, kind } of pixels) {
        expect({ frameIndex, x, y, kind, value }).toEqual({ frameIndex, x, y, kind: "exact", value: stored(x, y) });
      }
    }
    expect([failed, errors]).toEqual([[], []]);
  });
}

interface ShownCaption {
  frameId: number | null;
  frameIndex: number | null;
  histogram: {
    origin: number;
    binWidth: number;
    counts: number[];
    minimum: number;
    maximum: number;
    saturated: number;
  };
}

/** What the page says of the picture that it shows. */
function caption(page: Page): Promise<ShownCaption | null> {
  return page.evaluate(() => {
    interface Shown {
      caption: Omit<ShownCaption, "histogram"> & {
        histogram: Omit<ShownCaption["histogram"], "counts"> & { counts: Uint32Array };
      };
    }
    interface Scope {
      zarrcam: { viewer: { current: { image: { shown: Shown | null } } } };
    }
    const shown = (globalThis as unknown as Scope).zarrcam.viewer.current.image.shown;
    if (!shown) return null;
    const { frameId, frameIndex, histogram } = shown.caption;
    const { origin, binWidth, minimum, maximum, saturated } = histogram;
    return {
      frameId,
      frameIndex,
      histogram: { origin, binWidth, minimum, maximum, saturated, counts: [...histogram.counts] },
    };
  });
}

function showFrame(page: Page, frameIndex: number): Promise<void> {
  return page.evaluate((frameIndex) => {
    interface Scope {
      zarrcam: { viewer: { showFrame(stream: number, frameIndex: number): void } };
    }
    (globalThis as unknown as Scope).zarrcam.viewer.showFrame(0, frameIndex);
  }, frameIndex);
}

/** In the page, so that the way there and back takes no part: goes to the first frame once there is one. */
function firstFrameShownAtMs(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const until = async (check: () => boolean): Promise<void> => {
      while (!check()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const slider = document.querySelector("[role='slider'][aria-label='Time']");
    const source = document.querySelector("[data-testid='histogram-source']");
    if (!slider || !source) throw new Error("there is no time axis");
    await until(() => slider.getAttribute("aria-disabled") === "false");
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true, cancelable: true }));
    await until(() => source.textContent === "Frame 0, all pixels");
    return Date.now();
  });
}

test("the tutorial is two actions, Examples > Chunked tutorial and Record; while it records any frame, histogram and pixel is as in the finished store", async ({
  bridge,
  runtime,
  openApp,
}) => {
  let storedAtMs = Infinity;
  runtime.on("published", ({ frames_published }) => {
    if (frames_published > 0) storedAtMs = Math.min(storedAtMs, Date.now());
  });
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const failed: string[] = [];
  page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
  // A read that a newer wish overtakes is given up by the page itself.
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") failed.push(`${why} ${request.url()}`);
  });
  await expect(app.word).toHaveText("Ready");
  await app.example("Chunked tutorial");
  await expect(app.run).toContainText("300 frames, 21 s, 622 MB");
  await expect(app.run).toContainText("to out.zarr");
  await expect(app.field("Exposure")).toHaveValue("70");
  await expect(app.field("Planes")).toHaveValue("10");
  await app.applied();
  const shown = firstFrameShownAtMs(page);
  await app.button("Record").click();
  const shownAtMs = await shown;
  await expect(app.word).toHaveText("Recording");
  await expect(app.banner).toContainText("RECORDING out.zarr");
  await expect(app.run).toHaveText(/\d+ \/ 300/);
  await expect(app.run).toHaveText(/t \d+ {2}c \d+ {2}z \d+/);
  // The run's own dataset is no problem of the run.
  expect(await page.getByText("Ready to record").isVisible()).toBe(true);
  await expect.poll(() => storedAtMs).toBeLessThan(Infinity);
  console.log(`The first frame was shown ${shownAtMs - storedAtMs} ms after it was stored; 1,000 is the goal`);

  const seen: ShownCaption[] = [];
  const pixels: { frameIndex: number; x: number; y: number; value: number }[] = [];
  const look = async () => {
    const one = await caption(page);
    if (one && one.frameIndex !== null && !seen.some(({ frameIndex }) => frameIndex === one.frameIndex)) seen.push(one);
  };
  // Newest frames, whose histograms the camera computer counted.
  await page.getByRole("button", { name: /^LIVE/ }).click();
  await expect.poll(() => caption(page).then((one) => one?.frameId ?? null)).not.toBeNull();
  const newest = async () => {
    await look();
    return seen.filter(({ frameId }) => frameId !== null).length;
  };
  await expect.poll(newest, { intervals: [250] }).toBeGreaterThan(2);

  // Any of the stored ones, to and fro, each as soon as it is there.
  await app.button("1:1").click();
  for (let step = 0; step < 12; step++) {
    const there = Math.max(1, (await app.progress().catch(() => null)) ?? 1);
    const frameIndex = step % 3 === 0 ? there - 1 : (step * 7919) % there;
    await showFrame(page, frameIndex);
    // Of the stored one: the live picture may be of the same frame, and until it can be read another stored one is shown.
    await expect
      .poll(() => caption(page).then((one) => ({ frameIndex: one?.frameIndex, frameId: one?.frameId })))
      .toEqual({ frameIndex, frameId: null });
    for (const [x, y] of [
      [0.5, 0.5],
      [0.42, 0.6],
    ] as const) {
      const pixel = await app.pixelAt(x, y);
      expect(pixel.kind).toBe("exact");
      pixels.push({ frameIndex, ...pixel });
    }
  }
  await app.button("Fit").click();
  for (const frameIndex of [0, 5, 11]) {
    await showFrame(page, frameIndex);
    await expect(page.getByTestId("histogram-source")).toHaveText(`Frame ${frameIndex}, all pixels`);
    await look();
  }

  expect(await app.summary(60_000)).toMatch(/^Saved 300, lost 0: out\.zarr/);
  await expect(app.field("Name")).toHaveValue("out_002.zarr");
  await expect(app.run).toContainText("to out_002.zarr");
  const store = await openStore(bridge.dataDir, "out.zarr");
  expect(store.shape).toEqual([10, 3, 10, 1080, 1920]);
  const plane = (frameIndex: number) =>
    store.plane(Math.floor(frameIndex / 30), Math.floor(frameIndex / 10) % 3, frameIndex % 10);
  for (const { frameIndex, x, y, value } of pixels)
    expect({ frameIndex, x, y, value }).toEqual({ frameIndex, x, y, value: (await plane(frameIndex))(x, y) });
  for (const { frameIndex, histogram } of seen)
    expect({ frameIndex, histogram }).toEqual({
      frameIndex,
      histogram: countAs(histogram, await plane(frameIndex ?? 0)),
    });
  expect(seen.length).toBeGreaterThanOrEqual(4);

  // Look at what was recorded, 1:1, where the pixels are the stored ones.
  await app.openDataset("out.zarr");
  await app.button("1:1").click();
  await app.slider("t").press("End");
  await app.slider("z").press("PageUp");
  await app.expectPixels(await store.plane(9, 0, 9));
  expect([failed, errors]).toEqual([[], []]);
});

/** All pixels of a stored frame of the tutorial, counted in the bins of another histogram. */
function countAs(
  { origin, binWidth, counts }: ShownCaption["histogram"],
  pixel: (x: number, y: number) => number,
): ShownCaption["histogram"] {
  const exact = {
    origin,
    binWidth,
    counts: counts.map(() => 0),
    minimum: Infinity,
    maximum: -Infinity,
    saturated: 0,
  };
  for (let y = 0; y < 1080; y++) {
    for (let x = 0; x < 1920; x++) {
      const value = pixel(x, y);
      const bin = Math.floor((value - origin) / binWidth);
      exact.counts[bin] = (exact.counts[bin] ?? 0) + 1;
      exact.minimum = Math.min(exact.minimum, value);
      exact.maximum = Math.max(exact.maximum, value);
      if (value >= 255) exact.saturated++;
    }
  }
  return exact;
}

test("the bridge is killed while it records: the page waits, comes back by itself, and the dataset is whole", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "killed.zarr", storage: "ZarrBlosc1Lz4ByteShuffle", exposureMs: 20 });
  await runtime.close();
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Record").click();
  await app.recorded(30);

  await bridge.end("SIGKILL");
  await expect(app.word).toHaveText("Not connected");
  const again = await Bridge.start({ dataDir: bridge.dataDir, port: bridge.port });
  await using _again = { [Symbol.asyncDispose]: () => again.end("SIGKILL") };
  await expect(app.banner).toContainText("Connected", { timeout: 20_000 });
  await expect(app.word).toHaveText(/Ready|Needs set-up/, { timeout: 20_000 });

  // Where the eyes are it says what happened, and gives the settings back.
  await expect(app.run).toHaveText(
    /Stopped: zarrcam ended while it recorded, killed\.zarr: \d+ saved.*zarrcam was restarted\./,
    { timeout: 20_000 },
  );
  await app.button("Use the previous settings").click();
  await expect(app.field("Exposure")).toHaveValue("20");
  await expect(app.field("Name")).toHaveValue("killed_002.zarr");
  // And goes on saying so when something else is saved.
  await app.applied();
  await app.button("TIFF").click();
  await app.run.getByText("Saved snapshot_001.tif, as captured").waitFor();
  await expect(app.run).toHaveText(/zarrcam was restarted/);

  await page.getByRole("tab", { name: /^Log/ }).click();
  const log = page.getByRole("tabpanel", { name: /^Log/ });
  await expect(log).toHaveText(/Connected again after \d+ s/);
  await expect(log).toHaveText(/killed\.zarr was left open by a crash and has been recovered: \d+ frames are saved/);
  await expect
    .poll(async () => (await openStore(bridge.dataDir, "killed.zarr")).shape[0], { timeout: 20_000 })
    .toBeGreaterThanOrEqual(30);
  await app.openDataset("killed.zarr");
  await app.button("1:1").click();
  const store = await openStore(bridge.dataDir, "killed.zarr");
  await app.expectPixels(await store.plane(0));
});
