// How the image is drawn: on WebGPU, without it, and when the graphics device is lost on the way.
import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { Bridge } from "./harness/bridge.ts";
import { launch, open } from "./harness/browser.ts";
import { Desk } from "./harness/desk.ts";
import { configure, script } from "./harness/setup.ts";

interface Setup {
  bridge: Bridge;
  desk: Desk;
  errors: string[];
  crashGpu(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A page at Live, on a bridge of its own with a small quick camera. */
async function live({ webgpu, path = "" }: { webgpu: boolean; path?: string }): Promise<Setup> {
  const bridge = await Bridge.start();
  const runtime = await script(bridge);
  await configure(runtime, {
    name: "graphics.zarr",
    camera: "simulated: radial sin",
    pixelType: "U16",
    exposureMs: 30,
  });
  await runtime.close();
  const browser = await launch({ webgpu });
  const { page, errors } = await open(browser, bridge.url + path);
  const desk = await new Desk(page).ready();
  await desk.button("Live").click();
  await expect.poll(() => desk.word.textContent()).toBe("Live, not saved");
  await expect.poll(() => desk.pictureSum(), { timeout: 15_000 }).not.toBeNull();
  return {
    bridge,
    desk,
    errors,
    crashGpu: async () => {
      const session = await browser.newBrowserCDPSession();
      await session.send("Browser.crashGpuProcess");
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await bridge[Symbol.asyncDispose]();
    },
  };
}

async function changes(desk: Desk): Promise<void> {
  const first = await desk.pictureSum();
  await expect.poll(() => desk.pictureSum(), { timeout: 15_000 }).not.toBe(first);
}

test("WebGPU draws, and a drag of the contrast uploads no pixel", async () => {
  await using setup = await live({ webgpu: true });
  const { desk, errors } = setup;
  await expect.poll(() => desk.page.getByTestId("renderer").textContent()).toBe("WebGPU");
  await changes(desk);

  await desk.button("Stop").click();
  await expect.poll(() => desk.word.textContent()).toBe("Ready");
  const before = await desk.counters();
  const picture = await desk.pictureSum();
  const box = await desk.slider("White at").boundingBox();
  if (!box) throw new Error("the histogram has no end to drag");
  await desk.page.mouse.move(box.x + box.width / 2, box.y + 20);
  await desk.page.mouse.down();
  await desk.page.mouse.move(box.x - 80, box.y + 20, { steps: 25 });
  await desk.page.mouse.up();
  await desk.slider("Black at").press("ArrowRight");
  await desk.slider("Gamma").press("PageUp");
  await desk.page.getByRole("combobox", { name: "Colours" }).selectOption("viridis");
  await expect.poll(() => desk.pictureSum()).not.toBe(picture);
  const after = await desk.counters();
  expect(after["uploads"]).toBe(before["uploads"]);
  expect(after["draws"]).toBeGreaterThan(before["draws"] ?? 0);

  const [download] = await Promise.all([desk.page.waitForEvent("download"), desk.button("PNG").click()]);
  expect(download.suggestedFilename()).toMatch(/^Camera 1 frame \d+\.png$/);
  const png = await readFile(await download.path());
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(errors).toEqual([]);
});

test("without WebGPU a 2-D canvas draws, and the page says why and what would mend it", async () => {
  await using setup = await live({ webgpu: false });
  const { desk, errors } = setup;
  await expect.poll(() => desk.page.getByTestId("renderer").textContent()).toBe("2-D canvas");
  await changes(desk);
  const reason = await desk.page.getByTestId("renderer-reason").textContent();
  expect(reason).toMatch(/offers no graphics adapter/);
  expect(reason).toMatch(/hardware acceleration/);
  expect(errors).toEqual([]);
});

// A known fault, its cause not found: with the software adapter the picture now and then stands still after WebGPU is back.
// Until it is mended this journey gets more tries than the others.
test("a lost graphics device costs no picture: the processor draws until it is back", { retry: 3 }, async () => {
  await using setup = await live({ webgpu: true });
  const { desk } = setup;
  await expect.poll(() => desk.page.getByTestId("renderer").textContent()).toBe("WebGPU");

  await setup.crashGpu();
  await expect
    .poll(() => desk.page.getByTestId("renderer-reason").textContent(), { interval: 50 })
    .toMatch(/device was lost/);
  await expect.poll(() => desk.page.getByTestId("renderer").textContent(), { timeout: 20_000 }).toBe("WebGPU");
  await changes(desk);
  await desk.page.getByRole("tab", { name: "Log" }).click();
  await desk.page
    .getByText(/graphics device was lost/)
    .first()
    .waitFor();
  await desk.page
    .getByText(/graphics device is back/)
    .first()
    .waitFor();
});
