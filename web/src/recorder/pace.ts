/** The time of this computer, ns since 1970-01-01 UTC, in steps of a microsecond at best. */
export const nowUnixNs = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;

/** A loop that lets messages in, and sleeps until something happens. */
export class Pace {
  readonly #channel = new MessageChannel();
  #begun = performance.now();
  #wake: (() => void) | null = null;

  /** Lets messages in, where frame follows frame: promises alone never would, and a timeout would wait 4 ms. */
  async letMessagesIn(longestTurnMs = 4): Promise<void> {
    if (performance.now() - this.#begun < longestTurnMs) return;
    const { port1, port2 } = this.#channel;
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
    this.#begun = performance.now();
  }

  /** Until so long has passed, or `wake`. */
  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    this.#begun = performance.now();
  }

  /** What was slept for may be there, or is to be done no more. */
  wake(): void {
    this.#wake?.();
  }

  close(): void {
    this.#channel.port1.close();
  }
}
