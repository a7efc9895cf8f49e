import { type Browser, type Page, chromium } from "playwright-core";

export const chromiumPath = process.env["ZARRCAM_CHROMIUM"] ?? "/usr/bin/chromium";

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

export interface Look {
  width?: number;
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
}

export function chromiumArguments({ webgpu = false, composedInSoftware = false, resolve }: Look = {}): string[] {
  return [
    ...flags,
    ...(webgpu ? softwareGpu : []),
    ...(composedInSoftware ? ["--disable-gpu-compositing"] : []),
    ...(resolve ? [`--host-resolver-rules=MAP ${resolve}`] : []),
  ];
}

/** The Chromium that the tests were given; with `webgpu` it has an adapter. */
export function launch(look: Look = {}): Promise<Browser> {
  const { backForwardCache = false } = look;
  return chromium.launch({
    ignoreDefaultArgs: backForwardCache ? ["--disable-back-forward-cache"] : [],
    executablePath: chromiumPath,
    args: chromiumArguments(look),
  });
}

/** A page of the given size; what it throws or logs as an error is collected in `errors`. */
export async function open(browser: Browser, url: string, look: Look = {}): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 720 },
    colorScheme: look.colorScheme ?? "dark",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  const { inWorker } = look;
  if (inWorker !== undefined) {
    // A script that came from the test is none of this computer, to the browser.
    await context.grantPermissions(["local-network-access"]);
    await page.route(/view\.worker/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${inWorker}\n${await response.text()}` });
    });
  }
  await page.goto(url);
  return { page, errors };
}
