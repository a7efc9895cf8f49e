/** How long ago something came, told twice a second: numbers that are old look old. */
export class Age {
  #now = $state(performance.now());
  readonly #at: () => number;

  constructor(at: () => number) {
    this.#at = at;
    $effect(() => {
      const timer = setInterval(() => (this.#now = performance.now()), 500);
      return () => clearInterval(timer);
    });
  }

  get ms(): number {
    return Math.max(0, this.#now - this.#at());
  }
}
