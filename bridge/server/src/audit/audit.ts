import type { AuditEntry, AuditPage, LogLevel } from "@zarrcam/protocol";

import { LogFile } from "./log-file.ts";
import { Summing } from "./summing.ts";

/** What is to be logged: `principal` null where nobody is known. */
export interface AuditEvent {
  /** Now, where it is left out. */
  unix_ms?: number;
  principal: { readonly id: string; readonly name: string } | null;
  action: string;
  /** In words, nothing secret. */
  detail?: string;
  address: string;
  /** Error code or HTTP status; left out: it was done. */
  refused?: string | number;
}

/** Newest entries that can be asked for; what is older lies in the files. */
const KEPT = 2000;
/** Entries that wait to be written: a disk that hangs costs no more. */
const MOST_WAITING = 1000;
const MOST_DETAIL_CHARACTERS = 500;
/** How long a file that could not be written is left alone, ms. */
const RETRY_MS = 10_000;
const COUNT = 200;

export interface AuditOptions {
  /** Where its file lies; null: it is kept in memory alone. */
  folder: string | null;
  /** False: nobody but this computer reaches the bridge; what strangers try there, pages of others, is kept in memory alone. */
  isKept: boolean;
  /** Tells the people of the bridge what is wrong with the log. */
  say: (level: LogLevel, message: string) => void;
}

/**
 * Who did what, when, from where. Nothing waits for it: what cannot be written is told once, and counted.
 */
export class Audit {
  readonly #file: LogFile | null;
  readonly #isKept: boolean;
  readonly #say: AuditOptions["say"];
  readonly #summing = new Summing(() => performance.now());
  readonly #loaded: Promise<void>;
  #entries: AuditEntry[] = [];
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;
  #unwritten = 0;
  #problem: string | null = null;
  #retryAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ folder, isKept, say }: AuditOptions) {
    this.#file = folder !== null && isKept ? new LogFile(folder) : null;
    this.#isKept = isKept;
    this.#say = say;
    this.#loaded = this.#load();
  }

  add({ unix_ms = Date.now(), principal, action, detail = "", address, refused }: AuditEvent): void {
    if (!this.#isKept && principal !== null) return;
    const entry: AuditEntry = {
      unix_ms,
      id: principal?.id ?? null,
      name: principal?.name ?? null,
      action,
      detail: cut(detail),
      address,
      ...(refused === undefined ? {} : { refused: String(refused) }),
    };
    this.#keep(this.#summing.add(entry));
    this.#arm();
  }

  /** The newest entries but the first `from` of them. */
  async page({ from = 0, count = COUNT }: { from?: number; count?: number } = {}): Promise<AuditPage> {
    await this.#loaded;
    this.#keep(this.#summing.settle());
    const total = this.#entries.length;
    const end = Math.max(0, total - from);
    return {
      entries: this.#entries.slice(Math.max(0, end - count), end).reverse(),
      total,
      path: this.#file?.path ?? null,
      problem: this.#isKept
        ? this.#problem
        : "Only this computer reaches this bridge, so nobody is told apart: what was refused to strangers stands here as long as it runs, and nothing else is logged. `zarrcam serve --lan` begins it.",
    };
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#keep(this.#summing.end());
    await this.#written();
    this.#retryAtMs = 0;
    this.#write();
    await this.#written();
  }

  async #written(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #keep(entries: readonly AuditEntry[]): void {
    if (entries.length === 0) return;
    this.#entries.push(...entries);
    if (this.#entries.length > 2 * KEPT) this.#entries = this.#entries.slice(-KEPT);
    if (!this.#file) return;
    for (const entry of entries) {
      if (this.#waiting.length < MOST_WAITING) this.#waiting.push(JSON.stringify(entry));
      else this.#unwritten += 1;
    }
    this.#write();
  }

  #write(): void {
    const file = this.#file;
    if (!file || this.#writing || this.#waiting.length === 0 || performance.now() < this.#retryAtMs) return;
    this.#writing = this.#append(file).finally(() => {
      this.#writing = null;
      // More came meanwhile, or this failed and waits for its time.
      this.#write();
    });
  }

  async #append(file: LogFile): Promise<void> {
    await this.#loaded;
    const lines = this.#waiting;
    this.#waiting = [];
    const lost = this.#unwritten;
    try {
      const gap: AuditEntry = {
        unix_ms: Date.now(),
        id: null,
        name: null,
        action: "audit.unwritten",
        detail: "",
        address: "",
        count: lost,
      };
      await file.append(lost > 0 ? [...lines, JSON.stringify(gap)] : lines);
      this.#unwritten -= lost;
      if (this.#problem !== null) this.#say("info", `The audit log is written again: ${file.path}`);
      this.#problem = null;
    } catch (error) {
      const all = [...lines, ...this.#waiting];
      this.#waiting = all.slice(0, MOST_WAITING);
      this.#unwritten += all.length - this.#waiting.length;
      this.#retryAtMs = performance.now() + RETRY_MS;
      const { code = String(error) } = error as NodeJS.ErrnoException;
      const problem = `The audit log cannot be written (${code}): ${file.path}. Who does what is kept in memory until it can; recordings go on.`;
      if (this.#problem === null) this.#say("warning", problem);
      this.#problem = problem;
    }
  }

  /** What was logged before this start comes first. */
  async #load(): Promise<void> {
    const lines = (await this.#file?.tail()) ?? [];
    const before = lines.slice(-KEPT - 1).flatMap((line) => read(line) ?? []);
    this.#entries.unshift(...before);
  }

  #arm(): void {
    const due = this.#summing.dueMs;
    if (due === null || this.#timer) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#keep(this.#summing.settle());
        this.#arm();
      },
      Math.max(0, due - performance.now()) + 1,
    ).unref();
  }
}

function cut(text: string): string {
  return text.length > MOST_DETAIL_CHARACTERS ? text.slice(0, MOST_DETAIL_CHARACTERS) + "…" : text;
}

/** Half a line, as a crash leaves it, is none. */
function read(line: string): AuditEntry | null {
  try {
    const value = JSON.parse(line) as Partial<AuditEntry> | null;
    return typeof value?.action === "string" && typeof value.unix_ms === "number" ? (value as AuditEntry) : null;
  } catch {
    return null;
  }
}
