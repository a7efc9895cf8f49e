import type { Desk } from "./harness/desk.ts";
import { filesOf, openStore } from "./harness/store.ts";
import { expect, test } from "./harness/test.ts";

test("by mouse: set up, Live, Record, Stop, open the dataset, step z and t, and read what is on disk", async ({
  bridge,
  openDesk,
}) => {
  const desk = await openDesk(bridge.url);
  const { page, errors } = desk;

  await desk.choose("Camera", "simulated: uniform random");
  await desk.type("Exposure", "20");
  await desk.type("Width", "320");
  await desk.type("Height", "240");
  await desk.type("Planes", "3");
  await desk.type("Channels", "2");
  await page.getByRole("button", { name: /until stopped/ }).click();
  await desk.type("Name", "journey.zarr");
  await desk.applied();
  expect(await page.getByText("No problems").isVisible()).toBe(true);
  await expect(desk.run).toContainText("Until stopped");
  await expect(desk.run).toContainText("to journey.zarr");

  await desk.button("Live").click();
  await expect(desk.word).toHaveText("Live, not saved");
  const first = await expectPicture(desk);
  await expect.poll(() => desk.pictureSum()).not.toBe(first);
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  await desk.button("Record").click();
  await expect(desk.word).toHaveText("Recording");
  await desk.recorded(24);
  await desk.button("Stop").click();
  expect(await desk.summary()).toMatch(/^Saved \d+, lost 0: journey\.zarr/);

  const store = await openStore(bridge.dataDir, "journey.zarr");
  const [t = 0, ...rest] = store.shape;
  expect(t).toBeGreaterThanOrEqual(4);
  expect(rest).toEqual([2, 3, 240, 320]);

  await desk.openDataset("journey.zarr");
  await desk.button("1:1").click();
  await desk.expectPixels(await store.plane(0, 0, 0));
  await desk.slider("z").press("ArrowRight");
  await desk.expectPixels(await store.plane(0, 0, 1));
  await desk.slider("t").press("ArrowRight");
  await desk.expectPixels(await store.plane(1, 0, 1));
  await desk.slider("c").press("ArrowRight");
  await desk.expectPixels(await store.plane(1, 1, 1));
  expect(errors).toEqual([]);
});

test("by keyboard alone, the same", async ({ bridge, openDesk }) => {
  const desk = await openDesk(bridge.url);
  const { page, errors } = desk;
  const { keyboard } = page;

  const fill = async (name: string, text: string): Promise<void> => {
    await desk.tabTo("textbox", name);
    await keyboard.press("Control+a");
    await keyboard.type(text);
    await keyboard.press("Enter");
  };

  await desk.tabTo("combobox", "Camera");
  await keyboard.type("simulated: uniform");
  await fill("Exposure", "20");
  await fill("Width", "320");
  await fill("Height", "240");
  await fill("Planes", "3");
  await fill("Time points", "1000");
  await fill("Name", "keys.zarr");
  await desk.applied();
  await expect(desk.field("Exposure")).toHaveValue("20");

  // Single keys act outside fields: on a button they do.
  await desk.tabTo("tab", "Layout");
  await desk.tabTo("button", "Snap");
  await keyboard.press("l");
  await expect(desk.word).toHaveText("Live, not saved");
  const first = await expectPicture(desk);
  await expect.poll(() => desk.pictureSum()).not.toBe(first);
  expect(await filesOf(bridge.dataDir)).toEqual([]);

  await keyboard.press("Control+Enter");
  await expect(desk.word).toHaveText("Recording");
  await desk.recorded(12);
  await keyboard.press("Shift+Escape");
  expect(await desk.summary()).toMatch(/^Saved \d+, lost 0: keys\.zarr/);

  await desk.tabTo("tab", "Set-up");
  await keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Datasets" })).toHaveAttribute("aria-selected", "true");
  await desk.tabTo("button", /^keys\.zarr/);
  await keyboard.press("Enter");
  await expect(desk.word).toHaveText("keys.zarr", { timeout: 15_000 });

  const store = await openStore(bridge.dataDir, "keys.zarr");
  await desk.tabTo("button", "1:1");
  await keyboard.press("Enter");
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowRight");
  await expect(desk.slider("t")).toHaveAttribute("aria-valuenow", "1");
  await expect(desk.slider("z")).toHaveAttribute("aria-valuenow", "1");
  // The read-out needs a pointer; that it is the picture of this place is what the pixels say.
  await desk.expectPixels(await store.plane(1, 1));
  expect(errors).toEqual([]);
});

test("the tutorial by keyboard alone: its example from the menu, the recording, its dataset", async ({
  bridge,
  openDesk,
}) => {
  const desk = await openDesk(bridge.url);
  const { page, errors } = desk;
  const { keyboard } = page;
  const focused = () => page.locator(":focus").textContent();

  // Escape closes the menu and changes nothing; each way the focus stays where the hand is.
  await desk.tabTo("button", /^Examples/);
  await keyboard.press("Enter");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("Escape");
  await expect.poll(focused).toMatch(/^Examples/);
  await expect(page.getByRole("menu")).toHaveCount(0);
  await keyboard.press("ArrowDown");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("End");
  await expect.poll(focused).toMatch(/^Keep as preset/);
  await keyboard.press("Home");
  await expect.poll(focused).toMatch(/^Chunked tutorial/);
  await keyboard.press("Enter");
  await expect.poll(focused).toMatch(/^Examples/);
  await expect(desk.run).toContainText("300 frames, 21 s, 622 MB");
  await expect(desk.field("Planes")).toHaveValue("10");
  await desk.applied();

  await keyboard.press("Control+Enter");
  await expect(desk.word).toHaveText("Recording");
  expect(await desk.summary(45_000)).toMatch(/^Saved 300, lost 0: out\.zarr/);
  expect((await openStore(bridge.dataDir, "out.zarr")).shape).toEqual([10, 3, 10, 1080, 1920]);
  await desk.tabTo("tab", "Set-up");
  await keyboard.press("ArrowRight");
  await desk.tabTo("button", /^out\.zarr/);
  await keyboard.press("Enter");
  await expect(desk.word).toHaveText("out.zarr");
  await desk.tabTo("slider", "t");
  await keyboard.press("End");
  await expect(page.getByTestId("histogram-source")).toHaveText(/^Plane 9 0 0/);
  expect(errors).toEqual([]);
});

async function expectPicture(desk: Desk): Promise<number | null> {
  await expect.poll(() => desk.pictureSum(), { timeout: 15_000 }).not.toBeNull();
  return desk.pictureSum();
}
