import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

test("a page that is reloaded or closed in the middle of a recording changes nothing, and a new one shows the run", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { name: "reload.zarr", exposureMs: 30, points: null });

  const app = await openApp(bridge.url);
  const { page } = app;
  await app.button("Record").click();
  await app.recorded(10);
  const { run_id } = await runtime.getStats();

  await page.reload();
  await expect(app.word).toHaveText("Recording");
  await app.recorded(40);
  await page.close();
  const counted = (await runtime.getStats()).streams[0]?.ledger.stored ?? 0;
  await expect.poll(async () => (await runtime.getStats()).streams[0]?.ledger.stored).toBeGreaterThan(counted + 20);

  const other = await openApp(bridge.url);
  await expect(other.word).toHaveText("Recording");
  await expect(other.banner).toContainText("RECORDING reload.zarr");
  const first = await other.pictureSum();
  await expect.poll(() => other.pictureSum()).not.toBe(first);

  await other.button("Stop").click();
  expect(await other.summary()).toMatch(/^Saved \d+, lost 0: reload\.zarr/);
  const stats = await runtime.getStats();
  expect(stats.run_id).toBe(run_id);
  const { captured, stored, dropped, in_flight } = stats.streams[0]!.ledger;
  expect({ captured, dropped, in_flight }).toEqual({ captured: stored, dropped: 0, in_flight: 0 });
});

test("two pages see the same settings and the same run", async ({ bridge, openApp }) => {
  const one = await openApp(bridge.url);
  const two = await openApp(bridge.url);

  await one.type("Exposure", "25");
  await expect(two.field("Exposure")).toHaveValue("25");
  await two.type("Name", "shared.zarr");
  await expect(one.field("Name")).toHaveValue("shared.zarr");

  await one.button("Live").click();
  await expect(two.word).toHaveText("Live, not saved");
  await two.button("Record").click();
  await expect(one.word).toHaveText("Recording");
  await one.recorded(5);
  expect(await two.field("Exposure").getAttribute("readonly")).not.toBeNull();
  await one.button("Stop").click();
  expect(await one.summary()).toMatch(/lost 0: shared\.zarr/);
  expect(await two.summary()).toBe(await one.summary());
});

test("two pages that edit at once: different fields both count, the same field asks", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const one = await openApp(bridge.url);
  const two = await openApp(bridge.url);

  // Both from the same revision, neither knowing of the other's.
  await Promise.all([one.type("Exposure", "33"), two.type("Name", "together.zarr")]);
  await expect
    .poll(async () => {
      const [stream] = (await runtime.getConfiguration()).video;
      return [stream?.camera.settings.exposure_time_us, stream?.storage.settings.uri];
    })
    .toEqual([33_000, "together.zarr"]);
  for (const app of [one, two]) {
    await expect(app.field("Exposure")).toHaveValue("33");
    await expect(app.field("Name")).toHaveValue("together.zarr");
  }

  // What is being typed on one page is not taken away by the other's edit of that field.
  await two.field("Exposure").fill("44");
  await one.type("Exposure", "55");
  await expect
    .poll(async () => (await runtime.getConfiguration()).video[0]?.camera.settings.exposure_time_us)
    .toBe(55_000);
  await expect(two.field("Exposure")).toHaveValue("44");
  await two.field("Exposure").press("Enter");
  // Either it was applied, openly, or the page asks which of the two is meant. Nothing was lost in silence.
  await expect
    .poll(async () => {
      const applied = (await runtime.getConfiguration()).video[0]?.camera.settings.exposure_time_us === 44_000;
      const asked = (await two.button("Use mine").count()) > 0;
      return applied || asked;
    })
    .toBe(true);
});

test("both press Enter in the same field in the same moment: the page that lost says so", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const one = await openApp(bridge.url);
  const two = await openApp(bridge.url);
  await one.field("Exposure").fill("61");
  await two.field("Exposure").fill("62");
  await Promise.all([one.field("Exposure").press("Enter"), two.field("Exposure").press("Enter")]);

  const now = async () => (await runtime.getConfiguration()).video[0]?.camera.settings.exposure_time_us;
  await expect.poll(async () => [61_000, 62_000].includes((await now()) ?? 0)).toBe(true);
  // The later one won openly (both pages show it), or the one that was refused keeps its value and asks.
  await expect
    .poll(async () => {
      const winner = String(((await now()) ?? 0) / 1000);
      const shown = await Promise.all([one, two].map((app) => app.field("Exposure").inputValue()));
      const asks = await Promise.all([one, two].map((app) => app.button("Use mine").count()));
      return shown.every((value, at) => value === winner || (asks[at] ?? 0) > 0);
    })
    .toBe(true);
  for (const app of [one, two]) {
    if (await app.button("Use mine").count()) {
      const mine = await app.field("Exposure").inputValue();
      await app.button("Use mine").click();
      await expect.poll(now).toBe(Number(mine) * 1000);
    }
  }
});
