// A Chromium that nobody looks into while it is measured. Playwright's network domain has every WebSocket message told to
// it, pictures included, which costs the page a quarter of its frames. Here one question goes in and one answer comes out.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { WebSocket } from "ws";

import { type Appearance, chromiumArguments, chromiumPath } from "../harness/browser.ts";

const START_MS = 30_000;

interface Answer {
  id?: number;
  error?: { message: string };
  result?: { result?: { value?: unknown }; exceptionDetails?: { text: string; exception?: { description?: string } } };
}

export class BareBrowser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #next = 1;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      this.#waiting.get(answer.id ?? 0)?.(answer);
      this.#waiting.delete(answer.id ?? 0);
    });
  }

  /** With `url` in its only tab, whose inside is as large as asked. */
  static async open(url: string, { width = 1280, height = 720, ...look }: Appearance = {}): Promise<BareBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "zarrcam-bare-"));
    const own = ["--headless=new", "--hide-scrollbars", "--mute-audio", "--remote-debugging-port=0"];
    const child = spawn(
      chromiumPath,
      [...chromiumArguments(look), ...own, `--user-data-dir=${profile}`, `--window-size=${width},${height}`, url],
      { stdio: "ignore", detached: true },
    );
    const until = Date.now() + START_MS;
    for (;;) {
      try {
        const [port] = (await readFile(join(profile, "DevToolsActivePort"), "utf8")).split("\n");
        const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
          type: string;
          webSocketDebuggerUrl: string;
        }[];
        const page = targets.find(({ type }) => type === "page");
        if (!page) throw new Error("Chromium has no tab.");
        const socket = new WebSocket(page.webSocketDebuggerUrl);
        await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
        const browser = new BareBrowser(child, profile, socket);
        // Until the address is there, the tab has another page, or none.
        const there = `location.href.startsWith(${JSON.stringify(url)}) && document.readyState === "complete"`;
        while (!(await browser.evaluate<boolean>(there).catch(() => false))) {
          if (Date.now() > until) throw new Error(`Chromium does not show ${url}`);
          await sleep(50);
        }
        await browser.#fit(width, height);
        return browser;
      } catch (error) {
        if (Date.now() > until) throw error;
        await sleep(100);
      }
    }
  }

  /** Its first process; the others are of its group. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What an expression of the page comes to; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, error } = await this.#ask("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (error) throw new Error(error.message);
    if (result?.exceptionDetails) {
      throw new Error(result.exceptionDetails.exception?.description ?? result.exceptionDetails.text);
    }
    return result?.result?.value as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    // What it started ends with it.
    if (this.#child.pid !== undefined && this.#child.exitCode === null) {
      process.kill(-this.#child.pid, "SIGKILL");
      await ended;
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  /** A window has a frame of its own in some versions: the page's own size counts. */
  async #fit(width: number, height: number): Promise<void> {
    const inside = await this.evaluate<[number, number]>("[innerWidth, innerHeight]");
    if (inside[0] === width && inside[1] === height) return;
    await this.#ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  #ask(method: string, params: object): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
