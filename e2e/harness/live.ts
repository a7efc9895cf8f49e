// A page at Live whose canvas is looked at: what was drawn, and what came onto the screen.
import type { Page, Worker } from "playwright-core";
import { expect } from "vitest";

import { Bridge } from "./bridge.ts";
import { type Look, launch, open } from "./browser.ts";
import { Desk } from "./desk.ts";
import { configure, script } from "./setup.ts";

export interface Setup {
  bridge: Bridge;
  desk: Desk;
  errors: string[];
  crashGpu(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** WebGPU by the address: a software adapter is not taken by itself. */
export const FORCED = "/#renderer=webgpu";

export interface Wished extends Look {
  path?: string;
  camera?: string;
  /** Runs in the view worker before the page's own code does. */
  inWorker?: string;
}

/** A page at Live, on a bridge of its own with a small quick camera. */
export async function live({ path = "", camera, inWorker, ...look }: Wished): Promise<Setup> {
  const bridge = await Bridge.start();
  const runtime = await script(bridge);
  await configure(runtime, {
    name: "graphics.zarr",
    camera: camera ?? "simulated: radial sin",
    pixelType: "U16",
    exposureMs: 30,
  });
  await runtime.close();
  const browser = await launch(look);
  const { page, errors } = await open(browser, bridge.url + path, { inWorker });
  const desk = await new Desk(page).ready();
  await desk.button("Live").click();
  await expect.poll(() => desk.word.textContent()).toBe("Live, not saved");
  await expect.poll(() => desk.pictureSum(), { timeout: 15_000 }).not.toBeNull();
  return {
    bridge,
    desk,
    errors,
    crashGpu: async () => {
      const session = await browser.newBrowserCDPSession();
      await session.send("Browser.crashGpuProcess");
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await bridge[Symbol.asyncDispose]();
    },
  };
}

export async function changes(desk: Desk): Promise<void> {
  const first = await desk.pictureSum();
  await expect.poll(() => desk.pictureSum(), { timeout: 15_000 }).not.toBe(first);
}

export function viewWorker(page: Page): Worker {
  const worker = page.workers().find((one) => one.url().includes("view.worker"));
  if (!worker) throw new Error("the page has no view worker");
  return worker;
}

/** What was drawn also comes onto the screen. */
export async function onScreen(desk: Desk): Promise<void> {
  const box = await desk.image.boundingBox();
  if (!box) throw new Error("there is no image");
  const clip = { x: box.x + box.width / 4, y: box.y + box.height / 4, width: box.width / 2, height: box.height / 2 };
  const shot = async () => (await desk.page.screenshot({ clip })).toString("base64");
  const first = await shot();
  await expect.poll(shot, { timeout: 15_000 }).not.toBe(first);
}
