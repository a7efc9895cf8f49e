/** While this page stores a recording: a tab that is to be closed asks first, and the screen stays on where the browser can. */
export class KeepOpen {
  #active = false;
  #lock: WakeLockSentinel | null = null;

  set(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    if (active) {
      addEventListener("beforeunload", ask);
      document.addEventListener("visibilitychange", this.#awake);
      this.#awake();
    } else {
      removeEventListener("beforeunload", ask);
      document.removeEventListener("visibilitychange", this.#awake);
      void this.#lock?.release().catch(() => undefined);
      this.#lock = null;
    }
  }

  /** A browser lets the screen sleep when the page was out of sight. */
  readonly #awake = (): void => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    navigator.wakeLock.request("screen").then(
      (lock) => {
        if (this.#active) this.#lock = lock;
        else void lock.release();
      },
      // A battery that is low, or a policy: the recording goes on without.
      () => undefined,
    );
  };
}

/** Words of ours are not shown: each browser has its own. */
function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
