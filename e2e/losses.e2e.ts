// Frames that are lost stay where they belong: a tick on the time axis, an id in the list, hatching in the image.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright/test";

import { Bridge } from "./harness/bridge.ts";
import type { AppPage } from "./harness/app-page.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const PLANES = 3;

const ticks = (page: Page) =>
  page.getByRole("button", { name: /^(frame \d+ lost|\d+ frames lost from frame \d+ on): queue full$/ });
const note = (page: Page) => page.locator("[data-pane] .note");

async function hatched(app: AppPage): Promise<boolean> {
  return app.image.evaluate((image) => getComputedStyle(image).backgroundImage.includes("repeating-linear-gradient"));
}

/** Hardware ids by frame index, of those frames that the run's own table calls dropped. */
async function droppedByTable(dataDir: string, name: string): Promise<Map<number, number>> {
  const [head = "", ...lines] = (await readFile(join(dataDir, name, "0/.zarrcam/frames.csv"), "utf8"))
    .trim()
    .split("\n");
  const names = head.split(",");
  const [frameIndex, id, state] = ["frame_index", "hardware_id", "state"].map((one) => names.indexOf(one));
  const fields = lines.map((line) => line.split(","));
  return new Map(
    fields
      .filter((one) => one[state ?? 0] === "dropped:queue")
      .map((one) => [Number(one[frameIndex ?? 0]), Number(one[id ?? 0])]),
  );
}

test("frames that storage is too slow for are located while it records, and when the dataset is opened again", async ({
  bridge,
  runtime,
  openApp,
}) => {
  // A paced camera, and a storage that takes six times as long a frame.
  const configuration = structuredClone(
    await configure(runtime, {
      name: "gaps.zarr",
      camera: "simulated: empty",
      storage: "ZarrBlosc1Lz4ByteShuffle",
      pixelType: "U16",
      width: 2048,
      height: 2048,
      exposureMs: 10,
      planes: PLANES,
      points: 200,
    }),
  );
  const [stream] = configuration.video;
  if (!stream) throw new Error("there is no stream");
  stream.storage.write_delay_ms = 60;
  await runtime.setConfiguration(configuration);

  const app = await openApp(bridge.url);
  const { page, errors } = app;
  await app.button("Record").click();
  await ticks(page).first().waitFor();
  await expect(app.word).toHaveText("Recording");
  await ticks(page).first().click();
  await expect(note(page)).toHaveText(/^frame \d+ lost: queue full$/);
  expect(await hatched(app)).toBe(true);
  await expect(app.word).toHaveText("Recording");
  const [first] = (await runtime.getLosses(0, { count: 1 })).ranges;
  await expect(note(page)).toHaveText(`frame ${first?.first_frame_index} lost: queue full`);

  const summary = await app.summary(60_000);
  const [, saved = "", lost = ""] = /^Saved ([\d,]+), lost ([\d,]+): gaps\.zarr/.exec(summary) ?? [];
  const [stored, dropped] = [saved, lost].map((text) => Number(text.replaceAll(",", "")));
  expect([(stored ?? 0) + (dropped ?? 0), (dropped ?? 0) > 20]).toEqual([PLANES * 200, true]);
  const table = await droppedByTable(bridge.dataDir, "gaps.zarr");
  expect(table.size).toBe(dropped);
  await runtime.close();

  // Another bridge knows of the run only what stands on the disk.
  await bridge.end();
  await page.close();
  const again = await Bridge.start({ dataDir: bridge.dataDir });
  await using _again = { [Symbol.asyncDispose]: () => again.end("SIGKILL") };
  const later = await openApp(again.url);
  await later.openDataset("gaps.zarr");
  // Every tick can be hit, however many there are; the keyboard goes from one to the next.
  await expect.poll(() => ticks(later.page).count()).toBeGreaterThan(3);
  const count = await ticks(later.page).count();
  await ticks(later.page).nth(1).click();
  await expect(note(later.page)).toHaveText(/^frame \d+ lost: queue full$/);
  await ticks(later.page).nth(1).press("ArrowRight");
  const focused = () => ticks(later.page).evaluateAll((all) => all.findIndex((one) => one === document.activeElement));
  expect(await focused()).toBe(2);
  await later.page.keyboard.press("End");
  expect(await focused()).toBe(count - 1);
  await ticks(later.page).first().click();
  await expect(note(later.page)).toHaveText(/^frame \d+ lost: queue full$/);
  expect(await hatched(later)).toBe(true);

  // The list leads to each frame, and its words agree with the run's own table.
  await later.page.getByRole("tab", { name: /^Frames/ }).click();
  const list = later.page.getByRole("region", { name: "Frames" });
  await list.getByText("gaps.zarr: lost frames, by hardware id").waitFor();
  const entries = [...table];
  for (const [frameIndex, id] of [entries[0], entries[entries.length >> 1], entries.at(-1)].filter(
    (one) => one !== undefined,
  )) {
    await list.getByRole("button", { name: `${id} queue full`, exact: true }).click();
    await expect(note(later.page)).toHaveText(`frame ${frameIndex} lost: queue full`);
    await expect(later.slider("t")).toHaveAttribute("aria-valuenow", String(Math.floor(frameIndex / PLANES)));
    await expect(later.slider("z")).toHaveAttribute("aria-valuenow", String(frameIndex % PLANES));
  }

  // A frame that is stored has its picture, and no hatching.
  const kept =
    Array.from({ length: PLANES * 200 }, (_, frameIndex) => frameIndex).find((frameIndex) => !table.has(frameIndex)) ??
    0;
  await later.slider("t").press("Home");
  await later.slider("z").press("Home");
  expect(kept).toBe(0);
  await expect(later.page.getByTestId("histogram-source")).toHaveText(/^t 1, \S+ 1, /);
  expect([await hatched(later), await note(later.page).count()]).toEqual([false, 0]);
  expect([errors, later.errors]).toEqual([[], []]);
});

test("of several channels that are added up a lost one is marked on the image, and the others stay in sight", async ({
  bridge,
  runtime,
  openApp,
}) => {
  const configuration = structuredClone(
    await configure(runtime, {
      name: "stained.zarr",
      camera: "simulated: empty",
      storage: "ZarrBlosc1Lz4ByteShuffle",
      pixelType: "U16",
      width: 1024,
      height: 1024,
      exposureMs: 5,
      planes: 3,
      points: 100,
    }),
  );
  const [stream] = configuration.video;
  const channels = stream?.storage.settings.acquisition_dimensions[2];
  if (!stream || !channels) throw new Error("there is no channel");
  Object.assign(channels, { name: "c", kind: "Channel", labels: ["DAPI", "GFP", "RFP"] });
  stream.storage.write_delay_ms = 60;
  await runtime.setConfiguration(configuration);
  await runtime.start();
  await runtime.stop();
  const table = await droppedByTable(bridge.dataDir, "stained.zarr");
  const lostAt = (t: number) => [0, 1, 2].filter((c) => table.has(3 * t + c));
  const points = Array.from({ length: 100 }, (_, t) => t);
  const some = points.find((t) => lostAt(t).length > 0 && lostAt(t).length < 3);
  const all = points.find((t) => lostAt(t).length === 3);
  if (some === undefined || all === undefined) throw new Error(`nothing to see in ${[...table.keys()].join()}`);

  const app = await openApp(`${bridge.url}/#dataset=stained.zarr&at=t:${some}&overlay=0,1,2`);
  const { page, errors } = app;
  const marks = page.getByTestId("lost-channels");
  const names = lostAt(some).map((c) => `${["DAPI", "GFP", "RFP"][c]} frame ${3 * some + c} lost: queue full`);
  await expect(app.slider("t")).toHaveAttribute("aria-valuenow", String(some));
  await expect(marks.getByRole("listitem")).toHaveText(names);
  await expect.poll(() => app.pictureSum()).not.toBeNull();
  expect(await page.getByTestId("hatch").boundingBox()).toMatchObject({ width: expect.any(Number) });
  expect([await note(page).count(), await hatched(app)]).toEqual([0, false]);

  // With the lost one switched off nothing is missing; where all are lost there is no picture at all.
  for (const c of lostAt(some))
    await page.getByRole("checkbox", { name: `Show ${["DAPI", "GFP", "RFP"][c]}` }).uncheck();
  await expect(marks).toHaveCount(0);
  for (const c of lostAt(some)) await page.getByRole("checkbox", { name: `Show ${["DAPI", "GFP", "RFP"][c]}` }).check();
  await marks.waitFor();
  await app.slider("t").focus();
  for (let at = some; at !== all; at += Math.sign(all - some))
    await page.keyboard.press(all > some ? "ArrowRight" : "ArrowLeft");
  await expect(note(page)).toHaveText(/^frame \d+ lost: queue full$/);
  expect([await marks.count(), await hatched(app), await app.pictureSum()]).toEqual([0, true, null]);
  expect(errors).toEqual([]);
});
