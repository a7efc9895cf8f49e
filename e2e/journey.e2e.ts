import type { AppPage } from "./harness/app-page.ts";
import { filesOf, openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

test("by mouse: set up, Live, Record, Stop, open the dataset, step z and t, and read what is on disk", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;

  await app.choose("Camera", "simulated: uniform random");
  await app.type("Exposure", "20");
  await app.type("Width", "320");
  await app.type("Height", "240");
  await app.type("Planes", "3");
  await app.type("Channels", "2");
  await page.getByRole("button", { name: /until stopped/ }).click();
  await app.type("Name", "journey.zarr");
  await app.applied();
  expect(await page.getByText("Ready to record").isVisible()).toBe(true);
  await expect(app.run).toContainText("Until stopped");
  await expect(app.run).toContainText("to journey.zarr");

  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  const first = await expectPicture(app);
  await expect.poll(() => app.pictureSum()).not.toBe(first);
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  await app.button("Record").click();
  await expect(app.word).toHaveText("Recording");
  await app.recorded(24);
  await app.button("Stop").click();
  expect(await app.summary()).toMatch(/^Saved \d+, lost 0: journey\.zarr/);

  const store = await openStore(bridge.dataDir, "journey.zarr");
  const [t = 0, ...rest] = store.shape;
  expect(t).toBeGreaterThanOrEqual(4);
  expect(rest).toEqual([2, 3, 240, 320]);

  await app.openDataset("journey.zarr");
  await app.button("1:1").click();
  await app.expectPixels(await store.plane(0, 0, 0));
  await app.slider("z").press("ArrowRight");
  await app.expectPixels(await store.plane(0, 0, 1));
  await app.slider("t").press("ArrowRight");
  await app.expectPixels(await store.plane(1, 0, 1));
  await app.slider("c").press("ArrowRight");
  await app.expectPixels(await store.plane(1, 1, 1));
  expect(errors).toEqual([]);
});

test("by keyboard alone, the same", async ({ bridge, openApp }) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const { keyboard } = page;

  const fill = async (name: string, text: string): Promise<void> => {
    await app.tabTo("textbox", name);
    await keyboard.press("Control+a");
    await keyboard.type(text);
    await keyboard.press("Enter");
  };

  await app.tabTo("combobox", "Camera");
  await keyboard.type("simulated: uniform");
  await fill("Exposure", "20");
  await fill("Width", "320");
  await fill("Height", "240");
  await fill("Planes", "3");
  await fill("Time points", "1000");
  await fill("Name", "keys.zarr");
  await app.applied();
  await expect(app.field("Exposure")).toHaveValue("20");

  // Single keys act outside fields: on a button they do.
  await app.tabTo("tab", "Dimensions");
  await app.tabTo("button", "Snap");
  await keyboard.press("l");
  await expect(app.word).toHaveText("Live, not saved");
  const first = await expectPicture(app);
  await expect.poll(() => app.pictureSum()).not.toBe(first);
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  await keyboard.press("Control+Enter");
  await expect(app.word).toHaveText("Recording");
  await app.recorded(12);
  await keyboard.press("Shift+Escape");
  expect(await app.summary()).toMatch(/^Saved \d+, lost 0: keys\.zarr/);

  await app.tabTo("tab", "Set-up");
  await keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Datasets" })).toHaveAttribute("aria-selected", "true");
  await app.tabTo("button", /^keys\.zarr/);
  await keyboard.press("Enter");
  await expect(app.word).toHaveText("keys.zarr", { timeout: 15_000 });

  const store = await openStore(bridge.dataDir, "keys.zarr");
  await app.tabTo("button", "1:1");
  await keyboard.press("Enter");
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowRight");
  await expect(app.slider("t")).toHaveAttribute("aria-valuenow", "1");
  await expect(app.slider("z")).toHaveAttribute("aria-valuenow", "1");
  // The read-out needs a pointer; that it is the picture of this plane is what the pixels say.
  await app.expectPixels(await store.plane(1, 1));
  expect(errors).toEqual([]);
});

test("the tutorial by keyboard alone: its example from the menu, the recording, its dataset", async ({
  bridge,
  openApp,
}) => {
  const app = await openApp(bridge.url);
  const { page, errors } = app;
  const { keyboard } = page;
  const focused = () => page.locator(":focus").textContent();

  // Escape closes the menu and changes nothing; each way the focus stays where the hand is.
  await app.tabTo("button", /^Examples/);
  await keyboard.press("Enter");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("Escape");
  await expect.poll(focused).toMatch(/^Examples/);
  await expect(page.getByRole("menu")).toHaveCount(0);
  await keyboard.press("ArrowUp");
  await expect.poll(focused).toMatch(/^Keep as preset/);
  await keyboard.press("ArrowDown");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("Escape");
  await keyboard.press("ArrowDown");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("End");
  await expect.poll(focused).toMatch(/^Keep as preset/);
  await keyboard.press("Home");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("Enter");
  await expect.poll(focused).toMatch(/^Examples/);
  await expect(app.run).toContainText("300 frames, 21 s, 622 MB");
  await expect(app.field("Planes")).toHaveValue("10");
  await app.applied();

  await keyboard.press("Control+Enter");
  await expect(app.word).toHaveText("Recording");
  // The whole of it takes 21 s, and is recorded elsewhere.
  await app.recorded(31);
  await keyboard.press("Shift+Escape");
  expect(await app.summary()).toMatch(/^Saved \d+, lost 0: out\.zarr/);
  const [timePoints = 0, ...planes] = (await openStore(bridge.dataDir, "out.zarr")).shape;
  expect(timePoints).toBeGreaterThan(1);
  expect(planes).toEqual([3, 10, 1080, 1920]);
  await app.tabTo("tab", "Set-up");
  await keyboard.press("ArrowRight");
  await app.tabTo("button", /^out\.zarr/);
  await keyboard.press("Enter");
  await expect(app.word).toHaveText("out.zarr");
  await app.tabTo("slider", "t");
  await keyboard.press("End");
  await expect(page.getByTestId("histogram-source")).toHaveText(new RegExp(`^t ${timePoints}, c 1, z 1`));
  expect(errors).toEqual([]);
});

async function expectPicture(app: AppPage): Promise<number | null> {
  await expect.poll(() => app.pictureSum(), { timeout: 15_000 }).not.toBeNull();
  return app.pictureSum();
}
