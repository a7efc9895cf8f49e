// How the image is drawn: on WebGPU, without it, and when the graphics device is lost on the way.
import { readFile } from "node:fs/promises";

import { crashGpu } from "./harness/browser.ts";
import { FORCED, changes, onScreen, viewWorker } from "./harness/live.ts";
import { expect, test } from "./harness/test.ts";

test("WebGPU draws, and a drag of the contrast uploads no pixel @alone", async ({ live }) => {
  const app = await live({ webgpu: true, path: FORCED });
  const { errors } = app;
  await expect(app.page.getByTestId("renderer")).toHaveText("WebGPU");
  await changes(app);

  await app.button("Stop").click();
  await expect(app.word).toHaveText("Ready");
  // The camera has stopped; its last picture may still be on its way.
  const uploads = async (): Promise<number | undefined> => (await app.counters())["uploads"];
  await expect
    .poll(async () => {
      const count = await uploads();
      await app.page.waitForTimeout(500);
      return (await uploads()) === count;
    })
    .toBe(true);
  const before = await app.counters();
  const picture = await app.pictureSum();
  const box = await app.slider("White at").boundingBox();
  if (!box) throw new Error("the histogram has no end to drag");
  await app.page.mouse.move(box.x + box.width / 2, box.y + 20);
  await app.page.mouse.down();
  await app.page.mouse.move(box.x - 80, box.y + 20, { steps: 25 });
  await app.page.mouse.up();
  await app.slider("Black at").press("ArrowRight");
  await app.slider("Gamma").press("PageUp");
  await app.page.getByRole("combobox", { name: "Colour map" }).selectOption("viridis");
  await expect.poll(() => app.pictureSum()).not.toBe(picture);
  const after = await app.counters();
  expect(after["uploads"]).toBe(before["uploads"]);
  expect(after["draws"]).toBeGreaterThan(before["draws"] ?? 0);

  const [download] = await Promise.all([app.page.waitForEvent("download"), app.button("PNG").click()]);
  expect(download.suggestedFilename()).toMatch(/^Camera 1 id \d+\.png$/);
  const png = await readFile(await download.path());
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(errors).toEqual([]);
});

test("without WebGPU a 2-D canvas draws, and the page says why and what would mend it", async ({ live }) => {
  const app = await live({ webgpu: false });
  const { errors } = app;
  await expect(app.page.getByTestId("renderer")).toHaveText("2-D canvas");
  await changes(app);
  const reason = await app.page.getByTestId("renderer-reason").textContent();
  expect(reason).toMatch(/offers no graphics adapter/);
  expect(reason).toMatch(/hardware acceleration/);
  expect(errors).toEqual([]);
});

test("a graphics adapter of software is left for the faster 2-D canvas, unless WebGPU is chosen; the choice is kept @alone", async ({
  live,
}) => {
  const app = await live({ webgpu: true });
  const { errors } = app;
  const renderer = app.page.getByTestId("renderer");
  await expect(renderer).toHaveText("2-D canvas");
  const reason = app.page.getByTestId("renderer-reason");
  await expect(reason).toHaveText(/software one \(.*swiftshader.*\), slower than the 2-D canvas.*Renderer/is);
  await changes(app);

  await app.choose("Renderer", "WebGPU");
  await expect(renderer).toHaveText("WebGPU", { timeout: 15_000 });
  await expect(reason).toHaveCount(0);
  await changes(app);
  await app.page.reload();
  await app.ready();
  await expect(renderer).toHaveText("WebGPU", { timeout: 15_000 });

  await app.choose("Renderer", "2-D canvas");
  await expect(renderer).toHaveText("2-D canvas");
  await expect(reason).toHaveCount(0);
  await changes(app);
  expect(errors).toEqual([]);
});

test("a lost graphics device costs no picture: the processor draws until it is back @alone", async ({ live }) => {
  const app = await live({ webgpu: true, path: FORCED });
  await expect(app.page.getByTestId("renderer")).toHaveText("WebGPU");

  await crashGpu(app.page);
  await expect(app.page.getByTestId("renderer-reason")).toHaveText(/device was lost/);
  await expect(app.page.getByTestId("renderer")).toHaveText("WebGPU", { timeout: 20_000 });
  await changes(app);
  await onScreen(app);
  await app.page.getByRole("tab", { name: "Log" }).click();
  await app.page
    .getByText(/graphics device was lost/)
    .first()
    .waitFor();
  await app.page
    .getByText(/graphics device is back/)
    .first()
    .waitFor();
});

for (const [trouble, says] of [
  ["out of memory", /has run out of memory\.\s+Close other tabs.*asked for again by itself/s],
  ["a refusal", /refused to draw: .*Update the browser.*asked for again by itself/s],
] as const) {
  test(`a graphics device in trouble (${trouble}) gives way to the 2-D canvas, which says why and what to do @alone`, async ({
    live,
  }) => {
    const app = await live({ webgpu: true, path: FORCED });
    const { page } = app;
    await expect(page.getByTestId("renderer")).toHaveText("WebGPU");
    const worker = viewWorker(page);
    // As it draws the next picture. Memory that is really full would be the whole machine's.
    await worker.evaluate((trouble) => {
      const { prototype } = GPUDevice;
      const make = Object.getOwnPropertyDescriptor(prototype, "createCommandEncoder") as PropertyDescriptor;
      prototype.createCommandEncoder = function () {
        Object.defineProperty(prototype, "createCommandEncoder", make);
        if (trouble === "a refusal") this.createTexture({ size: { width: 1 << 20 }, format: "r8uint", usage: 4 });
        else {
          const error = new GPUOutOfMemoryError("Out of memory");
          this.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error, cancelable: true }));
        }
        return this.createCommandEncoder();
      };
    }, trouble);
    const reason = page.getByTestId("renderer-reason");
    await expect.poll(() => reason.textContent().catch(() => null), { intervals: [50] }).toMatch(says);
    await expect(page.getByTestId("renderer")).toHaveText("WebGPU", { timeout: 20_000 });
    await changes(app);
    await onScreen(app);
  });
}

test("a live picture that stops does not look live: it fades, its age grows and the page says so", async ({ live }) => {
  const app = await live({ webgpu: false });
  await changes(app);
  const still = app.page.getByTestId("stands-still");
  await expect(still).toHaveCount(0);

  // Whatever stops it: here its worker is busy, and the camera goes on.
  const worker = viewWorker(app.page);
  const busy = worker.evaluate(() => {
    const until = performance.now() + 12_000;
    while (performance.now() < until);
  });
  // Nor does what is asked of it wait for ever.
  await app.button("PNG").click();
  await still.waitFor();
  const seconds = async () => Number(/still: ([\d.]+) s/.exec((await still.textContent()) ?? "")?.[1]);
  const first = await seconds();
  expect(await app.image.locator("canvas").evaluate((canvas) => getComputedStyle(canvas).filter)).toBe("grayscale(1)");
  await expect.poll(seconds).toBeGreaterThan(first);
  await expect(app.page.locator("[data-tone]")).toHaveText(/[\d.]+ s old/);

  await busy;
  await still.waitFor({ state: "detached" });
  await changes(app);
  await app.page.getByRole("tab", { name: /^Log/ }).click();
  const says = "The image cannot be read back: who draws it has not answered for 10 s. Try again, or reload the page.";
  await app.page.getByRole("tabpanel", { name: /^Log/ }).getByText(says).waitFor();
});
