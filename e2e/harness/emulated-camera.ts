// The emulated USB3 Vision camera in a page: WebUSB of window and workers is replaced before anything of the page runs.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright/test";
import ts from "typescript";

const emulator = fileURLToPath(new URL("../../.cache/usb3vision-emulator.wasm", import.meta.url));

/** Where nothing compiles for the browser there is none. */
export const hasEmulator = existsSync(emulator);

export interface CameraState {
  granted: boolean;
  plugged: boolean;
  options: object;
  faults: [frame: number, fault: string][];
  refusal: { name: string; message: string } | null;
}

interface Scope {
  emulatedUsb: {
    plug(change?: Partial<CameraState>): void;
    set(change: Partial<CameraState>): void;
    unplug(): void;
    counts(): Promise<{ exposed: number; dropped: number }>;
  };
}

export class EmulatedCamera {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Plugged into the page that is loaded next. */
  static async plugInto(page: Page, state: Partial<CameraState> = {}): Promise<EmulatedCamera> {
    const wasmUrl = "/usb3vision-emulator.wasm";
    const whole = { granted: false, plugged: true, options: {}, faults: [], refusal: null, ...state, wasmUrl };
    const source = readFileSync(new URL("usb3vision/emulated-usb.ts", import.meta.url), "utf8");
    const script = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    }).outputText;
    await page.addInitScript(`globalThis.emulatedUsbState ??= ${JSON.stringify(whole)};\n${script}`);
    await page.context().route(/\/runtime\.worker[^/]*\.js/, async (route) => {
      const response = await route.fetch();
      const before = `globalThis.emulatedUsbSource = ${JSON.stringify(script)};\n${script}`;
      await route.fulfill({ response, body: `${before}\n${await response.text()}` });
    });
    await page
      .context()
      .route(`**${wasmUrl}`, (route) =>
        route.fulfill({ body: readFileSync(emulator), contentType: "application/wasm" }),
      );
    return new EmulatedCamera(page);
  }

  /** Again, as something else. */
  plug(change: Partial<CameraState> = {}): Promise<void> {
    return this.#page.evaluate((told) => (globalThis as unknown as Scope).emulatedUsb.plug(told), change);
  }
  /** For the next time that it is opened. */
  set(change: Partial<CameraState>): Promise<void> {
    return this.#page.evaluate((told) => (globalThis as unknown as Scope).emulatedUsb.set(told), change);
  }
  unplug(): Promise<void> {
    return this.#page.evaluate(() => (globalThis as unknown as Scope).emulatedUsb.unplug());
  }
  counts(): Promise<{ exposed: number; dropped: number }> {
    return this.#page.evaluate(() => (globalThis as unknown as Scope).emulatedUsb.counts());
  }
}
