// A page at Live whose canvas is looked at: what was drawn, and what came onto the screen.
import type { Page, Worker } from "playwright/test";

import type { Desk } from "./desk.ts";
import { expect } from "./expect.ts";

/** WebGPU by the address: a software adapter is not taken by itself. */
export const FORCED = "/#renderer=webgpu";

export async function changes(desk: Desk): Promise<void> {
  const first = await desk.pictureSum();
  await expect.poll(() => desk.pictureSum()).not.toBe(first);
}

export function viewWorker(page: Page): Worker {
  const worker = page.workers().find((one) => one.url().includes("view.worker"));
  if (!worker) throw new Error("the page has no view worker");
  return worker;
}

/** The picture's middle, as it is on the screen. */
export async function middle(desk: Desk): Promise<string> {
  const box = await desk.image.boundingBox();
  if (!box) throw new Error("there is no image");
  const clip = { x: box.x + box.width / 4, y: box.y + box.height / 4, width: box.width / 2, height: box.height / 2 };
  return (await desk.page.screenshot({ clip })).toString("base64");
}

/** What was drawn also comes onto the screen. */
export async function onScreen(desk: Desk): Promise<void> {
  const first = await middle(desk);
  await expect.poll(() => middle(desk)).not.toBe(first);
}
