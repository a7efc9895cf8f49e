import { existsSync } from "node:fs";

import { type Browser, type Page, chromium } from "playwright/test";

const distributions = "/usr/bin/chromium";
/** The one that the tests were given, the distribution's, or Playwright's own, where somebody has downloaded it. */
export const chromiumPath =
  process.env["ZARRCAM_CHROMIUM"] ?? (existsSync(distributions) ? distributions : chromium.executablePath());

const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * WebGPU without a graphics card. The compositor must run on the same software Vulkan, or the first frame that a canvas
 * shows ends the GPU process.
 */
const softwareGpu = [
  "--enable-unsafe-webgpu",
  "--enable-gpu",
  "--ignore-gpu-blocklist",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

/** Where a static site is, to a browser that is told so. */
export const SITE_HOST = "site.example";

/** A server of this computer that is elsewhere to the browser. */
export interface Elsewhere {
  host: string;
  port: number;
  /** Where the browser takes it to be: in the internet, or in the local network. */
  space: "public" | "local";
  /** As good as https. */
  secure: boolean;
}

/** How a browser is started, and a page in it is shown. */
export interface Appearance {
  /** Of the page, in px; 1280. */
  width?: number;
  /** Of the page, in px; 720. */
  height?: number;
  /** A software adapter; without it headless Chromium has no WebGPU. */
  webgpu?: boolean;
  /** The browser puts its windows together without the graphics card, as over some remote desktops. */
  composedInSoftware?: boolean;
  colorScheme?: "dark" | "light";
  /** Keeps pages that were left, to show them again as they were. */
  backForwardCache?: boolean;
  /** Runs in the page's view worker before its own code does. */
  inWorker?: string | undefined;
  /** A name and the address that it leads to, as a hostile name server would have it. */
  resolve?: string;
  /** A port of this computer that is `SITE_HOST` to the browser: on the internet, and as good as https. */
  sitePort?: number;
  /** Servers of this computer that are elsewhere to the browser. */
  elsewhere?: readonly Elsewhere[];
  /** Arguments of a test's own. */
  extra?: readonly string[];
  /** A webcam that shows a clock, 30 times a second: the browser asks for it as for any other, or every page may use it. */
  webcam?: "asked for" | "allowed";
  /** Tells pages the quota that they have. By itself Chromium tells all of them the same, and keeps another. */
  tellsQuota?: boolean;
}

export const needsBrowserOfItsOwn = (appearance: Appearance): boolean =>
  Boolean(
    appearance.webgpu ||
    appearance.composedInSoftware ||
    appearance.backForwardCache ||
    appearance.resolve ||
    appearance.sitePort ||
    appearance.elsewhere ||
    appearance.tellsQuota ||
    appearance.extra ||
    appearance.webcam,
  );

export function chromiumArguments({
  webgpu = false,
  composedInSoftware = false,
  resolve,
  sitePort,
  elsewhere = sitePort ? [{ host: SITE_HOST, port: sitePort, space: "public", secure: true }] : [],
  webcam,
  tellsQuota = false,
  extra = [],
}: Appearance = {}): string[] {
  const secure = elsewhere.filter(({ secure }) => secure).map(({ host, port }) => `http://${host}:${port}`);
  return [
    ...flags,
    ...(webgpu ? softwareGpu : []),
    ...(composedInSoftware ? ["--disable-gpu-compositing"] : []),
    ...(elsewhere.length > 0
      ? [
          `--host-resolver-rules=${elsewhere.map(({ host }) => `MAP ${host} 127.0.0.1`).join(",")}`,
          `--ip-address-space-overrides=${elsewhere.map(({ port, space }) => `127.0.0.1:${port}=${space}`).join(",")}`,
          ...(secure.length > 0 ? [`--unsafely-treat-insecure-origin-as-secure=${secure.join(",")}`] : []),
        ]
      : []),
    ...(webcam ? ["--use-fake-device-for-media-stream=fps=30"] : []),
    ...(webcam === "allowed" ? ["--use-fake-ui-for-media-stream"] : []),
    ...(tellsQuota ? ["--disable-features=StaticStorageQuota,IncognitoStaticStorageQuota"] : []),
    ...(resolve ? [`--host-resolver-rules=MAP ${resolve}`] : []),
    ...extra,
  ];
}

/** The Chromium that the tests were given; with `webgpu` it has an adapter. */
export function launch(appearance: Appearance = {}): Promise<Browser> {
  const { backForwardCache = false } = appearance;
  return chromium.launch({
    ignoreDefaultArgs: backForwardCache ? ["--disable-back-forward-cache"] : [],
    executablePath: chromiumPath,
    args: chromiumArguments(appearance),
  });
}

/** An empty page of the given size; what it throws or logs as an error is collected in `errors`. */
export async function newPage(
  browser: Browser,
  { width = 1280, height = 720, colorScheme = "dark", inWorker }: Appearance = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  if (inWorker !== undefined) {
    // A script that came from the test is none of this computer, to the browser.
    await context.grantPermissions(["local-network-access"]);
    await page.route(/view\.worker/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${inWorker}\n${await response.text()}` });
    });
  }
  return { page, errors };
}

/** A page of the given size at an address, as `newPage` makes it. */
export async function open(
  browser: Browser,
  url: string,
  appearance: Appearance = {},
): Promise<{ page: Page; errors: string[] }> {
  const made = await newPage(browser, appearance);
  await made.page.goto(url);
  return made;
}

/** Ends the process that draws for the page's browser, as a bad driver does. */
export async function crashGpu(page: Page): Promise<void> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  await session?.send("Browser.crashGpuProcess");
}

type Answer = "granted" | "denied" | "prompt";

/** What the user answers to the browser's question for the camera. */
export const answerForCamera = (page: Page, setting: Answer): Promise<void> => answerFor(page, ["camera"], setting);

/** What the user answers where the browser asks whether a page may reach this computer, or the local network. */
export const answerForNetwork = (page: Page, setting: Answer): Promise<void> =>
  answerFor(page, ["loopback-network", "local-network", "local-network-access"], setting);

/** @param names of one permission in several versions of the browser: those that it does not know are left out */
async function answerFor(page: Page, names: readonly string[], setting: Answer): Promise<void> {
  const own = await page.context().newCDPSession(page);
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const { browserContextId = "" } = (await own.send("Target.getTargetInfo")).targetInfo;
  const origin = new URL(page.url()).origin;
  let isKnown = false;
  for (const name of names) {
    const permission = { permission: { name }, setting, origin, browserContextId };
    const known = browser?.send("Browser.setPermission", permission).then(
      () => true,
      () => false,
    );
    isKnown = (await known) === true || isKnown;
  }
  // A page of plain http from elsewhere can be given none.
  if (!isKnown && (await page.evaluate("isSecureContext")))
    throw new Error(`The browser knows none of ${names.join(", ")}.`);
}
