// A lab on one computer: a bridge that others may reach, and desks from which they do, each a browser of its own that was paired.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type RemoteRuntime, connect } from "@zarrcam/client";
import { NativeRuntime } from "@zarrcam/client/native";
import type { Role } from "@zarrcam/protocol";
import { type Bridge, startBridge } from "@zarrcam/server";
import type { Browser } from "playwright/test";

import { AppPage } from "./app-page.ts";

/** Of this computer, but none by which it is known to itself: whoever comes by it comes from elsewhere, to the bridge. */
const ELSEWHERE = "127.0.0.2";
const PAGE_DIR = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** A bridge with two doors: loopback, and https at another address. */
export class Lab {
  readonly url: string;
  /** Address of the page for the desks. */
  readonly lanUrl: string;
  readonly stateDir: string;
  /** A script at the camera computer. */
  readonly script: RemoteRuntime;
  readonly #bridge: Bridge;
  readonly #runtime: NativeRuntime;
  readonly #folder: string;
  readonly #clock: { aheadMs: number };

  private constructor(
    folder: string,
    bridge: Bridge,
    runtime: NativeRuntime,
    script: RemoteRuntime,
    clock: { aheadMs: number },
  ) {
    this.#folder = folder;
    this.stateDir = join(folder, "state");
    this.#bridge = bridge;
    this.#runtime = runtime;
    this.#clock = clock;
    this.script = script;
    this.url = bridge.url.replace(/\/$/, "");
    this.lanUrl = `https://${ELSEWHERE}:${bridge.port}`;
  }

  static async start(): Promise<Lab> {
    const folder = await mkdtemp(join(tmpdir(), "zarrcam-lab-"));
    const clock = { aheadMs: 0 };
    await mkdir(join(folder, "state"), { mode: 0o700 });
    const runtime = new NativeRuntime({ dataDir: folder, setUp: true });
    const bridge = await startBridge({
      runtime,
      port: 0,
      pageDir: PAGE_DIR,
      version: "0.0.0",
      stateDir: join(folder, "state"),
      lan: { interfaces: [], addresses: () => [ELSEWHERE], names: [], protection: { kind: "authority" } },
      controlClock: () => performance.timeOrigin + performance.now() + clock.aheadMs,
    });
    const script = await connect(`${bridge.url.replace("http", "ws")}ws`);
    return new Lab(folder, bridge, runtime, script, clock);
  }

  /** So much time passes for whoever has control. */
  async wait(ms: number): Promise<void> {
    this.#clock.aheadMs += ms;
    await this.script.call("control.keep", {});
  }

  /** The page at a desk, whose browser was let in by an invitation. */
  async desk(browser: Browser, name: string, role: Role): Promise<AppPage> {
    const { token } = await this.script.call("access.invite", { role });
    const context = await browser.newContext({
      viewport: { width: 1280, height: 720 },
      colorScheme: "dark",
      ignoreHTTPSErrors: true,
    });
    context.setDefaultTimeout(15_000);
    const paired = await context.request.post(`${this.lanUrl}/access/pair`, {
      data: { token, name },
      headers: { Origin: this.lanUrl },
    });
    if (!paired.ok()) throw new Error(`${name} was not let in: ${paired.status()} ${await paired.text()}`);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(this.lanUrl);
    return new AppPage(page, errors).ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.script.close();
    await this.#bridge.close();
    await this.#runtime.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
