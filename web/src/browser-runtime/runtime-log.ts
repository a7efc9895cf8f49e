import type { LogEntry, LogLevel } from "@zarrcam/protocol";

/** So many entries are told to a page that comes later. */
const MOST_ENTRIES = 200;

/** What the runtime had to say. */
export class RuntimeLog {
  readonly entries: LogEntry[] = [];

  add(level: LogLevel, message: string, stream: number | null): LogEntry {
    const entry: LogEntry = { level, message, unix_ms: Date.now(), stream };
    this.entries.push(entry);
    if (this.entries.length > MOST_ENTRIES) this.entries.shift();
    return entry;
  }
}
