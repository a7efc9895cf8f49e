import type { Locator, Page } from "playwright/test";

import { expect } from "./expect.ts";

/** What the page gives to scripts and the browser's console. */
interface PageScope {
  zarrcam: {
    viewer: {
      capture(): Promise<{ width: number; height: number; data: Uint8ClampedArray } | null>;
      counters(): Promise<Record<string, number>>;
      fixRoad(road: "socket" | "stream" | null): void;
    };
  };
}

/** The read-out, all of one moment: after the page has drawn what the pointer did, or has had the time for it. */
async function readOut(): Promise<{ position: string; value: string; kind: string }> {
  const drawn = () => new Promise((resolve) => (requestAnimationFrame(resolve), setTimeout(resolve, 200)));
  await drawn();
  await drawn();
  const text = (id: string) => document.querySelector(`[data-testid="readout-${id}"]`)?.textContent ?? "";
  return { position: text("position"), value: text("value"), kind: text("kind") };
}

/** The page as its user finds it: by role and name. */
export class AppPage {
  readonly page: Page;
  /** What the page threw, or logged as an error. */
  readonly errors: readonly string[];
  readonly run: Locator;
  readonly banner: Locator;
  /** The word on the image's frame: Ready; Live, not saved; Recording; a dataset's name. */
  readonly word: Locator;
  readonly image: Locator;

  constructor(page: Page, errors: readonly string[] = []) {
    this.page = page;
    this.errors = errors;
    this.run = page.getByRole("contentinfo", { name: "Run" });
    this.banner = page.getByRole("banner");
    this.word = page.getByTestId("canvas-word").first();
    this.image = page.locator("[data-pane='0'], [data-pane='stored']");
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }
  field(name: string): Locator {
    return this.page.getByRole("textbox", { name, exact: true });
  }
  slider(name: string): Locator {
    return this.page.getByRole("slider", { name, exact: true });
  }
  /** The messages beside a field: what a screen reader reads with it. */
  async messages(field: Locator): Promise<Locator> {
    const id = await field.getAttribute("aria-describedby");
    return this.page.locator(`[id="${id ?? "nothing"}"]`);
  }

  /** Connected, and the settings have come. */
  async ready(): Promise<this> {
    await this.banner.getByText("Connected", { exact: true }).waitFor();
    await this.applied();
    return this;
  }
  /** All edits are in force. */
  async applied(): Promise<void> {
    await this.page.getByText("All changes applied", { exact: true }).waitFor();
  }
  async type(name: string, text: string): Promise<void> {
    const field = this.field(name);
    await field.fill(text);
    await field.press("Enter");
  }
  async choose(name: string, option: string): Promise<void> {
    await this.page.getByRole("combobox", { name, exact: true }).selectOption({ label: option });
  }
  async example(name: string): Promise<void> {
    await this.page.getByRole("button", { name: /^Examples/ }).click();
    await this.page.getByRole("menuitem", { name: new RegExp(`^${name}`) }).click();
  }
  async leftTab(name: "Set-up" | "Datasets"): Promise<void> {
    await this.page.getByRole("tab", { name, exact: true }).click();
  }
  async openDataset(name: string): Promise<void> {
    await this.leftTab("Datasets");
    await this.page
      .getByRole("region", { name: "Datasets", exact: true })
      .getByRole("button", { name: new RegExp(`^${name.replaceAll(".", "\\.")}`) })
      .click();
    await this.word.and(this.page.getByText(name, { exact: true })).waitFor();
  }

  /** Presses Tab until the focus is there. */
  async tabTo(role: "button" | "combobox" | "slider" | "tab" | "textbox", name: string | RegExp): Promise<void> {
    const wanted = this.page.locator(":focus").and(this.page.getByRole(role, { name, exact: true }));
    for (let tabs = 0; tabs < 150; tabs++) {
      await this.page.keyboard.press("Tab");
      if ((await wanted.count()) > 0) return;
    }
    throw new Error(`Tab never reached the ${role} ${String(name)}`);
  }

  /** Frames that are decided, by the progress of the run; null: none goes on. */
  async progress(): Promise<number | null> {
    const bar = this.run.getByRole("progressbar", { name: "Frames saved" });
    if ((await bar.count()) === 0) return null;
    return Number(await bar.getAttribute("aria-valuetext").then((text) => text?.split(" ")[0]));
  }
  async recorded(frames: number, timeout = 30_000): Promise<void> {
    await expect.poll(() => this.progress().catch(() => null), { timeout }).toBeGreaterThanOrEqual(frames);
  }
  /** "Saved 300, lost 0: out.zarr, in 21 s", after a run. */
  async summary(timeout = 20_000): Promise<string> {
    const line = this.run.getByText(/(Saved|Counted)\s+[\d,]+,\s+lost/);
    await line.waitFor({ timeout });
    return ((await line.textContent()) ?? "").replace(/\s+/g, " ").trim();
  }

  /** A number that changes with the picture, from the pixels that were drawn. */
  pictureSum(): Promise<number | null> {
    return this.page.evaluate(async () => {
      const image = await (globalThis as unknown as PageScope).zarrcam.viewer.capture();
      if (!image) return null;
      let sum = 0;
      for (let at = 0; at < image.data.length; at += 4) sum = (sum * 31 + (image.data[at] ?? 0)) % 1_000_000_007;
      return sum;
    });
  }
  counters(): Promise<Record<string, number>> {
    return this.page.evaluate(() => (globalThis as unknown as PageScope).zarrcam.viewer.counters());
  }
  /** By which road the cameras' pictures come; null: the one that is faster. */
  fixRoad(road: "socket" | "stream" | null): Promise<void> {
    return this.page.evaluate((road) => (globalThis as unknown as PageScope).zarrcam.viewer.fixRoad(road), road);
  }

  /** The pixel under a point of the image (parts of its width and height), as the page reads it out. */
  async pixelAt(partX: number, partY: number): Promise<{ x: number; y: number; value: number; kind: string }> {
    await this.image.waitFor();
    const box = await this.image.boundingBox();
    if (!box) throw new Error("there is no image");
    await this.page.mouse.move(box.x + partX * box.width, box.y + partY * box.height);
    await expect(this.page.getByTestId("readout-position")).toHaveText(/x/);
    const { position, value, kind } = await this.page.evaluate(readOut);
    const [x = "", y = ""] = position.match(/\d+/g) ?? [];
    return { x: Number(x), y: Number(y), value: Number(value), kind };
  }

  /**
   * The page reads out what `stored` says for the same pixels, at five points of the picture.
   * The read-out follows the picture, so it is asked until it agrees.
   */
  async expectPixels(stored: (x: number, y: number) => number): Promise<void> {
    for (const [x, y] of [
      [0.5, 0.5],
      [0.42, 0.4],
      [0.58, 0.61],
      [0.46, 0.55],
      [0.55, 0.38],
    ] as const) {
      await expect
        .poll(
          async () => {
            const pixel = await this.pixelAt(x, y);
            return { ...pixel, stored: stored(pixel.x, pixel.y), same: stored(pixel.x, pixel.y) === pixel.value };
          },
          { timeout: 10_000 },
        )
        .toMatchObject({ kind: "exact", same: true });
    }
  }
}
