// The page over a slow network: pictures that are small enough to move, and say on the image what they lost; whole ones where they
// are asked for; commands between them; and a recording in the browser that tells every frame that did not get through.
import { SlowLink } from "../bridge/server/test/slow-link.ts";
import { hasCore } from "../web/src/recorder/core.fixture.ts";
import type { AppPage } from "./harness/app-page.ts";
import { loadAxe, violations } from "./harness/axe.ts";
import { tableOf } from "./harness/browser-store.ts";
import { FORCED, changes } from "./harness/live.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const SLOW = { bytesPerS: 5e6 / 8, roundTripMs: 100 };
const FAST = { bytesPerS: 1e9 / 8, roundTripMs: 1 };
const SCENE = { name: "slow.zarr", camera: "simulated: radial sin", width: 1024, height: 768 } as const;

const label = (app: AppPage) => app.page.getByTestId("network-loss");
const received = async (app: AppPage): Promise<number> => (await app.counters())["received"] ?? 0;
/** The value's standing, in the middle of the image. */
const standing = async (app: AppPage): Promise<string> => (await app.pixelAt(0.5, 0.5)).kind;
/** How often pictures come, and how long a command takes between them, as its user sees it. */
async function figures(app: AppPage): Promise<string> {
  const [before, beganMs] = [await received(app), performance.now()];
  await app.page.waitForTimeout(4000);
  const fps = ((await received(app)) - before) / ((performance.now() - beganMs) / 1000);
  return `${fps.toFixed(1)} pictures/s`;
}

/** The page at Live over a slow network, whose pictures say what they lost. */
async function small(app: AppPage, renderer: string, screenshot: string): Promise<void> {
  await expect(app.page.locator(`[data-renderer=${renderer}]`)).toBeVisible();
  await app.button("Live").click();
  await expect(app.word).toHaveText("Live, not saved");
  await expect(label(app)).toContainText(/for the network/, { timeout: 30_000 });
  await changes(app);
  await expect.poll(() => standing(app)).toMatch(/mean of \d|approximate: 8-bit JPEG/);
  expect(await standing(app)).not.toContain("exact");
  console.log(
    `5 Mbit/s, 100 ms, ${renderer}: ${await figures(app)}; ${await label(app).locator("span").textContent()}`,
  );
  await app.page.screenshot({ path: screenshot });
}

test("5 Mbit/s and 100 ms: small pictures that say so, and whole ones on demand", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await configure(runtime, { ...SCENE, pixelType: "U16", exposureMs: 30 });
  await using link = await SlowLink.before(bridge, SLOW);
  const resolve = `127.0.0.1:${bridge.port} 127.0.0.1:${link.port}`;
  const app = await openApp(`${bridge.url}/#renderer=canvas2d`, { resolve });
  await small(app, "canvas2d", testInfo.outputPath("small.png"));
  await loadAxe(app.page);
  expect(await violations(app.page, false)).toEqual([]);

  // Whole, once; then small again.
  await label(app).getByRole("button", { name: "Whole picture now" }).click();
  await expect(label(app)).toContainText("whole pictures", { timeout: 30_000 });
  await app.page.screenshot({ path: testInfo.outputPath("whole.png") });
  expect(await standing(app)).not.toContain("approximate");
  await expect(label(app)).toContainText(/for the network/, { timeout: 30_000 });

  // Whole, always, and kept for the next visit.
  const always = label(app).getByRole("checkbox", { name: "always" });
  await always.check();
  await expect(label(app)).toContainText("whole pictures", { timeout: 30_000 });
  await app.page.reload();
  await app.ready();
  await expect(label(app)).toContainText("whole pictures", { timeout: 30_000 });
  await always.uncheck();
  await expect(label(app)).toContainText(/for the network/, { timeout: 30_000 });

  // A network that was cut comes back, and what it carries as well.
  link.cut();
  link.set(FAST);
  await app.ready();
  await expect(label(app)).toBeHidden({ timeout: 30_000 });
  await changes(app);
  expect(await standing(app)).not.toContain("approximate");
  expect(app.errors.filter((error) => !/WebSocket|Failed to load|ERR_/.test(error))).toEqual([]);
});

test("5 Mbit/s and 100 ms, drawn by WebGPU: the same small pictures @alone", async ({
  bridge,
  runtime,
  openApp,
}, testInfo) => {
  await configure(runtime, { ...SCENE, pixelType: "U16", exposureMs: 30 });
  await using link = await SlowLink.before(bridge, SLOW);
  const resolve = `127.0.0.1:${bridge.port} 127.0.0.1:${link.port}`;
  const app = await openApp(bridge.url + FORCED, { resolve, webgpu: true });
  await small(app, "webgpu", testInfo.outputPath("small.png"));
  expect(app.errors).toEqual([]);
});

test("1 Gbit/s and 1 ms: nothing is lost", async ({ bridge, runtime, openApp }) => {
  await configure(runtime, { ...SCENE, width: 640, height: 480, pixelType: "U16", exposureMs: 30 });
  await using link = await SlowLink.before(bridge, FAST);
  const app = await openApp(bridge.url, { resolve: `127.0.0.1:${bridge.port} 127.0.0.1:${link.port}` });
  await app.button("Live").click();
  await expect.poll(() => received(app)).toBeGreaterThan(30);
  await expect(label(app)).toBeHidden();
  expect(await standing(app)).not.toContain("approximate");
});

test("a recording in the browser over 5 Mbit/s tells every frame that it lost", async ({
  bridge,
  runtime,
  openApp,
}) => {
  test.skip(!hasCore, "nothing compiles for the browser here: no Rust makes wasm");
  // Its frames fill the room of 128 MiB in 3 s.
  await configure(runtime, { ...SCENE, name: "run.zarr", height: 512, exposureMs: 10 });
  await using link = await SlowLink.before(bridge, SLOW);
  const app = await openApp(bridge.url, { resolve: `127.0.0.1:${bridge.port} 127.0.0.1:${link.port}` });
  const { page } = app;
  await page.getByRole("button", { name: /^Store on: / }).click();
  await page.getByRole("radio", { name: "This browser" }).check();
  await page.keyboard.press("Escape");
  await app.applied();
  await app.button("Record").click();
  const lostByNow = async () => (await runtime.getStats()).streams[0]?.frame_clients[0]?.lost ?? 0;
  await expect.poll(lostByNow, { timeout: 60_000 }).toBeGreaterThan(50);
  await app.button("Stop").click();
  // What waits would take minutes; it is there all the same.
  link.set(FAST);
  const beganMs = performance.now();
  const result = page.getByTestId("run-result");
  await result.waitFor({ timeout: 90_000 });
  const words = ((await result.locator(".words").textContent()) ?? "").replace(/\s+/g, " ");
  console.log(`recording over 5 Mbit/s: ${words} ${((performance.now() - beganMs) / 1000).toFixed(1)} s after Stop`);
  const [, saved = "0", lost = "0"] = /^Saved ([\d,]+), lost ([\d,]+)/.exec(words) ?? [];
  const rows = (await tableOf(page, "run.zarr")).trim().split("\n").slice(1);
  const count = (text: string) => Number(text.replaceAll(",", ""));
  expect(rows.filter((row) => row.endsWith("stored"))).toHaveLength(count(saved));
  expect(rows).toHaveLength(count(saved) + count(lost));
  const { ledger } = (await runtime.getStats()).streams[0]!;
  expect(rows).toHaveLength(ledger.array_frames);
});
