import { type Interface, createInterface } from "node:readline";

import type { NativeRuntime } from "@zarrcam/client/native";
import type { Configuration, Stats } from "@zarrcam/protocol";

import { say } from "./output.ts";

interface Waiter {
  stream: number;
  /** What it waits for, in words. */
  what: string;
  reported: boolean;
}

/** Cameras that wait for a trigger: says so once, and fires it with each line on standard input. */
export class TriggerKey implements AsyncDisposable {
  readonly #runtime: Pick<NativeRuntime, "on" | "executeTrigger">;
  readonly #waiters: Waiter[];
  readonly #hasKeyboard: boolean;
  #off: (() => void) | undefined;
  #lines: Interface | undefined;

  /** @param hasKeyboard standard input may be read. */
  constructor(runtime: Pick<NativeRuntime, "on" | "executeTrigger">, { video }: Configuration, hasKeyboard: boolean) {
    this.#runtime = runtime;
    this.#hasKeyboard = hasKeyboard;
    this.#waiters = video.flatMap(({ camera }, stream) => {
      const what = camera?.identifier?.kind === "Camera" ? awaited(camera.settings?.input_triggers) : null;
      return what === null ? [] : [{ stream, what, reported: false }];
    });
  }

  /** Standard input is left alone where no camera waits for anything. */
  listen(): void {
    if (this.#waiters.length === 0) return;
    this.#off = this.#runtime.on("stats", (stats) => this.#report(stats));
    if (!this.#hasKeyboard) return;
    this.#lines = createInterface({ input: process.stdin });
    this.#lines.on("line", () => void this.#fire());
  }

  #report({ streams }: Stats): void {
    for (const { stream, name, state_of_stream } of streams) {
      const waiter = this.#waiters.find((one) => one.stream === stream);
      if (state_of_stream !== "waiting_for_trigger" || !waiter || waiter.reported) continue;
      waiter.reported = true;
      say(`${name} waits for ${waiter.what}. ${this.#hasKeyboard ? "Enter fires it, " : ""}Ctrl-C ends the run.`);
    }
  }

  async #fire(): Promise<void> {
    for (const { stream } of this.#waiters) {
      try {
        await this.#runtime.executeTrigger(stream);
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#off?.();
    this.#lines?.close();
    // Else it keeps the process alive.
    if (this.#lines) process.stdin.destroy();
    return Promise.resolve();
  }
}

type Inputs = NonNullable<Configuration["video"][number]["camera"]["settings"]["input_triggers"]>;

function awaited(inputs: Partial<Inputs> | undefined): string | null {
  if (inputs?.frame_start?.enable) {
    return `a trigger for each frame (line ${inputs.frame_start.line ?? 0}, software)`;
  }
  if (inputs?.acquisition_start?.enable) {
    return `a trigger to begin (line ${inputs.acquisition_start.line ?? 0}, software)`;
  }
  if (inputs?.exposure?.enable) return `a trigger for each exposure (line ${inputs.exposure.line ?? 0}, software)`;
  return null;
}
