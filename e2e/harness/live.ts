// A page at Live whose canvas is looked at: what was drawn, and what came onto the screen.
import type { Page, Worker } from "playwright/test";

import type { AppPage } from "./app-page.ts";
import { expect } from "./expect.ts";

/** WebGPU by the address: a software adapter is not taken by itself. */
export const FORCED = "/#renderer=webgpu";

export async function changes(app: AppPage): Promise<void> {
  const first = await app.pictureSum();
  await expect.poll(() => app.pictureSum()).not.toBe(first);
}

export function viewWorker(page: Page): Worker {
  const worker = page.workers().find((one) => one.url().includes("view.worker"));
  if (!worker) throw new Error("the page has no view worker");
  return worker;
}

/** The picture's middle, as it is on the screen. */
export async function middle(app: AppPage): Promise<string> {
  const box = await app.image.boundingBox();
  if (!box) throw new Error("there is no image");
  const clip = { x: box.x + box.width / 4, y: box.y + box.height / 4, width: box.width / 2, height: box.height / 2 };
  return (await app.page.screenshot({ clip })).toString("base64");
}

/** What was drawn also comes onto the screen. */
export async function onScreen(app: AppPage): Promise<void> {
  const first = await middle(app);
  await expect.poll(() => middle(app)).not.toBe(first);
}
