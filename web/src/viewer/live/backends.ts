// Which backend draws: WebGPU where it serves, else the 2-D canvas, with the reason and what would remedy it.
import type { RendererChoice } from "../core/renderer-choice.ts";
import { GpuUnavailableError, type GpuAbsence } from "../render/gpu.ts";
import type { Backend } from "./messages.ts";

/** A device that is lost or not there is asked for again after so long; and after twice as long each time. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 300_000;
/** A device that lived so long is not blamed for the next loss. */
const PROVEN_MS = 60_000;
/** So long a browser may take to answer before the 2-D canvas draws meanwhile. */
const MEANWHILE_MS = 2000;
/** One that has not answered for so long may have forgotten: it is asked once more. What comes late is taken all the same. */
const OPEN_MS = 10_000;
/** Whatever happens on the page, it is asked no more often than this. */
const LEAST_MS = 500;

/**
 * A canvas that was made while the browser's graphics process came up again may never reach the screen, though it has all
 * that is drawn on it: so much later another takes its place.
 */
const SETTLED_MS = 3000;

const AGAIN = "It is asked for again by itself, less and less often; until then the processor draws the same picture.";
/** Chromium keeps its graphics device from a page that it was lost on twice; after a reload it is there at once. */
const RELOAD =
  "The browser has not given it back since: it is asked for again by itself, and a reload of the page may bring it at once.";

/** As much of a graphics device as is needed to keep or leave it. */
export interface Device {
  /** Settles when the device is gone or has failed: why, and what the user may do (nothing: ""). */
  readonly ended: Promise<GpuAbsence>;
  destroy(): void;
}

/** Which backend draws, and when another is tried. */
export class Backends<G extends Device> {
  /** What WebGPU draws with; null: the 2-D canvas draws. */
  gpu: G | null = null;
  current: Backend | null = null;
  readonly #open: (choice: RendererChoice) => Promise<G>;
  readonly #changed: (backend: Backend) => void;
  #choice: RendererChoice | null = null;
  /** Of which choice an answer is, and the device in force. */
  #chosen = 0;
  #gpuOf = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** How long the next retry waits for. */
  #retryMs = FIRST_RETRY_MS;
  #askedAtMs = -Infinity;
  #openedAtMs = 0;
  #waiting = false;
  /** Why the last device ended; null: there was none. */
  #loss: string | null = null;

  /** @param open rejects with `GpuUnavailableError` where WebGPU does not serve. */
  constructor(open: (choice: RendererChoice) => Promise<G>, changed: (backend: Backend) => void) {
    this.#open = open;
    this.#changed = changed;
  }

  choose(choice: RendererChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.#chosen++;
    this.#rest();
    this.#loss = null;
    this.#retryMs = FIRST_RETRY_MS;
    if (choice === "canvas2d") {
      this.#drop();
      this.#use("canvas2d", null);
    } else if (this.gpu && choice === "webgpu") this.#gpuOf = this.#chosen;
    else this.#ask();
  }

  /** `gpu` was drawn with in vain: the processor takes over, and another is asked for later. */
  refuse(gpu: G, { reason, remedy }: GpuAbsence): void {
    if (gpu !== this.gpu) return;
    this.#drop();
    this.#loss = reason;
    // One that served for long ended for a reason of its own; another soon after the last will not do better at once.
    if (performance.now() - this.#openedAtMs > PROVEN_MS) this.#retryMs = FIRST_RETRY_MS;
    this.#use("canvas2d", {
      reason,
      remedy: [remedy, AGAIN].filter((sentence) => sentence !== "").join(" "),
    });
    this.#later();
    const made = this.current?.generation;
    setTimeout(() => {
      if (this.current?.generation === made) this.renew();
    }, SETTLED_MS);
  }

  /** The page is in sight again, or the computer awake: what was not there may be. */
  wake(): void {
    if (!this.#waiting || performance.now() - this.#askedAtMs < LEAST_MS) return;
    // A tab that is looked at often does not make the rests in between longer.
    this.#retryMs = Math.max(FIRST_RETRY_MS, this.#retryMs / 2);
    this.#ask();
  }

  /** The 2-D canvas does not show what is drawn on it: the page makes another. */
  renew(): void {
    if (this.current?.kind !== "canvas2d") return;
    this.current = { ...this.current, generation: this.current.generation + 1 };
    this.#changed(this.current);
  }

  #ask(): void {
    this.#rest();
    this.#askedAtMs = performance.now();
    const chosen = this.#chosen;
    const meanwhile = setTimeout(() => {
      if (chosen === this.#chosen && !this.current) this.#use("canvas2d", silence(MEANWHILE_MS));
    }, MEANWHILE_MS);
    const silent = setTimeout(() => {
      if (chosen === this.#chosen) this.#refused(silence(OPEN_MS));
    }, OPEN_MS);
    const answered = () => {
      clearTimeout(meanwhile);
      clearTimeout(silent);
    };
    this.#open(this.#choice ?? "auto").then(
      (gpu) => {
        answered();
        // For another choice, or after another answer to the same.
        if (chosen !== this.#chosen || this.#answered) gpu.destroy();
        else this.#take(gpu);
      },
      (error: unknown) => {
        answered();
        if (chosen !== this.#chosen) return;
        this.#refused(error instanceof GpuUnavailableError ? error.absence : unknownAbsence(error));
      },
    );
  }

  /** A device of this very choice draws. */
  get #answered(): boolean {
    return this.gpu !== null && this.#gpuOf === this.#chosen;
  }

  #take(gpu: G): void {
    this.#rest();
    this.#drop();
    this.gpu = gpu;
    this.#gpuOf = this.#chosen;
    this.#loss = null;
    this.#openedAtMs = performance.now();
    this.#use("webgpu", null);
    void gpu.ended.then((why) => this.refuse(gpu, why));
  }

  #refused(absence: GpuAbsence): void {
    if (this.#answered) return;
    this.#drop();
    const withheld = this.#loss !== null && absence.missing;
    this.#use("canvas2d", withheld ? { reason: this.#loss ?? "", remedy: RELOAD } : absence);
    if (!absence.lasting) this.#later();
  }

  #later(): void {
    this.#rest();
    this.#waiting = true;
    this.#retry = setTimeout(() => this.#ask(), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }

  #rest(): void {
    clearTimeout(this.#retry);
    this.#waiting = false;
  }

  #drop(): void {
    const { gpu } = this;
    this.gpu = null;
    gpu?.destroy();
  }

  #use(kind: Backend["kind"], absence: GpuAbsence | null): void {
    const { current } = this;
    if (current?.kind === kind && kind === "canvas2d") {
      if (current.absence?.reason === absence?.reason && current.absence?.remedy === absence?.remedy) return;
      // The canvas stays; what is said of it changes.
      this.current = { ...current, absence };
    } else this.current = { kind, absence, generation: (current?.generation ?? 0) + 1 };
    this.#changed(this.current);
  }
}

function silence(ms: number): GpuAbsence {
  return {
    reason: `The browser has not answered for ${ms / 1000} s about its graphics device.`,
    remedy: "It is asked again by itself; until then the processor draws the same picture.",
  };
}

function unknownAbsence(error: unknown): GpuAbsence {
  return { reason: error instanceof Error ? error.message : String(error), remedy: "It is asked for again by itself." };
}
