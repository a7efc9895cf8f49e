// What is on the screen is known: a canvas that shows nothing, or not what was drawn, is found out and another takes over.
import { crashGpu } from "./harness/browser.ts";
import type { AppPage } from "./harness/app-page.ts";
import { FORCED, changes, middle, onScreen, viewWorker } from "./harness/live.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const renderer = (app: AppPage) => app.page.getByTestId("renderer");
const reason = (app: AppPage) => app.page.getByTestId("renderer-reason");

test("where the browser draws by WebGPU and does not bring it to the screen, the 2-D canvas draws and says why @alone", async ({
  live,
}) => {
  const app = await live({ webgpu: true, composedInSoftware: true, path: FORCED });
  const { errors } = app;
  await onScreen(app);
  await expect(renderer(app)).toHaveText("2-D canvas");
  await expect(reason(app)).toHaveText(/do not reach the screen.*without the graphics card.*Switch on/s);
  // It is found out before a canvas is given away: WebGPU was never said to draw.
  await app.page.getByRole("tab", { name: /^Log/ }).click();
  await expect(app.page.getByRole("tabpanel", { name: /^Log/ })).not.toHaveText(/WebGPU draws/);
  expect(errors).toEqual([]);
});

test("a canvas that nothing reaches, or that keeps an old picture, gives way to another; a black picture does not @alone", async ({
  live,
}) => {
  const app = await live({ webgpu: true, path: FORCED, camera: "simulated: empty" });
  const { page } = app;
  // Black it is, and stays WebGPU's through a look at it, another size and a page that was out of sight.
  await expect(renderer(app)).toHaveText("WebGPU");
  await page.setViewportSize({ width: 1200, height: 700 });
  await page.waitForTimeout(1000);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.waitForTimeout(1000);
  await expect(renderer(app)).toHaveText("WebGPU");

  for (const [fault, says] of [
    ["nothing", /does not reach the screen/],
    ["another", /not what was drawn/],
  ] as const) {
    await viewWorker(page).evaluate((fault) => {
      const { prototype } = GPUCanvasContext;
      const own = Object.getOwnPropertyDescriptor(prototype, "getCurrentTexture") as PropertyDescriptor;
      prototype.getCurrentTexture = function () {
        const device = this.getConfiguration()?.device;
        const real = (own.value as () => GPUTexture).call(this);
        if (!device) return real;
        const { width, height, format } = real;
        if (fault === "another") {
          const encoder = device.createCommandEncoder();
          const view = real.createView();
          const clearValue = [1, 1, 1, 1];
          encoder
            .beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store", clearValue }] })
            .end();
          device.queue.submit([encoder.finish()]);
        }
        return device.createTexture({ size: { width, height }, format, usage: 16 });
      };
      Object.assign(globalThis, { mend: () => Object.defineProperty(prototype, "getCurrentTexture", own) });
    }, fault);
    // It is looked at now and then, and where its size changes.
    await page.setViewportSize({ width: fault === "nothing" ? 1200 : 1280, height: 720 });
    await expect
      .poll(
        () =>
          reason(app)
            .textContent({ timeout: 1000 })
            .catch(() => null),
        { intervals: [50], timeout: 15_000 },
      )
      .toMatch(says);
    await expect(renderer(app)).toHaveText("2-D canvas");
    await viewWorker(page).evaluate("mend()");
    await expect(renderer(app)).toHaveText("WebGPU", { timeout: 30_000 });
  }
});

test("a second end of the graphics process: pictures go on, the page says that a reload helps, and it does @alone", async ({
  live,
}) => {
  const app = await live({ webgpu: true, path: FORCED });
  await expect(renderer(app)).toHaveText("WebGPU");
  await crashGpu(app.page);
  await expect(renderer(app)).toHaveText("2-D canvas");
  await expect(renderer(app)).toHaveText("WebGPU", { timeout: 20_000 });
  await changes(app);
  await crashGpu(app.page);
  await expect
    .poll(
      () =>
        reason(app)
          .textContent({ timeout: 1000 })
          .catch(() => null),
      { timeout: 15_000 },
    )
    .toMatch(/device was lost.*asked for again by itself, and a reload of the page may bring it at once/s);
  await changes(app);
  await onScreen(app);
  await app.page.reload();
  await app.ready();
  await expect(renderer(app)).toHaveText("WebGPU", { timeout: 15_000 });
  await onScreen(app);
});

test("an adapter that comes late is taken; a device that is destroyed, or lost while it comes, is asked for again @alone", async ({
  live,
}) => {
  // Which the real browser does only now and then: none, then one whose device dies, then a silence, then real ones.
  const inWorker = `{
    const own = GPU.prototype.requestAdapter;
    const answers = [
      async () => null,
      async function (...given) {
        const adapter = await own.apply(this, given);
        const make = adapter.requestDevice;
        adapter.requestDevice = async function (...wanted) {
          const device = await make.apply(this, wanted);
          device.destroy();
          return device;
        };
        return adapter;
      },
    ];
    GPU.prototype.requestAdapter = function (...given) { return (answers.shift() ?? own).apply(this, given); };
  }`;
  const app = await live({ webgpu: true, path: FORCED, inWorker });
  await expect(renderer(app)).toHaveText("WebGPU", { timeout: 20_000 });
  await changes(app);
  await onScreen(app);
});

test("a browser that never answers about its adapter: the 2-D canvas draws soon, and whatever comes is taken @alone", async ({
  live,
}) => {
  const inWorker = `{
    const own = GPU.prototype.requestAdapter;
    let answer;
    self.comeNow = () => answer();
    GPU.prototype.requestAdapter = function (...given) {
      GPU.prototype.requestAdapter = () => new Promise(() => undefined);
      return new Promise((resolve) => (answer = () => resolve(own.apply(this, given))));
    };
  }`;
  const app = await live({ webgpu: true, path: FORCED, inWorker });
  await onScreen(app);
  await expect(renderer(app)).toHaveText("2-D canvas");
  await expect(reason(app)).toHaveText(/has not answered for \d+ s about its graphics device/);
  await viewWorker(app.page).evaluate("comeNow()");
  await expect(renderer(app)).toHaveText("WebGPU", { timeout: 15_000 });
  await onScreen(app);
});

test("a stored picture on the 2-D canvas is there again after the graphics process ended, and on a page that was left @alone", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "still.zarr", camera: "simulated: radial sin", points: 2 });
  await runtime.start();
  await runtime.stop();
  const app = await openApp(bridge.url, { backForwardCache: true });
  const { page } = app;
  await app.openDataset("still.zarr");
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  await page.waitForTimeout(300);
  const before = await middle(app);

  await crashGpu(page);
  await page.waitForTimeout(1000);
  await expect.poll(() => middle(app), { timeout: 15_000 }).toBe(before);

  await page.evaluate("globalThis.left = true");
  await page.goto(`${bridge.url}/nowhere`);
  await page.goBack({ waitUntil: "commit" });
  await expect.poll(() => page.evaluate("globalThis.left")).toBe(true);
  await expect.poll(() => middle(app), { timeout: 15_000 }).toBe(before);
  await app.banner.getByText("Connected", { exact: true }).waitFor();
  await app.button("Live").click();
  await onScreen(app);
});
