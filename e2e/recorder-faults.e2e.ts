// Recording a bridge's run into this browser, and all that may befall it: what was called saved is there, what is lost is counted and
// shown, the store opens, and what was left open is recovered.
import type { RemoteRuntime } from "@zarrcam/client";
import type { CDPSession, Page } from "playwright/test";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { AppPage } from "./harness/app-page.ts";
import { extract, readByZarrPython, tableOf } from "./harness/browser-store.ts";
import { configure } from "./harness/setup.ts";
import { openStore } from "./harness/store.ts";
import { StallingProxy } from "./harness/stalling-proxy.ts";
import { expect, test } from "./harness/test.ts";

test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");

const NAME = "run.zarr";
const CAMERA = { name: NAME, camera: "simulated: radial sin", width: 64, height: 48, exposureMs: 10 } as const;

/** The menu beside Record. */
async function storeOn(app: AppPage, place: "Camera computer" | "This browser" | "Both"): Promise<void> {
  await app.page.getByRole("button", { name: /^Store on: / }).click();
  await app.page.getByRole("radio", { name: place }).check();
  await app.page.keyboard.press("Escape");
  await app.applied();
}

const result = (page: Page) => page.getByTestId("run-result");
async function words(page: Page): Promise<string> {
  await result(page).waitFor({ timeout: 30_000 });
  return ((await result(page).locator(".words").textContent()) ?? "").replace(/\s+/g, " ");
}

/** From the list of frames: [from camera, waiting, saved, lost], all of one moment. */
async function counts(page: Page): Promise<{ captured: number; waiting: number; saved: number; lost: number } | null> {
  return page.evaluate(() => {
    const row = document.querySelector(".frames tbody tr");
    if (!row) return null;
    const [captured = 0, waiting = 0, saved = 0, lost = 0] = [...row.querySelectorAll("td.number")].map((cell) =>
      Number((cell.textContent ?? "").replaceAll(",", "")),
    );
    return { captured, waiting, saved, lost };
  });
}

/** The page at the list of frames, recording into this browser. */
async function recording(app: AppPage, least = 20): Promise<void> {
  await storeOn(app, "This browser");
  await app.page.getByRole("tab", { name: "Frames", exact: true }).click();
  await app.button("Record").click();
  await expect
    .poll(async () => (await counts(app.page))?.saved ?? 0, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(least);
}

/** What the page told last. */
async function toldLast(page: Page): Promise<number> {
  const told = await counts(page);
  if (!told) throw new Error("the page says nothing of frames");
  expect(told.saved + told.lost + told.waiting).toBe(told.captured);
  return told.saved;
}

/** Another tab of the same browser. */
async function anotherTab({ page }: AppPage, url: string): Promise<AppPage> {
  const next = await page.context().newPage();
  await next.goto(url);
  return new AppPage(next).ready();
}

/** Reopened, the page offers to make whole what was left open, and does. */
async function recover(app: AppPage, folder: string): Promise<ReturnType<typeof readByZarrPython>> {
  const offer = app.page.getByText(`Interrupted in this browser: ${NAME}`);
  await expect(offer).toBeVisible({ timeout: 30_000 });
  await app.page.getByRole("button", { name: "Recover", exact: true }).click();
  await expect(offer).toBeHidden({ timeout: 30_000 });
  const found = readByZarrPython(await extract(app.page, NAME, folder));
  expect(found.readable).toBe(found.stored);
  return found;
}

async function endless(runtime: RemoteRuntime): Promise<void> {
  await configure(runtime, { ...CAMERA, points: null });
}

test("into this browser alone: nothing on the camera computer, every frame here", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await configure(runtime, { ...CAMERA, points: 60 });
  const app = await openApp(bridge.url);
  await storeOn(app, "This browser");
  await expect(app.run).toContainText("to run.zarr in this browser");
  await app.button("Record").click();
  expect(await app.summary()).toMatch(/^Saved 60, lost 0: run\.zarr in this browser/);
  const stats = await runtime.getStats();
  expect(stats.streams[0]?.path).toBeNull();
  const found = readByZarrPython(await extract(app.page, NAME, testInfo.outputPath("store")));
  expect(found).toEqual({ stored: 60, lost: 0, readable: 60 });
  await app.run.getByRole("button", { name: "Open", exact: true }).click();
  await expect(app.word).toHaveText(NAME);
  await app.button("Back to live").click();
  // The name counts on, as on the camera computer.
  await expect(app.field("Name")).toHaveValue("run_002.zarr");
  expect(app.errors).toEqual([]);
});

test("into this browser alone: while it records any frame that is saved can be seen, with its exact values", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await configure(runtime, { ...CAMERA, exposureMs: 40, points: null });
  const app = await openApp(bridge.url);
  const { page } = app;
  await recording(app);
  const time = app.slider("Time");
  await expect(time).toHaveAttribute("aria-disabled", "false");
  await time.press("Home");
  await time.press("ArrowRight");
  await expect(page.getByTestId("histogram-source")).toHaveText("Frame 1, all pixels");
  await app.button("1:1").click();
  const seen = await app.pixelAt(0.5, 0.5);
  await expect(app.word).toHaveText("Recording");
  await app.button("Stop").click();
  expect(await app.summary()).toMatch(/^Saved [\d,]+, lost 0: run\.zarr in this browser/);
  await extract(page, NAME, testInfo.outputPath());
  const stored = await (await openStore(testInfo.outputPath(), NAME)).plane(1);
  expect(seen).toEqual({ x: seen.x, y: seen.y, kind: "exact", value: stored(seen.x, seen.y) });
  expect(app.errors).toEqual([]);
});

for (const [how, end] of [
  ["the tab is closed", (page: Page) => page.close({ runBeforeUnload: false })],
  [
    "the page's process is killed",
    async (page: Page) => {
      const crashed = page.waitForEvent("crash");
      const debug: CDPSession = await page.context().newCDPSession(page);
      debug.send("Page.crash").catch(() => undefined);
      await crashed;
      await page.close();
    },
  ],
] as const)
  test(`${how} while it records: what was called saved is there, and the next page recovers it`, async ({
    bridge,
    runtime,
    openApp,
  }, testInfo) => {
    await endless(runtime);
    const app = await openApp(bridge.url);
    await recording(app);
    const told = await toldLast(app.page);
    await end(app.page);
    // Nobody stores what follows: the run ends, and says so.
    await expect.poll(async () => await runtime.getState(), { timeout: 30_000 }).toBe("Armed");
    expect((await runtime.getStats()).streams[0]?.error?.message).toContain("has gone");
    const found = await recover(await anotherTab(app, bridge.url), testInfo.outputPath("store"));
    expect(found.stored).toBeGreaterThanOrEqual(told);
  });

test("a run that cannot fit into this browser is refused before it begins, and says so", async ({
  bridge,
  runtime,
  openApp,
}) => {
  // 2 MB, and nothing makes them smaller.
  await configure(runtime, { ...CAMERA, width: 256, height: 256, points: 32 });
  const app = await openApp(bridge.url, { tellsQuota: true });
  const debug = await app.page.context().newCDPSession(app.page);
  await debug.send("Storage.overrideQuotaForOrigin", { origin: bridge.url, quotaSize: 1 << 20 });
  await storeOn(app, "This browser");
  await expect(app.button("Record")).toHaveAttribute("aria-disabled", "true");
  await expect(app.button("Record")).toHaveAttribute("title", /The room of this browser is used up.*1 MB are free/);
  await expect(await app.messages(app.field("Name"))).toContainText("The room of this browser is used up");
  await debug.send("Storage.overrideQuotaForOrigin", { origin: bridge.url, quotaSize: 100 << 20 });
  // The document is judged anew.
  await app.type("Name", "other.zarr");
  await app.applied();
  await app.button("Record").click();
  expect(await app.summary()).toMatch(/^Saved 32, lost 0: other\.zarr in this browser/);
});

test("the quota is reached: it stops, says so, and what was saved is whole", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  // Noise: no codec makes it smaller.
  await configure(runtime, { ...CAMERA, camera: "simulated: uniform random", width: 256, height: 256, points: null });
  const app = await openApp(bridge.url);
  const { page } = app;
  const debug = await page.context().newCDPSession(page);
  await debug.send("Storage.overrideQuotaForOrigin", { origin: bridge.url, quotaSize: 4 << 20 });
  await storeOn(app, "This browser");
  await page.getByRole("tab", { name: "Frames", exact: true }).click();
  await app.button("Record").click();
  const told = await words(page);
  expect(told).toMatch(/^Stopped: this browser's storage is full, \d+ saved, lost \d+: run\.zarr in this browser/);
  await expect(result(page)).toHaveAttribute("role", "alert");
  const saved = await toldLast(page);
  expect(saved).toBeGreaterThan(0);
  await expect.poll(async () => await runtime.getState()).toBe("Armed");

  await debug.send("Storage.overrideQuotaForOrigin", { origin: bridge.url });
  const next = await anotherTab(app, bridge.url);
  // Where its last bytes still found room it was closed, and nothing is offered.
  const leftOpen = next.page.getByText(`Interrupted in this browser: ${NAME}`);
  const isOffered = await leftOpen.waitFor({ timeout: 5_000 }).then(
    () => true,
    () => false,
  );
  if (isOffered) await next.page.getByRole("button", { name: "Recover", exact: true }).click();
  await expect(next.page.getByText("Interrupted in this browser")).toBeHidden();
  const found = readByZarrPython(await extract(next.page, NAME, testInfo.outputPath("store")));
  expect(found.readable).toBe(found.stored);
  expect(found.stored).toBeGreaterThanOrEqual(saved);
});

test("the camera computer's process is killed: what came is saved and closed, and it is said", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await endless(runtime);
  const app = await openApp(bridge.url);
  await recording(app);
  const told = await toldLast(app.page);
  await bridge.end("SIGKILL");
  const end = await words(app.page);
  expect(end).toMatch(
    /^Stopped: the connection to the camera computer broke, \d+ saved(, lost \d+)?: run\.zarr in this browser/,
  );
  const found = readByZarrPython(await extract(app.page, NAME, testInfo.outputPath("store")));
  expect(found.readable).toBe(found.stored);
  expect(found.stored).toBeGreaterThanOrEqual(told);
  expect(await toldLast(app.page)).toBe(found.stored);
});

test("the network stalls for 10 s: what is lost is counted, has its place, and says why; then it goes on", async ({
  bridge,
  runtime,
  openApp,
}) => {
  // Its frames fill the room of 128 MiB in 3 s.
  await configure(runtime, { ...CAMERA, width: 1024, height: 512, exposureMs: 10, points: null });
  await using proxy = await StallingProxy.start(bridge.port);
  const app = await openApp(bridge.url, { resolve: `127.0.0.1:${bridge.port} 127.0.0.1:${proxy.port}` });
  const { page } = app;
  await recording(app);
  proxy.stall();
  await page.waitForTimeout(10_000);
  proxy.resume();
  await expect.poll(async () => (await counts(page))?.lost ?? 0, { timeout: 30_000 }).toBeGreaterThan(0);
  const after = await toldLast(page);
  await expect.poll(async () => (await counts(page))?.saved ?? 0).toBeGreaterThan(after + 20);
  await expect(page.getByRole("button", { name: /the network to this browser was too slow/ }).first()).toBeVisible();
  await app.button("Stop").click();
  expect(await words(page)).toMatch(/^Saved [\d,]+, lost [\d,]+: run\.zarr in this browser/);
  const { saved, lost, captured, waiting } = (await counts(page)) ?? { saved: 0, lost: 0, captured: 0, waiting: 0 };
  expect([saved + lost, waiting]).toEqual([captured, 0]);
  // Hundreds of MB stay where they are: the table says what became of each frame.
  const rows = (await tableOf(page, NAME)).trim().split("\n").slice(1);
  expect(rows.filter((row) => row.endsWith("stored"))).toHaveLength(saved);
  expect(rows).toHaveLength(captured);
});

test("another tab writes that name: the second is refused before anything begins, and what stands there stays", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await configure(runtime, { ...CAMERA, points: 10 });
  const app = await openApp(bridge.url);
  await storeOn(app, "This browser");
  await app.button("Record").click();
  expect(await app.summary()).toMatch(/^Saved 10, lost 0: run\.zarr in this browser/);
  const configuration = await configure(runtime, { ...CAMERA, points: 5 });
  configuration.video[0]!.storage.settings.overwrite = true;
  await runtime.setConfiguration(configuration);
  const frames = async () => (await tableOf(app.page, NAME)).trim().split("\n").length - 1;
  const replace = async () => {
    await app.button("Record").click();
    await app.button("Replace and record").click();
  };
  const other = await anotherTab(app, bridge.url);
  await other.page.evaluate(
    (name) =>
      new Promise<void>((held) => {
        void navigator.locks.request(`zarrcam /${name}`, () => {
          held();
          return new Promise(() => undefined);
        });
      }),
    NAME,
  );
  await expect(app.field("Name")).toHaveValue(NAME);
  await app.applied();
  await replace();
  await expect(app.run.getByRole("alert")).toContainText("is being written by another tab or window");
  expect(await runtime.getState()).toBe("Armed");
  expect(await frames()).toBe(10);
  await other.page.close();
  await replace();
  await expect.poll(() => app.summary()).toMatch(/^Saved 5, lost 0: run\.zarr in this browser/);
  expect(await frames()).toBe(5);
});

test("the recorder's worker crashes: it is said, what was called saved is there, and is recovered", async ({
  bridge,
  runtime,
  openPage,
}, testInfo) => {
  await endless(runtime);
  const opened = await openPage("about:blank");
  // Its own workers, to be ended by the test.
  await opened.page.addInitScript(() => {
    const made: Worker[] = [];
    const { Worker } = globalThis;
    Object.assign(globalThis, {
      made,
      Worker: class extends Worker {
        constructor(...given: ConstructorParameters<typeof Worker>) {
          super(...given);
          if (String(given[0]).includes("recorder")) made.push(this);
        }
      },
    });
  });
  await opened.page.goto(bridge.url);
  const app = await new AppPage(opened.page, opened.errors).ready();
  await recording(app);
  const told = await toldLast(app.page);
  await app.page.evaluate(() => (globalThis as unknown as { made: Worker[] }).made.at(-1)?.terminate());
  expect(await words(app.page)).toMatch(/ended unexpectedly|storage failed/);
  await expect(result(app.page).locator("p")).toHaveAttribute("title", /ended unexpectedly/);
  await expect.poll(async () => await runtime.getState()).toBe("Armed");
  const found = await recover(app, testInfo.outputPath("store"));
  expect(found.stored).toBeGreaterThanOrEqual(told);
});

test("both store one run, each in its own layout, and the page says which has what", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await configure(runtime, { ...CAMERA, points: 60 });
  const app = await openApp(bridge.url);
  const { page } = app;
  await storeOn(app, "Both");
  await page.getByRole("button", { name: /^Store on: / }).click();
  await app.choose("Chunks in this browser", "For time courses");
  await page.keyboard.press("Escape");
  await app.applied();
  await page.getByRole("tab", { name: "Frames", exact: true }).click();
  await app.button("Record").click();
  const said = await app.summary();
  expect(said).toContain("run.zarr on the camera computer");
  expect(said).toContain("run.zarr in this browser");
  await expect(page.locator(".frames tbody tr")).toContainText([/Camera computer/, /This browser/]);
  const store = await extract(page, NAME, testInfo.outputPath("store"));
  const [here, there] = [readByZarrPython(store), readByZarrPython(`${bridge.dataDir}/${NAME}`)];
  expect(there).toEqual({ stored: 60, lost: 0, readable: 60 });
  expect(here.stored + here.lost).toBe(60);
});
