// By which road the cameras' pictures reach the page: a stream beside the socket, whatever stands between page and bridge.
import { Proxy } from "../bridge/server/test/proxy.ts";
import type { AppPage } from "./harness/app-page.ts";
import { changes } from "./harness/live.ts";
import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

const counted = async (app: AppPage, name: string): Promise<number> => (await app.counters())[name] ?? 0;
/** So many more of them come. */
async function more(app: AppPage, name: "received" | "streamed", count = 10): Promise<void> {
  const before = await counted(app, name);
  await expect.poll(() => counted(app, name)).toBeGreaterThan(before + count);
}
const turnSight = (app: AppPage, state: "hidden" | "visible") =>
  app.page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

test("pictures come by the stream, and by the socket where it breaks, is kept back, refused or not looked at", async ({
  bridge,
  runtime,
  openApp,
}) => {
  await using proxy = await Proxy.before({ port: Number(new URL(bridge.url).port) });
  await configure(runtime, {
    name: "roads.zarr",
    camera: "simulated: radial sin",
    width: 640,
    height: 480,
    exposureMs: 30,
  });
  const app = await openApp(proxy.url);
  await app.button("Live").click();
  await more(app, "received");
  expect(proxy.asked).toBe(0);

  await app.fixRoad("stream");
  await more(app, "streamed");
  await changes(app);
  expect([proxy.asked, proxy.open]).toEqual([1, 1]);

  await turnSight(app, "hidden");
  await expect.poll(() => proxy.open).toBe(0);
  await turnSight(app, "visible");
  await more(app, "streamed");
  await changes(app);

  await app.fixRoad("socket");
  await expect.poll(() => proxy.open).toBe(0);
  expect(app.errors).toEqual([]);
  for (const mood of ["keeps back", { breaksAfter: 1_000_000 }, { refuses: 404 }] as const) {
    proxy.mood = mood;
    const { asked } = proxy;
    await app.fixRoad("stream");
    await expect.poll(() => proxy.asked).toBe(asked + 1);
    await expect.poll(() => proxy.open).toBe(0);
    await more(app, "received");
    await changes(app);
  }
  // The browser's own words for what stood between; the page had none.
  for (const error of app.errors) expect(error).toMatch(/Failed to load resource|ERR_/);
});
