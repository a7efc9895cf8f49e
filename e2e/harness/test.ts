// What a journey is given: a bridge of its own, a script beside the page, and pages that are closed when it ends.
import type { RemoteRuntime } from "@zarrcam/client";
import { type Browser, type Page, test as base } from "playwright/test";

import { Bridge } from "./bridge.ts";
import { type Appearance, launch, needsBrowserOfItsOwn, newPage } from "./browser.ts";
import { AppPage } from "./app-page.ts";
import { expect } from "./expect.ts";
import { type LiveSetup, configure, script } from "./setup.ts";

interface Fixtures {
  /** A bridge on a free port with an empty data folder. */
  bridge: Bridge;
  /** A script that is connected to `bridge`: another client beside the page. */
  runtime: RemoteRuntime;
  /** A browser of the test's own. Whatever does not change how the browser is started shares the worker's. */
  launchBrowser: (appearance: Appearance) => Promise<Browser>;
  /** A page at an address; what it throws or logs as an error is collected in `errors`. */
  openPage: (url: string, appearance?: Appearance) => Promise<{ page: Page; errors: string[] }>;
  /** The page of a bridge, connected and with its settings. */
  openApp: (url: string, appearance?: Appearance) => Promise<AppPage>;
  /** The page of `bridge` at Live, with a small quick camera. */
  live: (setup: LiveSetup) => Promise<AppPage>;
}

export const test = base.extend<Fixtures>({
  bridge: async ({}, use) => {
    await using bridge = await Bridge.start();
    await use(bridge);
  },
  runtime: async ({ bridge }, use) => {
    await using runtime = await script(bridge);
    await use(runtime);
  },

  launchBrowser: async ({}, use) => {
    const launched: Browser[] = [];
    await use(async (appearance) => {
      const browser = await launch(appearance);
      launched.push(browser);
      return browser;
    });
    await Promise.all(launched.map((browser) => browser.close()));
  },
  openPage: async ({ browser, launchBrowser }, use) => {
    const opened: Page[] = [];
    await use(async (url, appearance = {}) => {
      const own = needsBrowserOfItsOwn(appearance);
      const made = await newPage(own ? await launchBrowser(appearance) : browser, appearance);
      opened.push(made.page);
      await made.page.goto(url);
      return made;
    });
    await Promise.all(opened.map((page) => page.context().close()));
  },
  openApp: async ({ openPage }, use) => {
    await use(async (url, appearance) => {
      const { page, errors } = await openPage(url, appearance);
      return new AppPage(page, errors).ready();
    });
  },
  live: async ({ bridge, runtime, openApp }, use) => {
    await use(async ({ path = "", camera = "simulated: radial sin", ...appearance }) => {
      await configure(runtime, { name: "graphics.zarr", camera, pixelType: "U16", exposureMs: 30 });
      const app = await openApp(bridge.url + path, appearance);
      await app.button("Live").click();
      await expect(app.word).toHaveText("Live, not saved");
      await expect.poll(() => app.pictureSum()).not.toBeNull();
      return app;
    });
  },
});

export { expect };
