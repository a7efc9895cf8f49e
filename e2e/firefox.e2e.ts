// The static site in Firefox, which Playwright does not drive where it is a distribution's: puppeteer does, by WebDriver BiDi.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Page, launch } from "puppeteer-core";

import { hasCore } from "../web/src/recorder/core.fixture.ts";
import { PlainServer } from "./harness/plain-server.ts";
import { expect, test } from "./harness/test.ts";

const SITE = fileURLToPath(new URL("../web/site", import.meta.url));
const firefox = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path)) ?? "";
const python = process.env["ZARRCAM_PYTHON"] ?? "python3";
/** Prints the array's shape, and the value of one pixel of its first plane. */
const READ_PIXEL = `
import sys, zarr
from zarr.storage import ZipStore
group = zarr.open_group(ZipStore(sys.argv[1], mode="r"), mode="r")
array = group["0"]
plane = array[(0,) * (array.ndim - 2)]
print(*array.shape, plane[int(sys.argv[3]), int(sys.argv[2])])
`;

test.skip(!hasCore, "nothing compiles for the browser here, so there is no site");
test.skip(firefox === "", "no Firefox here: on Debian, sudo apt-get install firefox-esr");

/** The page as its user finds it, by role and name. */
class FirefoxPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  async click(role: string, name: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${name}"][role="${role}"])`).click();
  }
  async type(name: string, text: string): Promise<void> {
    const field = await this.page.waitForSelector(`::-p-aria([name="${name}"][role="textbox"])`);
    await field?.click({ count: 3 });
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }
  text(selector = "body"): Promise<string> {
    return this.page.$eval(selector, (element) => element.textContent.replace(/\s+/g, " "));
  }
  async says(pattern: RegExp, selector?: string): Promise<void> {
    await expect.poll(() => this.text(selector).catch(() => ""), { timeout: 30_000 }).toMatch(pattern);
  }
  readOut(what: "position" | "value" | "kind"): Promise<string> {
    return this.text(`[data-testid="readout-${what}"]`);
  }
}

test("Firefox sets up, looks, records the simulated camera into itself, shows its dataset and exports it", async () => {
  await using site = await PlainServer.start(SITE, "/a/b/");
  const downloads = await mkdtemp(join(tmpdir(), "zarrcam-firefox-"));
  const browser = await launch({
    browser: "firefox",
    executablePath: firefox,
    headless: true,
    extraPrefsFirefox: { "browser.download.dir": downloads, "browser.download.folderList": 2 },
  });
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 720 });
    const errors: string[] = [];
    page.on("pageerror", (error) => void errors.push(String(error)));
    await page.goto(site.url);
    const app = new FirefoxPage(page);
    await app.says(/All changes applied/);
    // The page's own core judges what is typed.
    await app.type("Exposure", "2000");
    await app.says(/1 problem/);
    await app.type("Exposure", "20");
    await app.type("Width", "320");
    await app.type("Height", "240");
    await app.type("Time points", "20");
    await app.says(/Ready to record.*All changes applied/);
    await app.click("button", "Live");
    await app.says(/Live, not saved/, '[data-testid="canvas-word"]');
    await app.click("button", "Record");
    await app.says(/Saved 20, lost 0/);

    // As its user finds it the next day.
    await page.reload();
    await app.says(/All changes applied/);
    await app.click("tab", "Datasets");
    await (await page.waitForSelector("::-p-text(acquisition_001.zarr)"))?.click();
    await app.says(/acquisition_001\.zarr/, '[data-testid="canvas-word"]');
    const image = await page.waitForSelector("[data-pane='stored']");
    const box = await image!.boundingBox();
    await expect
      .poll(async () => {
        await page.mouse.move(box!.x + box!.width * (0.45 + Math.random() / 50), box!.y + box!.height / 2);
        return app.readOut("kind").catch(() => "");
      })
      .toBe("exact");
    const [x = "", y = ""] = (await app.readOut("position")).match(/\d+/g) ?? [];
    const value = await app.readOut("value");

    await (await page.waitForSelector('[title="All of it as one file on this computer"]'))?.click();
    const kept = async () =>
      (await readdir(downloads)).filter((name) => /^acquisition_001\.(ozx|zarr\.zip)$/.test(name));
    await expect.poll(kept, { timeout: 30_000 }).toHaveLength(1);
    const [archive = ""] = await kept();
    const read = () => execFileSync(python, ["-c", READ_PIXEL, join(downloads, archive), x, y], { encoding: "utf8" });
    await expect.poll(read).toBe(`20 240 320 ${value}\n`);
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    await rm(downloads, { recursive: true, force: true });
  }
});
