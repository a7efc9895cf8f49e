// Several camera computers at a glance: the overview that every bridge serves.
import type { Locator, Page } from "playwright/test";

import { loadAxe, violations } from "./harness/axe.ts";
import { Bridge } from "./harness/bridge.ts";
import { configure, script } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";
import { crowded } from "./harness/text-room.ts";

const rigsPage = (bridge: Bridge): string => new URL("/rigs.html", bridge.url).href;

/** The tile of a rig, by where it is. */
const tile = (page: Page, origin: string): Locator => page.locator(`article[data-origin="${origin}"]`);
const word = (tile: Locator): Locator => tile.getByRole("status");

async function add(page: Page, address: string): Promise<void> {
  await page.getByRole("textbox", { name: "Address or pairing link" }).fill(address);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

/** The sum of a tile's pixels: another picture has another. */
function pictureSum(tile: Locator): Promise<number> {
  return tile.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let sum = 0;
    for (const value of pixels) sum += value;
    return sum;
  });
}

async function choose(tile: Locator, item: string): Promise<void> {
  await tile.getByRole("button", { name: "More" }).click();
  await tile.getByRole("menuitem", { name: item }).click();
}

test("several rigs at once: each says what it does, and one that dies says so", async ({ openPage }) => {
  await using own = await Bridge.start({ rigName: "Confocal" });
  await using busy = await Bridge.start({ rigName: "Light sheet <b>2</b>", controlledBy: [own.url] });
  await using gone = await Bridge.start();
  await gone.end();
  await using runtime = await script(busy);
  await configure(runtime, { name: "long.zarr", exposureMs: 40 });
  await runtime.start();

  const { page } = await openPage(rigsPage(own));
  const tiles = page.getByRole("article");
  await expect(word(tile(page, own.url))).toHaveText("Ready");
  await expect(tile(page, own.url).getByRole("heading")).toHaveText("Confocal");
  await expect(tile(page, own.url)).toContainText(/Disk\s*[\d.]+ [GT]B free/);

  await add(page, "no address");
  await expect(page.getByText("This is not an address.")).toBeVisible();
  await add(page, busy.url);
  const recording = tile(page, busy.url);
  await expect(word(recording)).toHaveText("Recording");
  // A name is text, whoever chose it.
  await expect(recording.getByRole("heading")).toHaveText("Light sheet <b>2</b>");
  await expect(recording).toContainText(/Run\s*\d+ s so far, until stopped/);
  await expect(recording).toContainText(/Rates\s*2\d\.\d frames\/s, [\d.]+ MB\/s/);
  await expect(recording).toContainText(/Losses\s*lost 0 frames/);
  await expect(recording).toContainText(/Disk\s*[\d.]+ [GT]B free/);
  await expect(
    recording
      .getByRole("img", { name: "Light sheet <b>2</b> sees now" })
      .or(recording.getByRole("img", { name: /sees now$/ }))
      .first(),
  ).toBeVisible();
  const first = await pictureSum(recording);
  await expect.poll(() => pictureSum(recording)).not.toBe(first);

  await add(page, gone.url);
  await expect(word(tile(page, gone.url))).toHaveText("Unreachable");
  await expect(tile(page, gone.url)).toContainText("It may not run");
  await expect(tiles).toHaveCount(3);

  // Looking round is a camera computer's affair, and this one was started for itself alone.
  await page.getByRole("button", { name: "Look for others" }).click();
  await expect(page.getByText("This camera computer looks for no others")).toBeVisible();

  await loadAxe(page);
  for (const theme of ["dark", "light"]) {
    expect(await violations(page, theme === "light"), theme).toEqual([]);
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await crowded(page), `${theme} ${width}`).toEqual([]);
      if (process.env["ZARRCAM_PICTURES"])
        await page.screenshot({ path: `${process.env["ZARRCAM_PICTURES"]}/rigs-${theme}-${width}.png` });
    }
    await page.getByRole("button", { name: "theme" }).click();
  }

  // The list is this browser's: its order, its names, and what is in it.
  await choose(tile(page, gone.url), "Move forwards");
  await choose(tile(page, gone.url), "Rename …");
  await page.getByRole("textbox", { name: `Name of ${gone.url}` }).fill("Old rig");
  await page.keyboard.press("Enter");
  await page.reload();
  await expect(tiles).toHaveCount(3);
  await expect(tiles.nth(1).getByRole("heading")).toHaveText("Old rig");
  await expect(word(recording)).toHaveText("Recording");
  await choose(tile(page, gone.url), "Remove from this list");
  await expect(tiles).toHaveCount(2);

  // A bridge that hangs keeps its connection: nothing of it looks live.
  await expect(recording.getByRole("img", { name: /sees now$/ })).toBeVisible();
  process.kill(busy.pid, "SIGSTOP");
  await expect(recording.getByRole("img", { name: /sees now$/ })).toHaveCount(0);
  await expect(word(recording)).toHaveText("Connection lost");
  await expect(recording.getByText(/^Last picture, \d\d:\d\d:\d\d$/)).toBeVisible();
  process.kill(busy.pid, "SIGCONT");
  await expect(word(recording)).toHaveText("Recording");
  await expect(recording.getByRole("img", { name: /sees now$/ })).toBeVisible();

  await busy.end("SIGKILL");
  await expect(word(recording)).toHaveText(/Connection lost|Unreachable/);
  await using again = await Bridge.start({ port: busy.port, dataDir: busy.dataDir, controlledBy: [own.url] });
  await expect(word(recording)).toHaveText("Ready");
  expect(again.url).toBe(busy.url);

  // A click leads to the rig's own page, and another back.
  await recording.getByRole("heading").getByRole("link").click();
  await expect(page).toHaveURL(`${busy.url}/`);
  await page.goto(own.url);
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { name: "Camera computers" })).toBeVisible();
});

test("out of sight the overview asks for no pictures", async ({ openPage, bridge, runtime }) => {
  await configure(runtime, { name: "a.zarr", exposureMs: 20 });
  await runtime.start({ record: false });
  const { page } = await openPage(rigsPage(bridge));
  const asked: string[] = [];
  const own = tile(page, bridge.url);
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const [method] = /preview\.\w+/.exec(String(payload)) ?? [];
      if (method) asked.push(method);
    }),
  );
  await page.reload();
  await expect(own.getByRole("img", { name: /sees now$/ })).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect.poll(() => asked.at(-1)).toBe("preview.unsubscribe");
  await expect(own.getByRole("img", { name: /sees now$/ })).toHaveCount(0);
  // However fast the camera is, a tile takes few pictures.
  const atMost = asked.filter((method) => method === "preview.ack").length;
  expect(atMost).toBeLessThan(20);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(own.getByRole("img", { name: /sees now$/ })).toBeVisible();
});
