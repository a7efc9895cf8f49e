/** Wrong guesses of one address in a window, after which it waits. */
export const MOST_OF_ADDRESS = 10;
/** Wrong guesses of all addresses in a window, after which each has one. */
export const MOST_OF_ALL = 200;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; who came longest ago is forgotten first. */
const MOST_ADDRESSES = 4096;

interface Guesses {
  sinceMs: number;
  count: number;
}

/**
 * How often somebody may guess wrong. Secrets are too long to be guessed at any speed; this keeps the attempts from costing
 * anything, and makes them heard of. Nobody is locked out by others: when many addresses guess, each still has its first try.
 */
export class GuessLimit {
  readonly #addresses = new Map<string, Guesses>();
  #all: Guesses = { sinceMs: -Infinity, count: 0 };

  /** @returns ms until this address may try again; 0: now. */
  waitMs(address: string, nowMs: number): number {
    const its = this.#addresses.get(network(address));
    if (!its || nowMs - its.sinceMs >= WINDOW_MS) return 0;
    const most = isOver(this.#all, MOST_OF_ALL, nowMs) ? 1 : MOST_OF_ADDRESS;
    return its.count < most ? 0 : its.sinceMs + WINDOW_MS - nowMs;
  }

  /** Counts a wrong guess. @returns whether it is the one after which the address waits: worth a line in the log. */
  count(address: string, nowMs: number): boolean {
    const key = network(address);
    const its = counted(this.#addresses.get(key), nowMs);
    // At the end again: the map forgets from its beginning.
    this.#addresses.delete(key);
    this.#addresses.set(key, its);
    if (this.#addresses.size > MOST_ADDRESSES) this.#addresses.delete(this.#addresses.keys().next().value!);
    this.#all = counted(this.#all, nowMs);
    return its.count === MOST_OF_ADDRESS || this.#all.count === MOST_OF_ALL;
  }
}

function counted(guesses: Guesses | undefined, nowMs: number): Guesses {
  const goesOn = guesses !== undefined && nowMs - guesses.sinceMs < WINDOW_MS;
  return goesOn ? { ...guesses, count: guesses.count + 1 } : { sinceMs: nowMs, count: 1 };
}

function isOver({ sinceMs, count }: Guesses, most: number, nowMs: number): boolean {
  return nowMs - sinceMs < WINDOW_MS && count >= most;
}

/** What one owner has of addresses: of IPv6 a network of 64 bits. */
function network(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill("0"), ...after].slice(0, 4).join(":");
}
