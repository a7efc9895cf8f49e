/** A rig as this browser keeps it: where it is, and what its user calls it. Never a secret. */
export interface KeptRig {
  readonly origin: string;
  /** What the user calls it; empty: what it calls itself. */
  readonly name: string;
}

/** More than any lab has, and few enough to be looked at together. */
export const MOST_RIGS = 32;
const LONGEST_NAME = 60;
const KEY = "zarrcam.rigs";

/** The list of camera computers of this browser, in the order of its user. All its pages show the same. */
export class KeptRigs {
  list = $state.raw<readonly KeptRig[]>([]);
  readonly #storage: Pick<Storage, "getItem" | "setItem"> | null;

  /** @param storage null: this browser keeps nothing, so the list lives as long as the page */
  constructor(storage: Pick<Storage, "getItem" | "setItem"> | null) {
    this.#storage = storage;
    this.read();
  }

  /** What another page of this browser may have changed. */
  read(): void {
    try {
      this.list = parseRigs(this.#storage?.getItem(KEY) ?? null) ?? this.list;
    } catch {
      // A browser that keeps nothing.
    }
  }

  has(origin: string): boolean {
    return this.list.some((rig) => rig.origin === origin);
  }

  /** @returns why not, in a sentence; null: it is in the list now */
  add(origin: string): string | null {
    if (this.has(origin)) return null;
    if (this.list.length >= MOST_RIGS)
      return `The list has ${MOST_RIGS} camera computers, and takes no more: remove one first.`;
    this.#set([...this.list, { origin, name: "" }]);
    return null;
  }
  remove(origin: string): void {
    this.#set(this.list.filter((rig) => rig.origin !== origin));
  }
  rename(origin: string, name: string): void {
    const short = name.trim().slice(0, LONGEST_NAME);
    this.#set(this.list.map((rig) => (rig.origin === origin ? { origin, name: short } : rig)));
  }
  /** @param by places: -1 towards the beginning */
  move(origin: string, by: -1 | 1): void {
    const from = this.list.findIndex((rig) => rig.origin === origin);
    const [one, other] = [this.list[from], this.list[from + by]];
    if (!one || !other) return;
    this.#set(this.list.with(from, other).with(from + by, one));
  }

  #set(list: readonly KeptRig[]): void {
    this.list = list;
    try {
      this.#storage?.setItem(KEY, JSON.stringify(list));
    } catch {
      // It is kept as long as the page lives.
    }
  }
}

/** Whatever stands there: only what is a rig is taken. Null: it is no list. */
export function parseRigs(text: string | null): KeptRig[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "[]");
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const rigs = new Map<string, KeptRig>();
  for (const one of value as unknown[]) {
    const { origin, name } = (one ?? {}) as Partial<Record<keyof KeptRig, unknown>>;
    if (typeof origin !== "string" || typeof name !== "string" || !isOrigin(origin)) continue;
    rigs.set(origin, { origin, name: name.slice(0, LONGEST_NAME) });
  }
  return [...rigs.values()].slice(0, MOST_RIGS);
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return url.origin === text && /^https?:$/.test(url.protocol);
  } catch {
    return false;
  }
}
