import type { Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { loadAxe, violations } from "./harness/axe.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

/** Text that is painted smaller than 12 px. */
async function smallText(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const small: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (!element || text === "" || !element.checkVisibility() || element.closest("script, style")) continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (size < 12) small.push(`${size} px: ${text.slice(0, 40)}`);
    }
    return small;
  });
}

/** Whether the page itself has been, or could be, scrolled: the run bar is its last line, and always in sight. */
async function scrolls(page: Page): Promise<boolean> {
  const bar = await page.getByRole("contentinfo", { name: "Run" }).boundingBox();
  const size = page.viewportSize();
  if (!bar || !size) return true;
  return bar.y + bar.height > size.height || bar.x + bar.width > size.width || bar.x < 0;
}

for (const theme of ["dark", "light"] as const) {
  test(`axe finds nothing on any view, no text is under 12 px, nothing scrolls: ${theme}`, async ({
    bridge,
    runtime,
    openApp,
  }) => {
    await configure(runtime, { name: "seen.zarr", planes: 3, points: 4 });
    await runtime.start();
    await runtime.stop();

    const app = await openApp(bridge.url);
    const { page } = app;
    if (theme === "light") await page.getByRole("button", { name: /^Light/ }).click();
    await loadAxe(page);

    const found: Record<string, unknown> = {};
    const look = async (view: string) => {
      const result = [...(await violations(page, theme === "light")), ...(await smallText(page))];
      if (await scrolls(page)) result.push("the page scrolls");
      if (result.length > 0) found[view] = result;
    };

    await look("ready");
    await page.getByText("Advanced: triggers, averaging, timing").click();
    await page.getByText(/^Advanced: zoom levels/).click();
    await look("advanced settings");
    for (const tab of ["Dimensions", "Frames", "Rates", "Log"]) {
      await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
      await look(tab);
    }
    await page.getByRole("button", { name: /^Examples/ }).click();
    await look("examples");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await look("shortcuts");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Checked before the start/ }).click();
    await page.getByRole("region", { name: "Checked before the start, in words" }).waitFor();
    await look("checks in words");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Store on/ }).click();
    if (hasCore) await page.getByRole("radio", { name: "Both", exact: true }).check();
    await look("where it is stored");
    await page.getByRole("radio", { name: "Camera computer", exact: true }).check();
    await page.keyboard.press("Escape");
    // A script's names do not count on after its run, so that the page finds this one taken.
    await page.getByText("1 problem", { exact: true }).waitFor();
    await look("a name that is taken");
    await app.type("Exposure", "2000");
    await page.getByText("2 problems", { exact: true }).waitFor();
    await look("two problems");
    await app.button("Use seen_002.zarr").click();
    await page.getByText("1 problem", { exact: true }).waitFor();
    await look("a problem");
    await app.type("Exposure", "20");
    await app.applied();
    await app.button("Live").click();
    await expect(app.word).toHaveText("Live, not saved");
    await look("live");
    await app.button("Measure").click();
    await look("measure");
    await app.button("ROI").click();
    await look("region of interest");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /until stopped/ }).click();
    await app.applied();
    await app.button("Record").click();
    await app.recorded(10);
    await look("recording");
    await app.button("Stop").click();
    await app.summary();
    await app.openDataset("seen.zarr");
    await look("dataset");
    expect(found).toEqual({});
  });
}

test("1280 x 720 shows image, settings and run controls; while a run goes on nothing moves by itself", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "still.zarr", planes: 3, points: null, exposureMs: 10 });
  const app = await openApp(bridge.url, { width: 1280, height: 720 });
  const { page } = app;

  const inSight = async () => {
    const places = [app.image, app.field("Exposure"), app.field("Planes"), app.button("Record"), app.button("Stop")];
    for (const place of places) {
      const box = await place.boundingBox();
      expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 720).toBe(true);
    }
    expect(await scrolls(page)).toBe(false);
  };
  await inSight();
  // What Record would do is there to the last word: frames, time, bytes, place.
  const plan = app.run.locator(".plan");
  await expect(plan).toHaveText(/Until stopped, .* a minute to still\.zarr/);
  const cut = (element: Element) => element.scrollWidth > element.clientWidth;
  for (const part of [plan, plan.locator("strong")]) expect(await part.evaluate(cut)).toBe(false);
  const image = await app.image.boundingBox();
  expect(image?.width).toBeGreaterThanOrEqual(700);

  await watchShifts(page);
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await page.waitForTimeout(1500);
  await app.button("Record").click();
  await app.recorded(400);
  await inSight();
  expect(await app.image.boundingBox()).toEqual(image);
  await app.button("Stop").click();
  await app.summary();
  expect(await shifts(page)).toEqual([]);
});

/** From now on: what moves without a hand on the page, by the browser's own count. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const scope = globalThis as unknown as { shifts: string[] };
    scope.shifts = [];
    type Shift = {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    };
    const words = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return `<${element?.tagName.toLowerCase() ?? "?"} class="${element?.className ?? ""}"> "${node?.textContent?.trim().slice(0, 40) ?? ""}"`;
    };
    const at = ({ x, y, width, height }: DOMRect) => `${x},${y} ${width}x${height}`;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as unknown as Shift[])
        if (!hadRecentInput)
          for (const { node, previousRect, currentRect } of sources)
            scope.shifts.push(`${value.toFixed(5)} ${words(node)}: ${at(previousRect)} -> ${at(currentRect)}`);
    }).observe({ type: "layout-shift" });
  });
}

function shifts(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts);
}
