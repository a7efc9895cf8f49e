// Several channels of a dataset on one canvas, added up: the very colours that its pixels ask for.
import type { Page } from "playwright/test";

import type { Bridge } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

const [WIDTH, HEIGHT] = [160, 120];
const LABELS = ["DAPI", "GFP", "RFP"];

/** Records two time points of three named channels. */
async function threeChannels(bridge: Bridge): Promise<void> {
  await using runtime = await script(bridge);
  const configuration = structuredClone(
    await configure(runtime, { name: "stained.zarr", width: WIDTH, height: HEIGHT, planes: 3, points: 2 }),
  );
  const channel = configuration.video[0]?.storage.settings.acquisition_dimensions[2];
  if (!channel) throw new Error("there is no third dimension");
  Object.assign(channel, { name: "c", kind: "Channel", labels: LABELS });
  await runtime.setConfiguration(configuration);
  await runtime.start();
  await runtime.stop();
}

type Point = readonly [x: number, y: number];

/** What the canvas shows at 1:1 at some px of the frame, r g b. */
async function colours(page: Page, points: readonly Point[]): Promise<number[][]> {
  return page.evaluate(async (points) => {
    interface Scope {
      zarrcam: { viewer: { capture(): Promise<{ width: number; data: Uint8ClampedArray } | null> } };
    }
    const image = await (globalThis as unknown as Scope).zarrcam.viewer.capture();
    if (!image) return [];
    const { data, width } = image;
    let first = 0;
    while (first * 4 < data.length && data[first * 4 + 3] === 0) first++;
    return points.map(([x, y]) => [...data.slice((first + y * width + x) * 4, (first + y * width + x) * 4 + 3)]);
  }, points);
}

for (const kind of ["webgpu", "canvas2d"] as const) {
  test(`${kind}${kind === "webgpu" ? " @alone" : ""}: channels are overlaid in their colours, each with its contrast, by keyboard, and the address keeps it`, async ({
    bridge,
    openApp,
  }) => {
    await threeChannels(bridge);
    const app = await openApp(`${bridge.url}/#renderer=${kind}`, { webgpu: kind === "webgpu" });
    const { page, errors } = app;
    await app.openDataset("stained.zarr");
    await expect(page.getByTestId("renderer")).toHaveText(kind === "webgpu" ? "WebGPU" : "2-D canvas");
    await app.button("1:1").click();
    for (const label of LABELS) {
      await app.button(label).click();
      // The fields are those of the channel that is shown.
      await expect(page.getByTestId("histogram-source")).toContainText(`t 1, ${label}`);
      await app.type("Min", "0");
      await app.type("Max", label === "RFP" ? "510" : "255");
    }

    await app.button("Overlay").focus();
    await page.keyboard.press("Enter");
    await expect(app.button("Overlay")).toHaveAttribute("aria-pressed", "true");
    const store = await openStore(bridge.dataDir, "stained.zarr");
    const planes = await Promise.all([0, 1, 2].map((channel) => store.plane(0, channel)));
    /** Blue, green and red, as the names of the channels ask for; the third at half its brightness. */
    const expected = (on: boolean[]) => (x: number, y: number) => {
      const [a = 0, b = 0, c = 0] = planes.map((plane, at) => (on[at] ? plane(x, y) : 0));
      const half = Math.floor(c / 2 + 0.5);
      return [half, b, a];
    };
    const points = Array.from({ length: 200 }, (_, at): Point => [(at * 37) % WIDTH, (at * 53) % HEIGHT]);
    const sameAs = async (on: boolean[]) => {
      const wanted = points.map(([x, y]) => expected(on)(x, y));
      await expect
        .poll(async () => {
          const found = await colours(page, points);
          if (found.length === 0) return null;
          // Half of an odd value may fall to either side.
          return found.filter((rgb, at) => rgb.some((value, part) => Math.abs(value - (wanted[at]?.[part] ?? 0)) > 1));
        })
        .toEqual([]);
    };
    await sameAs([true, true, true]);

    const gfp = page.getByRole("checkbox", { name: "Show GFP" });
    await gfp.focus();
    await page.keyboard.press("Space");
    expect(await gfp.isChecked()).toBe(false);
    await sameAs([true, false, true]);

    await expect.poll(() => page.url()).toMatch(/overlay=0%2C2/);
    await page.reload();
    await app.ready();
    await expect
      .poll(() =>
        page
          .getByRole("checkbox", { name: "Show GFP" })
          .isChecked()
          .catch(() => null),
      )
      .toBe(false);
    await sameAs([true, false, true]);

    // One colour of one's own, and back to one channel in its own map.
    await page.getByLabel("Colour of DAPI", { exact: true }).last().fill("#ffff00");
    await page.getByRole("checkbox", { name: "Show RFP" }).press("Space");
    const own = points.map(([x, y]) => [planes[0]?.(x, y) ?? 0, planes[0]?.(x, y) ?? 0, 0]);
    await expect.poll(() => colours(page, points)).toEqual(own);
    await app.button("Overlay").click();
    await app.button("RFP").click();
    const value = planes[2]?.(3, 5) ?? 0;
    await expect
      .poll(async () => Math.abs(((await colours(page, [[3, 5]]))[0]?.[0] ?? Infinity) - value / 2))
      .toBeLessThanOrEqual(1);
    expect(errors).toEqual([]);
  });
}
