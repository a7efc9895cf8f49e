// Webcams as cameras of the page: Chromium's fake device, through the worker that records, into the browser's own storage.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Configuration } from "@zarrcam/protocol";
import type { Page } from "playwright/test";
import { createServer } from "vite";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { chromiumArguments, chromiumPath } from "./harness/browser.ts";
import { expect, test as base } from "./harness/test.ts";
import type { WebcamPage } from "./harness/webcam-page/main.ts";

declare const page: WebcamPage;

const root = fileURLToPath(new URL("../", import.meta.url));

const test = base.extend<{ webcams: Page }>({
  webcams: async ({ openPage }, use) => {
    const server = await createServer({
      configFile: false,
      root: join(root, "e2e/harness/webcam-page"),
      publicDir: join(root, "web/public"),
      cacheDir: join(root, ".cache/webcam-page"),
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0, fs: { allow: [root] }, hmr: false },
    });
    await server.listen();
    const { page: tab, errors } = await openPage(server.resolvedUrls?.local[0] ?? "");
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
    args: [...chromiumArguments(), "--use-fake-device-for-media-stream=fps=30", "--use-fake-ui-for-media-stream"],
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
const released = (tab: Page) =>
  expect.poll(() => tab.evaluate(() => page.states().every((state) => state === "ended"))).toBe(true);

test("a webcam is listed by its name, says what it can do, and is recorded in gray", async ({ webcams: tab }) => {
  const before = await tab.evaluate(() => page.list());
  expect(await tab.evaluate(() => page.states())).toEqual([]);
  const names = before.map(({ device }) => device.identifier.name);
  expect(names).toEqual(expect.arrayContaining(["webcam gray", "webcam RGB"]));
  const report = await record(tab, documentOf("webcam gray", 40));
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([captured, stored + dropped, in_flight, report.failure]).toEqual([40, 40, 0, null]);
  expect(stored).toBeGreaterThan(20);
  await released(tab);

  const named = (await tab.evaluate(() => page.list())).find(({ device }) =>
    device.identifier.name.startsWith("webcam gray: "),
  );
  expect(named).toMatchObject({
    obstacle: null,
    capabilities: { pixel_types: ["U8"], default_shape: [WIDTH, HEIGHT] },
  });
  expect(named?.capabilities.shape[0].high).toBeGreaterThan(WIDTH);
  expect(named?.capabilities.frame_time_us).toBeCloseTo(1e6 / 30, -2);

  // Its own clock rises with its frames, about one period each.
  const table = new TextDecoder().decode(
    Uint8Array.from(await tab.evaluate(() => page.bytes("/cam.zarr/0/.zarrcam/frames.csv"))),
  );
  console.log(table.slice(0, 600));
});

test("in colours each picture is three frames, as the browser itself shows it", async ({ webcams: tab }) => {
  const report = await record(tab, documentOf("webcam RGB", 30, { colours: true }));
  expect([report.ledger.captured, report.ledger.stored + report.ledger.dropped, report.failure]).toEqual([
    30,
    30,
    null,
  ]);
  // A corner, where nothing moves.
  const [x, y] = [5, 5];
  const shown = await tab.evaluate(([width, height, left, top]) => page.shown(width, height, left, top), [
    WIDTH,
    HEIGHT,
    x,
    y,
  ] as const);
  for (const t of [0, 9]) {
    const planes = await Promise.all(
      [0, 1, 2].map((c) => tab.evaluate((path) => page.bytes(path), `/cam.zarr/0/${t}/${c}/0/0`)),
    );
    const stored = planes.map((plane) => plane[y * WIDTH + x] ?? -9);
    console.log(stored, shown);
    stored.forEach((value, c) => {
      expect(Math.abs(value - (shown[c] ?? -99))).toBeLessThanOrEqual(4);
    });
  }
  await released(tab);
});

test("what comes while the recorder is held up waits, and what finds no room is lost and counted", async ({
  webcams: tab,
}) => {
  const shape: [number, number] = [1920, 1080];
  const report = await record(tab, documentOf("webcam RGB", 210, { shape, colours: true }), 2500);
  const { captured, stored, dropped, in_flight } = report.ledger;
  expect([captured, stored + dropped, in_flight, report.failure]).toEqual([210, 210, 0, null]);
  expect(dropped).toBeGreaterThan(0);
  // Whole pictures are lost.
  expect(dropped % 3).toBe(0);
});

test("a run that is stopped lets the webcam go", async ({ webcams: tab }) => {
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

test("what a webcam cannot do is refused by its field", async ({ webcams: tab }) => {
  const refusal = (document: Configuration) => record(tab, document).then(() => "recorded", String);
  expect(await refusal(documentOf("webcam gray: gone", 5))).toContain('no camera "webcam gray: gone"');
});

test("denied is told, with the way out, and what is allowed again works", async ({ webcams: tab }) => {
  const devtools = await tab.context().newCDPSession(tab);
  const set = (setting: "granted" | "denied") =>
    devtools.send("Browser.setPermission", { permission: { name: "camera" }, setting });
  await set("denied");
  const refused = await record(tab, documentOf("webcam gray", 5)).then(() => "recorded", String);
  expect(refused).toContain("Allow the camera for this site");
  expect((await tab.evaluate(() => page.list())).map(({ obstacle }) => obstacle)).toContainEqual(
    expect.stringContaining("Allow the camera"),
  );
  await set("granted");
  expect((await record(tab, documentOf("webcam gray", 5))).ledger.captured).toBe(5);
  await released(tab);
});
