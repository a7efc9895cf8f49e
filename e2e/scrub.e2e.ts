// Looking back while it records: any stored frame, through the same reader as every other dataset.
import type { Page } from "playwright/test";

import { Bridge } from "./harness/bridge.ts";

import type { Desk } from "./harness/desk.ts";
import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

for (const storage of ["ZarrV3", "ZarrBlosc1ZstdByteShuffle"]) {
  test(`${storage}: while it records any stored frame can be seen, scrubbing loses none, and no request fails`, async ({
    bridge,
    runtime,
    openDesk,
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
    const desk = await openDesk(bridge.url);
    const { page, errors } = desk;
    const failed: string[] = [];
    page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
    const time = desk.slider("Time");

    // The first frame, as soon as the page may ask for it: no chunk is complete then.
    await desk.button("Record").click();
    await expect(time).toHaveAttribute("aria-disabled", "false");
    await time.press("Home");
    await page.getByText("looking back").waitFor();
    await expect(desk.banner).toContainText("RECORDING");
    await expect(page.getByTestId("histogram-source")).toHaveText("Place 0, all pixels");
    await expect(desk.word).toHaveText("Recording");
    await desk.button("1:1").click();

    const seen = new Map<number, Awaited<ReturnType<Desk["pixelAt"]>>[]>();
    for (let place = 0; place < 9; place++) {
      if (place > 0) {
        await desk.recorded(place + 2);
        await time.press("ArrowRight");
      }
      await expect(page.getByTestId("histogram-source")).toHaveText(`Place ${place}, all pixels`);
      seen.set(place, [await desk.pixelAt(0.5, 0.5), await desk.pixelAt(0.4, 0.6)]);
    }
    await expect(desk.button("LIVE")).toHaveCount(0);
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
    await desk.slider("z").press("Home");
    await desk.slider("z").press("ArrowRight");
    await expect(page.getByRole("button", { name: "Pin z" })).toHaveAttribute("aria-pressed", "true");
    for (let look = 0; look < 5; look++) {
      await expect(desk.slider("z")).toHaveAttribute("aria-valuenow", "1");
      await page.waitForTimeout(150);
    }

    await desk.button("Stop").click();
    expect(await desk.summary(40_000)).toMatch(/^Saved \d+, lost 0: scrub\.zarr/);
    const store = await openStore(bridge.dataDir, "scrub.zarr");
    for (const [place, pixels] of seen) {
      const stored = await store.plane(Math.floor(place / 4), place % 4);
      for (const { x, y, value, kind } of pixels) {
        expect({ place, x, y, kind, value }).toEqual({ place, x, y, kind: "exact", value: stored(x, y) });
      }
    }
    expect([failed, errors]).toEqual([[], []]);
  });
}

interface ShownCaption {
  frameId: number | null;
  place: number | null;
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
      caption: Omit<ShownCaption, "histogram" | "place"> & {
        frameIndex: number | null;
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
      place: frameIndex,
      histogram: { origin, binWidth, minimum, maximum, saturated, counts: [...histogram.counts] },
    };
  });
}

function showPlace(page: Page, place: number): Promise<void> {
  return page.evaluate((place) => {
    interface Scope {
      zarrcam: { viewer: { showFrame(stream: number, frameIndex: number): void } };
    }
    (globalThis as unknown as Scope).zarrcam.viewer.showFrame(0, place);
  }, place);
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
    await until(() => source.textContent === "Place 0, all pixels");
    return Date.now();
  });
}

test("while the tutorial records: its first frame, every histogram and pixel as they are in the finished store", async ({
  bridge,
  runtime,
  openDesk,
}) => {
  let storedAtMs = Infinity;
  runtime.on("published", ({ frames_stored }) => {
    if (frames_stored > 0) storedAtMs = Math.min(storedAtMs, Date.now());
  });
  const desk = await openDesk(bridge.url);
  const { page, errors } = desk;
  const failed: string[] = [];
  page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
  // A read that a newer wish overtakes is given up by the page itself.
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") failed.push(`${why} ${request.url()}`);
  });
  await desk.example("Chunked tutorial");
  await desk.applied();
  const shown = firstFrameShownAtMs(page);
  await desk.button("Record").click();
  const shownAtMs = await shown;
  await expect.poll(() => storedAtMs).toBeLessThan(Infinity);
  console.log(`The first frame was shown ${shownAtMs - storedAtMs} ms after it was stored; 1,000 is the goal`);

  const seen: ShownCaption[] = [];
  const pixels: { place: number; x: number; y: number; value: number }[] = [];
  const look = async () => {
    const one = await caption(page);
    if (one && one.place !== null && !seen.some(({ place }) => place === one.place)) seen.push(one);
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
  await desk.button("1:1").click();
  for (let step = 0; step < 12; step++) {
    const there = Math.max(1, (await desk.progress().catch(() => null)) ?? 1);
    const place = step % 3 === 0 ? there - 1 : (step * 7919) % there;
    await showPlace(page, place);
    await expect.poll(() => caption(page).then((one) => one?.place)).toBe(place);
    for (const [x, y] of [
      [0.5, 0.5],
      [0.42, 0.6],
    ] as const) {
      const pixel = await desk.pixelAt(x, y);
      expect(pixel.kind).toBe("exact");
      pixels.push({ place, ...pixel });
    }
  }
  await desk.button("Fit").click();
  for (const place of [0, 5, 11]) {
    await showPlace(page, place);
    await expect(page.getByTestId("histogram-source")).toHaveText(`Place ${place}, all pixels`);
    await look();
  }

  expect(await desk.summary(60_000)).toMatch(/^Saved 300, lost 0: out\.zarr/);
  const store = await openStore(bridge.dataDir, "out.zarr");
  const plane = (place: number) => store.plane(Math.floor(place / 30), Math.floor(place / 10) % 3, place % 10);
  for (const { place, x, y, value } of pixels)
    expect({ place, x, y, value }).toEqual({ place, x, y, value: (await plane(place))(x, y) });
  for (const { place, histogram } of seen)
    expect({ place, histogram }).toEqual({ place, histogram: countAs(histogram, await plane(place ?? 0)) });
  expect(seen.length).toBeGreaterThanOrEqual(4);
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
  openDesk,
}) => {
  await configure(runtime, { name: "killed.zarr", storage: "ZarrBlosc1Lz4ByteShuffle", exposureMs: 20 });
  await runtime.close();
  const desk = await openDesk(bridge.url);
  const { page } = desk;
  await desk.button("Record").click();
  await desk.recorded(30);

  await bridge.end("SIGKILL");
  await expect(desk.word).toHaveText("Not connected");
  const again = await Bridge.start({ dataDir: bridge.dataDir, port: bridge.port });
  await using _again = { [Symbol.asyncDispose]: () => again.end("SIGKILL") };
  await expect(desk.banner).toContainText("Connected", { timeout: 20_000 });
  await expect(desk.word).toHaveText(/Ready|Needs set-up/, { timeout: 20_000 });

  // Where the eyes are it says what happened, and gives the settings back.
  await expect(desk.run).toHaveText(
    /Stopped: zarrcam ended while it recorded, killed\.zarr: \d+ saved.*The camera computer was started anew\./,
    { timeout: 20_000 },
  );
  await desk.button("Use those from before").click();
  await expect(desk.field("Exposure")).toHaveValue("20");
  await expect(desk.field("Name")).toHaveValue("killed_002.zarr");
  // And goes on saying so when something else is saved.
  await desk.applied();
  await desk.button("TIFF").click();
  await desk.run.getByText("Saved snapshot_001.tif, as captured").waitFor();
  await expect(desk.run).toHaveText(/The camera computer was started anew/);

  await page.getByRole("tab", { name: /^Log/ }).click();
  const log = page.getByRole("tabpanel", { name: /^Log/ });
  await expect(log).toHaveText(/Connected again after \d+ s/);
  await expect(log).toHaveText(/killed\.zarr was left open by a crash and has been recovered: \d+ frames are saved/);
  await expect
    .poll(async () => (await openStore(bridge.dataDir, "killed.zarr")).shape[0], { timeout: 20_000 })
    .toBeGreaterThanOrEqual(30);
  await desk.openDataset("killed.zarr");
  await desk.button("1:1").click();
  const store = await openStore(bridge.dataDir, "killed.zarr");
  await desk.expectPixels(await store.plane(0));
});
