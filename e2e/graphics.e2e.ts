// How the image is drawn: on WebGPU, without it, and when the graphics device is lost on the way.
import { readFile } from "node:fs/promises";

import { crashGpu } from "./harness/browser.ts";
import { FORCED, changes, onScreen, viewWorker } from "./harness/live.ts";
import { expect, test } from "./harness/test.ts";

test("WebGPU draws, and a drag of the contrast uploads no pixel @alone", async ({ live }) => {
  const desk = await live({ webgpu: true, path: FORCED });
  const { errors } = desk;
  await expect(desk.page.getByTestId("renderer")).toHaveText("WebGPU");
  await changes(desk);

  await desk.button("Stop").click();
  await expect(desk.word).toHaveText("Ready");
  // The camera has stopped; its last picture may still be on its way.
  const uploads = async (): Promise<number | undefined> => (await desk.counters())["uploads"];
  await expect
    .poll(async () => {
      const count = await uploads();
      await desk.page.waitForTimeout(500);
      return (await uploads()) === count;
    })
    .toBe(true);
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

test("without WebGPU a 2-D canvas draws, and the page says why and what would mend it", async ({ live }) => {
  const desk = await live({ webgpu: false });
  const { errors } = desk;
  await expect(desk.page.getByTestId("renderer")).toHaveText("2-D canvas");
  await changes(desk);
  const reason = await desk.page.getByTestId("renderer-reason").textContent();
  expect(reason).toMatch(/offers no graphics adapter/);
  expect(reason).toMatch(/hardware acceleration/);
  expect(errors).toEqual([]);
});

test("a graphics adapter of software is left for the faster 2-D canvas, unless WebGPU is chosen; the choice is kept @alone", async ({
  live,
}) => {
  const desk = await live({ webgpu: true });
  const { errors } = desk;
  const renderer = desk.page.getByTestId("renderer");
  await expect(renderer).toHaveText("2-D canvas");
  const reason = desk.page.getByTestId("renderer-reason");
  await expect(reason).toHaveText(/software one \(.*swiftshader.*\), slower than the 2-D canvas.*Draw with/is);
  await changes(desk);

  await desk.choose("Draw with", "WebGPU");
  await expect(renderer).toHaveText("WebGPU", { timeout: 15_000 });
  await expect(reason).toHaveCount(0);
  await changes(desk);
  await desk.page.reload();
  await desk.ready();
  await expect(renderer).toHaveText("WebGPU", { timeout: 15_000 });

  await desk.choose("Draw with", "2-D canvas");
  await expect(renderer).toHaveText("2-D canvas");
  await expect(reason).toHaveCount(0);
  await changes(desk);
  expect(errors).toEqual([]);
});

test("a lost graphics device costs no picture: the processor draws until it is back @alone", async ({ live }) => {
  const desk = await live({ webgpu: true, path: FORCED });
  await expect(desk.page.getByTestId("renderer")).toHaveText("WebGPU");

  await crashGpu(desk.page);
  await expect(desk.page.getByTestId("renderer-reason")).toHaveText(/device was lost/);
  await expect(desk.page.getByTestId("renderer")).toHaveText("WebGPU", { timeout: 20_000 });
  await changes(desk);
  await onScreen(desk);
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

for (const [trouble, says] of [
  ["out of memory", /has run out of memory\.\s+Close other tabs.*asked for again by itself/s],
  ["a refusal", /refused to draw: .*Update the browser.*asked for again by itself/s],
] as const) {
  test(`a graphics device in trouble (${trouble}) gives way to the 2-D canvas, which says why and what to do @alone`, async ({
    live,
  }) => {
    const desk = await live({ webgpu: true, path: FORCED });
    const { page } = desk;
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
    await changes(desk);
    await onScreen(desk);
  });
}

test("a live picture that stops does not look live: it fades, its age grows and the page says so", async ({ live }) => {
  const desk = await live({ webgpu: false });
  await changes(desk);
  const still = desk.page.getByTestId("stands-still");
  await expect(still).toHaveCount(0);

  // Whatever stops it: here its worker is busy, and the camera goes on.
  const worker = viewWorker(desk.page);
  const busy = worker.evaluate(() => {
    const until = performance.now() + 12_000;
    while (performance.now() < until);
  });
  // Nor does what is asked of it wait for ever.
  await desk.button("PNG").click();
  await still.waitFor();
  const seconds = async () => Number(/still: ([\d.]+) s/.exec((await still.textContent()) ?? "")?.[1]);
  const first = await seconds();
  expect(await desk.image.locator("canvas").evaluate((canvas) => getComputedStyle(canvas).filter)).toBe("grayscale(1)");
  await expect.poll(seconds).toBeGreaterThan(first);
  await expect(desk.page.locator("[data-tone]")).toHaveText(/[\d.]+ s old/);

  await busy;
  await still.waitFor({ state: "detached" });
  await changes(desk);
  await desk.page.getByRole("tab", { name: /^Log/ }).click();
  const says = "The image cannot be read back: who draws it has not answered for 10 s. Try again, or reload the page.";
  await desk.page.getByRole("tabpanel", { name: /^Log/ }).getByText(says).waitFor();
});
