// Webcams as cameras of the page: Chromium's fake device, through the worker that records, into the browser's own storage.
import type { Configuration } from "@zarrcam/protocol";
import type { Page } from "playwright/test";

import type { DrivenCamera } from "../web/src/cameras/drivers.ts";
import { hasCore } from "../web/src/recorder/core.fixture.ts";
import type { Report } from "../web/src/recorder/index.ts";
import { BuiltPage } from "./harness/built-page.ts";
import { answerForCamera, chromiumArguments, chromiumPath } from "./harness/browser.ts";
import { expect, test as base } from "./harness/test.ts";
import type { WebcamPage } from "./harness/webcam-page/main.ts";

declare const page: WebcamPage;

const test = base.extend<{ webcams: Page }, { webcamPage: BuiltPage }>({
  webcamPage: [
    async ({}, use, { parallelIndex }) => use(await BuiltPage.of("webcam-page", parallelIndex)),
    { scope: "worker" },
  ],
  webcams: async ({ openPage, webcamPage }, use) => {
    const server = await webcamPage.serve();
    const { page: tab, errors } = await openPage(server.url);
    await tab.waitForFunction(() => "page" in window);
    await use(tab);
    expect(errors).toEqual([]);
    await server.close();
  },
});

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");
test.use({
  launchOptions: {
    executablePath: chromiumPath,
    args: chromiumArguments({ webcam: "asked for" }),
  },
});

const [WIDTH, HEIGHT] = [640, 480];

function documentOf(
  camera: string,
  frames: number,
  more: { shape?: [number, number]; colours?: boolean } = {},
): Configuration {
  const [width, height] = more.shape ?? [WIDTH, HEIGHT];
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: 0 },
  });
  return {
    video: [
      {
        camera: {
          identifier: { id: [8, 0], kind: "Camera", name: camera },
          settings: { shape: [width, height], pixel_type: "U8" },
        },
        storage: {
          identifier: { id: [1, 0], kind: "Storage", name: "Zarr" },
          settings: {
            uri: "cam.zarr",
            acquisition_dimensions: [
              dimension("x", "Space", width, width),
              dimension("y", "Space", height, height),
              ...(more.colours ? [dimension("c", "Channel", 3, 1)] : []),
              dimension("t", "Time", 0, 1),
            ],
            compression: { codec: "none", level: 0, shuffle: "none" },
          },
        },
        max_frame_count: frames,
      },
    ],
  } as unknown as Configuration;
}

const record = (tab: Page, document: Configuration, stallMs = 0) =>
  tab.evaluate(([configuration, stall]) => page.record(configuration, stall), [document, stallMs] as const);
/** No webcam runs any more, and the browser's sign for it is gone. */
const released = (tab: Page) =>
  expect.poll(() => tab.evaluate(() => page.states().every((state) => state === "ended"))).toBe(true);
const listed = (tab: Page) => tab.evaluate(() => page.list());
const nameOf = ({ device }: DrivenCamera): string => device.identifier.name;

test("a webcam has its name and its ranges once it may be used, and is recorded in gray", async ({ webcams: tab }) => {
  const before = await listed(tab);
  expect(before.map(nameOf)).toEqual(["webcam gray", "webcam RGB"]);
  expect(before[0]).toMatchObject({ obstacle: null, capabilities: { shape: [{ high: 8192 }, { high: 8192 }] } });
  expect(await tab.evaluate(() => page.states())).toEqual([]);
  await answerForCamera(tab, "granted");

  const report = await record(tab, documentOf("webcam gray", 40));
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([captured, stored + dropped, in_flight, report.failure]).toEqual([40, 40, 0, null]);
  expect(stored).toBeGreaterThan(20);
  await released(tab);

  const named = (await listed(tab)).find((camera) => nameOf(camera) === "webcam gray: fake_device_0");
  expect(named).toMatchObject({ capabilities: { pixel_types: ["U8"], default_shape: [WIDTH, HEIGHT] } });
  expect(named?.capabilities.shape[0].high).toBeGreaterThan(WIDTH);
  expect(named?.capabilities.frame_time_us).toBeCloseTo(1e6 / 30, -2);

  // The camera's own clock rises from frame to frame.
  const table = await tab.evaluate(() => page.text("/cam.zarr/0/.zarrcam/frames.csv"));
  const rows = table.trim().split("\n").slice(1);
  const clocks = rows.filter((row) => row.endsWith("stored")).map((row) => Number(row.split(",")[4]));
  expect(clocks.length).toBe(stored);
  expect(clocks.every((clock, at) => clock > (clocks[at - 1] ?? -1))).toBe(true);
});

test("in colours each picture is three frames", async ({ webcams: tab }) => {
  await answerForCamera(tab, "granted");
  const report = await record(tab, documentOf("webcam RGB", 30, { colours: true }));
  expect([report.ledger.captured, report.ledger.stored + report.ledger.dropped, report.failure]).toEqual([
    30,
    30,
    null,
  ]);
  const sums = await tab.evaluate(() =>
    Promise.all(
      [0, 1, 2].map(async (c) => {
        let sum = 0;
        for (const value of await page.bytes(`/cam.zarr/0/0/${c}/0/0`)) sum += value;
        return sum;
      }),
    ),
  );
  // Green on black: so it draws.
  expect(sums[1]).toBeGreaterThan(10 * Math.max(1, sums[0] ?? 0, sums[2] ?? 0));
  await released(tab);
});

test("what comes while the recorder is held up waits; what finds no room is lost and counted", async ({
  webcams: tab,
}) => {
  await answerForCamera(tab, "granted");
  const shape: [number, number] = [1920, 1080];
  const report = await record(tab, documentOf("webcam RGB", 150, { shape, colours: true }), 1500);
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([captured, stored + dropped, in_flight, report.failure]).toEqual([150, 150, 0, null]);
  expect(dropped).toBeGreaterThan(0);
  // Whole pictures are lost.
  expect(dropped % 3).toBe(0);
});

test("a run that is stopped lets the webcam go", async ({ webcams: tab }) => {
  await answerForCamera(tab, "granted");
  const report = await tab.evaluate(
    (configuration) =>
      page.record(configuration, 0, ({ ledger }) => {
        if (ledger.stored > 5) void page.stop();
      }),
    documentOf("webcam gray", 1_000_000),
  );
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([stored + dropped, in_flight, report.failure]).toEqual([captured, 0, null]);
  expect(captured).toBeLessThan(1_000_000);
  await released(tab);
});

test("a webcam that is taken away ends the run by its name, and what it gave is stored", async ({ webcams: tab }) => {
  await answerForCamera(tab, "granted");
  await tab.evaluate(
    (configuration) => {
      const ended = new Promise<Report>((resolve, reject) => {
        page
          .record(configuration, 0, ({ ledger }) => {
            Object.assign(window, { stored: ledger.stored });
          })
          .then(resolve, reject);
      });
      Object.assign(window, { ended });
    },
    documentOf("webcam gray", 1_000_000),
  );
  await tab.waitForFunction(() => ((window as unknown as { stored?: number }).stored ?? 0) > 5);
  await answerForCamera(tab, "denied");
  const report = await tab.evaluate(() => (window as unknown as { ended: Promise<Report> }).ended);
  expect(report.failure).toContain("the webcam is gone: it was unplugged, or the browser took it back");
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([stored + dropped, in_flight]).toEqual([captured, 0]);
  const end = await tab.evaluate(() => page.text("/cam.zarr/0/.zarrcam/end.json"));
  expect(end).toContain("it was unplugged");
});

test("what a webcam cannot do, and what is not allowed, is refused with the way out", async ({ webcams: tab }) => {
  const refused = (document: Configuration) => record(tab, document).then(() => "recorded", String);
  expect(await refused(documentOf("webcam gray", 5))).toContain("Allow the camera for this site");
  await answerForCamera(tab, "denied");
  expect((await listed(tab))[0]?.obstacle).toContain("Allow the camera for this site");
  await answerForCamera(tab, "granted");
  expect((await listed(tab))[0]?.obstacle).toBeNull();
  expect(await refused(documentOf("webcam gray", 5, { shape: [8000, 480] }))).toContain(
    "gives no picture of width 8000 px",
  );
  expect(await refused(documentOf("webcam gray: gone", 5))).toContain('There is no webcam "webcam gray: gone" here');
  expect(await tab.evaluate(() => page.states())).toEqual([]);
  expect((await record(tab, documentOf("webcam gray: fake_device_0", 5))).ledger.captured).toBe(5);
  await released(tab);
});
