// A replay without a file shows nothing under settings that are not its own.
import { join } from "node:path";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

test("replay without a file, or with a missing one: Live and Snap are refused with the reason, and what runs is named", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "stack.tif", storage: "tiff", exposureMs: 5, points: 8 });
  await runtime.start();
  await runtime.stop();
  await configure(runtime, { name: "next.zarr", exposureMs: 20, points: 8 });
  const app = await openApp(bridge.url);
  const { page } = app;

  await app.choose("Camera", "replay");
  const path = app.field("TIFF stack");
  const beside = async () => (await (await app.messages(path)).allTextContents()).join(" ");
  await expect.poll(beside).toMatch(/TIFF stack/);
  for (const name of ["Snap", "Live", "Record"]) {
    await expect(app.button(name)).toHaveAttribute("aria-disabled", "true");
    await app.button(name).click({ force: true });
    await expect(path).toBeFocused();
  }
  await app.type("TIFF stack", "/nowhere/at/all.tif");
  await expect.poll(beside).toMatch(/all\.tif/);
  expect(await beside()).not.toMatch(/os error/);
  await expect(page.getByText("Ready to record")).toHaveCount(0);
  const before = await app.pictureSum();
  await app.button("Snap").click({ force: true });
  await page.keyboard.press("Control+Enter");
  expect((await runtime.getStats()).state).toBe("Armed");
  // Nobody's picture is taken under these settings.
  expect(await app.pictureSum()).toBe(before);

  await app.type("TIFF stack", join(bridge.dataDir, "stack.tif"));
  await expect(app.button("Live")).not.toHaveAttribute("aria-disabled", "true");
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");

  // It goes on with what was applied last, and says so.
  await app.type("TIFF stack", "/nowhere/else.tif");
  await expect(app.run).toContainText("Live: replay, as last applied");
  await app.type("TIFF stack", join(bridge.dataDir, "stack.tif"));
  await expect(app.run).not.toContainText("as last applied");
});

test("any other setting of the camera that is not in force, too; a name that is taken is no matter of the picture", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "taken.zarr", exposureMs: 5, points: 2 });
  await runtime.start();
  await runtime.stop();
  const app = await openApp(bridge.url);
  const { page } = app;
  await app.type("Exposure", "abc");
  expect(await app.button("Live").getAttribute("title")).toContain("“abc” is not a number");
  await app.type("Exposure", "5");
  await app.type("Name", "taken.zarr");
  await page.getByText("1 problem", { exact: true }).waitFor();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await app.type("Exposure", "2000");
  await expect(app.run).toContainText("as last applied");
});
