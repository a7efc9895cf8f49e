// Which backend draws: WebGPU where it serves, else the 2-D canvas, with the reason and what would mend it.
import type { RendererChoice } from "../core/renderer-choice.ts";
import { GpuUnavailableError, type GpuAbsence } from "../render/gpu.ts";
import type { Backend } from "./messages.ts";

/** A lost device is asked for again after so long; one that is lost soon again, after twice as long each time. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 300_000;
/** A device that lived so long is not blamed for the next loss. */
const PROVEN_MS = 60_000;
/** A browser that has not answered for so long is not waited for. */
const OPEN_MS = 10_000;

const AGAIN = "It is asked for again by itself, less and less often; until then the processor draws the same picture.";

/** As much of a graphics device as is needed to keep or leave it. */
export interface Device {
  /** Settles when the device is gone or has failed: why, and what the user may do (nothing: ""). */
  readonly ended: Promise<GpuAbsence>;
  destroy(): void;
}

export class Backends<G extends Device> {
  /** What WebGPU draws with; null: the 2-D canvas draws. */
  gpu: G | null = null;
  current: Backend | null = null;
  readonly #open: (choice: RendererChoice) => Promise<G>;
  readonly #changed: (backend: Backend) => void;
  #choice: RendererChoice | null = null;
  /** Which try counts; the answers to others come too late. */
  #try = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #openedAtMs = 0;
  #waitedMs = 0;

  /** @param open rejects with `GpuUnavailableError` where WebGPU does not serve. */
  constructor(open: (choice: RendererChoice) => Promise<G>, changed: (backend: Backend) => void) {
    this.#open = open;
    this.#changed = changed;
  }

  choose(choice: RendererChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    clearTimeout(this.#retry);
    this.#try++;
    if (choice === "canvas2d") {
      this.#drop();
      this.#use("canvas2d", null);
    } else if (!this.gpu || choice === "auto") void this.#ask(FIRST_RETRY_MS / 2, false);
  }

  /** `gpu` was drawn with in vain: the processor takes over, and another is asked for later. */
  refuse(gpu: G, { reason, mend }: GpuAbsence): void {
    if (gpu !== this.gpu) return;
    this.#drop();
    this.#without(reason, mend);
  }

  /** @param waitedMs how long the try before this one was waited for. */
  async #ask(waitedMs: number, again: boolean): Promise<void> {
    const own = ++this.#try;
    try {
      const gpu = await this.#answerInTime();
      if (own !== this.#try) return gpu.destroy();
      // Another that was lost meanwhile may be waited for.
      clearTimeout(this.#retry);
      this.#drop();
      this.gpu = gpu;
      this.#openedAtMs = performance.now();
      this.#waitedMs = waitedMs;
      this.#use("webgpu", null);
      void gpu.ended.then((why) => this.refuse(gpu, why));
    } catch (error) {
      if (own !== this.#try) return;
      if (again) return this.#later(Math.min(2 * waitedMs, LAST_RETRY_MS));
      this.#drop();
      this.#use("canvas2d", error instanceof GpuUnavailableError ? error.absence : unknownAbsence(error));
    }
  }

  #answerInTime(): Promise<G> {
    const opening = this.#open(this.#choice ?? "auto");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // What comes too late is not left open.
        opening.then(
          (gpu) => gpu.destroy(),
          () => undefined,
        );
        reject(new Error(`The browser did not answer within ${OPEN_MS / 1000} s about its graphics device.`));
      }, OPEN_MS);
      opening.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #without(reason: string, mend: string): void {
    const proven = performance.now() - this.#openedAtMs > PROVEN_MS;
    const afterMs = proven ? FIRST_RETRY_MS : Math.min(2 * this.#waitedMs, LAST_RETRY_MS);
    this.#use("canvas2d", {
      reason,
      mend: [mend, AGAIN].filter((sentence) => sentence !== "").join(" "),
    });
    this.#later(afterMs);
  }

  #later(afterMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#ask(afterMs, true), afterMs);
  }

  #drop(): void {
    const { gpu } = this;
    this.gpu = null;
    gpu?.destroy();
  }

  #use(kind: Backend["kind"], absence: GpuAbsence | null): void {
    if (this.current?.kind === kind && kind === "canvas2d") {
      // The canvas stays; what is said of it changes.
      this.current = { ...this.current, absence };
    } else this.current = { kind, absence, generation: (this.current?.generation ?? 0) + 1 };
    this.#changed(this.current);
  }
}

function unknownAbsence(error: unknown): GpuAbsence {
  return { reason: error instanceof Error ? error.message : String(error), mend: "Reload the page to try again." };
}
