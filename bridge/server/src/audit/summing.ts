import type { AuditEntry } from "@zarrcam/protocol";

/** What is alike and comes within this time of the first is one line, ms. */
export const SUMMED_MS = 10_000;
/** Kinds of lines that are told apart at the same time; from then on details are left out. */
const MOST_KINDS = 128;

interface Kind {
  sinceMs: number;
  /** The first of those that are counted; null: there was none after the one that was told. */
  counted: AuditEntry | null;
}

/**
 * A flood becomes few lines: of what is alike the first is told at once, and those that follow as one line with their count. How much is
 * remembered is bounded, whatever comes.
 */
export class Summing {
  readonly #now: () => number;
  readonly #kinds = new Map<string, Kind>();

  /** @param now ms, of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** When lines are due next, of the given clock; null: none are. */
  get dueMs(): number | null {
    for (const { sinceMs, counted } of this.#kinds.values()) if (counted) return sinceMs + SUMMED_MS;
    return null;
  }

  /** @returns the lines that are to be written now */
  add(entry: AuditEntry): AuditEntry[] {
    const lines = this.settle();
    const whole = key(entry);
    const isMany = this.#kinds.size >= MOST_KINDS && !this.#kinds.has(whole);
    const told = isMany ? rough(entry) : entry;
    const name = isMany ? key(told) : whole;
    const kind = this.#kinds.get(name);
    if (!kind) {
      this.#kinds.set(name, { sinceMs: this.#now(), counted: null });
      lines.push(told);
    } else if (kind.counted) kind.counted.count = (kind.counted.count ?? 1) + (told.count ?? 1);
    else kind.counted = { ...told };
    return lines;
  }

  /** @returns the lines whose time has come */
  settle(): AuditEntry[] {
    const lines: AuditEntry[] = [];
    // Oldest first: as they were put in.
    for (const [name, { sinceMs, counted }] of this.#kinds) {
      if (this.#now() - sinceMs < SUMMED_MS) break;
      this.#kinds.delete(name);
      if (counted) lines.push(counted);
    }
    return lines;
  }

  /** @returns everything that is still counted */
  end(): AuditEntry[] {
    const lines = [...this.#kinds.values()].flatMap(({ counted }) => counted ?? []);
    this.#kinds.clear();
    return lines;
  }
}

function key({ id, action, refused = "", address, detail }: AuditEntry): string {
  return JSON.stringify([id, action, refused, address, detail]);
}

/** Of those that nobody knows neither name nor place is kept: there are as many as somebody likes. */
function rough(entry: AuditEntry): AuditEntry {
  return { ...entry, detail: "", address: entry.id === null ? "several" : entry.address };
}
