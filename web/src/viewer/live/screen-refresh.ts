/** A screen that has not refreshed for so long is not waited for any longer, ms. */
const SILENT_AFTER_MS = 500;
/** What stands in for it until it does again, ms. */
const SILENT_PERIOD_MS = 40;
/** A silent screen is asked again so often, ms: a request may have been lost with the process that was to answer. */
const ASK_AGAIN_MS = 1000;

/** What a worker's global scope gives; a test has its own. */
export interface RefreshClock {
  requestAnimationFrame(callback: () => void): unknown;
  setTimeout(callback: () => void, ms: number): number;
  clearTimeout(timer: number | undefined): void;
  now(): number;
}

/**
 * Calls back once at the next refresh of the screen. Browsers forget a worker's request when their graphics process ends
 * (Chromium does, now and then): so a timer stands in while the page is in sight. Hidden, there is no refresh and no
 * call: then no credit goes back, and nothing is sent.
 */
export class ScreenRefresh {
  readonly #clock: RefreshClock;
  readonly #draw: () => void;
  #wanted = false;
  #visible = true;
  #askedAtMs: number | null = null;
  #silent = false;
  #timer: number | undefined;

  constructor(draw: () => void, clock: RefreshClock) {
    this.#draw = draw;
    this.#clock = clock;
  }

  request(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#ask();
    this.#time();
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#time();
  }

  #ask(): void {
    const now = this.#clock.now();
    if (this.#askedAtMs !== null && now - this.#askedAtMs < ASK_AGAIN_MS) return;
    this.#askedAtMs = now;
    this.#clock.requestAnimationFrame(() => {
      this.#askedAtMs = null;
      this.#silent = false;
      this.#call();
    });
  }

  #time(): void {
    this.#clock.clearTimeout(this.#timer);
    if (!this.#wanted || !this.#visible) return;
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#silent = true;
        this.#call();
      },
      this.#silent ? SILENT_PERIOD_MS : SILENT_AFTER_MS,
    );
  }

  #call(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#clock.clearTimeout(this.#timer);
    this.#draw();
  }
}
