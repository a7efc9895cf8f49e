// A camera that lives in the page, seen live: a worker that owns it, the worker that draws, and a port between them.
import { SimulatedCamera } from "../web/src/cameras/simulated-camera.ts";
import { hasCore, loadCore } from "../web/src/recorder/core.fixture.ts";
import { AppPage } from "./harness/app-page.ts";
import { expect, test } from "./harness/test.ts";

/** What the page gives to scripts. */
interface PageScope {
  zarrcam: { viewer: { takePicturesFrom(place: null): void } };
}

const CAMERA = "simulated: uniform random";
const [WIDTH, HEIGHT] = [320, 240];

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

/** The very frame, as the core makes it here. */
async function frameOf(id: number): Promise<Uint8Array> {
  const core = await loadCore();
  const camera = new SimulatedCamera(core, CAMERA, { shape: [WIDTH, HEIGHT], exposure_time_us: 0 }, 0);
  const pixels = core.allocate(camera.frameBytes);
  camera.start();
  for (let passed = -1; passed < id;) if (camera.poll().kind === "exposed") passed += 1;
  camera.read(pixels);
  return core.view(pixels).slice();
}

test("a camera of this browser is seen live, with its very values; its last picture stays, and one that stands still says so", async ({
  bridge,
  openPage,
}) => {
  const { page, errors } = await openPage(bridge.url);
  await page.getByRole("combobox", { name: "Cameras of", exact: true }).selectOption("This browser");
  const app = await new AppPage(page, errors).ready();
  await app.choose("Camera", CAMERA);
  await app.type("Width", `${WIDTH}`);
  await app.type("Height", `${HEIGHT}`);
  await app.applied();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  for (let changes = 0; changes < 3; changes++) {
    const picture = await app.pictureSum();
    await expect.poll(() => app.pictureSum()).not.toBe(picture);
  }
  await app.button("Stop").click();
  await expect(app.word).toHaveText("Ready");

  const source = page.getByTestId("histogram-source");
  await expect(source).toHaveText(/Hardware id \d+, all pixels/);
  // The last picture may come after the word that the camera has stopped.
  let id = -1;
  let pixels: Uint8Array = new Uint8Array();
  await expect(async () => {
    id = Number((await source.textContent())?.match(/\d+/)?.[0]);
    pixels = await frameOf(id);
    const ends = `${Math.min(...pixels)} to ${Math.max(...pixels)}`;
    const saturated = pixels.filter((value) => value === 255).length;
    await expect(page.getByTestId("histogram-ends")).toHaveText(ends, { timeout: 1000 });
    await expect(page.getByTestId("saturated")).toHaveText(`${saturated} saturated`, { timeout: 1000 });
    await expect(source).toHaveText(`Hardware id ${id}, all pixels`, { timeout: 1000 });
  }).toPass({ timeout: 15_000 });
  expect(id).toBeGreaterThan(2);
  for (const [partX, partY] of [
    [0.25, 0.1],
    [0.5, 0.5],
    [0.7, 0.9],
  ] as const) {
    const { x, y, value, kind } = await app.pixelAt(partX, partY);
    expect({ x, y, value, kind }).toEqual({ x, y, value: pixels[y * WIDTH + x], kind: "exact" });
  }

  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await expect(source).not.toHaveText(`Hardware id ${id}, all pixels`);
  await expect(page.getByTestId("stands-still")).toHaveCount(0);
  // The camera goes on, and its pictures come no more.
  await page.evaluate(() => (globalThis as unknown as PageScope).zarrcam.viewer.takePicturesFrom(null));
  await expect(page.getByTestId("stands-still")).toHaveText(/picture stands still/);
  expect(errors).toEqual([]);
});
