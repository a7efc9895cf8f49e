import type { LogEntry, LogLevel } from "@zarrcam/protocol";
import { formatIso } from "../ui/format.ts";
import { Announcements } from "./announcements.ts";
import type { Say } from "./say.ts";

/** Who says it. */
export type Speaker = "page" | "camera computer" | "this browser";

export interface Message {
  id: number;
  level: LogLevel;
  message: string;
  unixMs: number;
  stream: number | null;
  from: Speaker;
}

const LIMIT = 5000;

/** All messages of this page's life, and what a screen reader is told politely. */
export class MessageLog {
  messages = $state.raw<readonly Message[]>([]);
  announcement = $state("");
  readonly #announcements = new Announcements((text) => (this.announcement = text));
  #next = 0;

  /** Something that the page itself has to say. */
  readonly say: Say = (message, { level = "info", polite = false } = {}) => {
    this.#push({ level, message, unixMs: Date.now(), stream: null, from: "page" });
    if (polite) this.announce(message);
  };

  fromBridge(entry: LogEntry, options: { quiet?: boolean; from?: Speaker } = {}): void {
    this.#push({
      level: entry.level,
      message: entry.message,
      unixMs: entry.unix_ms,
      stream: entry.stream,
      from: options.from ?? "camera computer",
    });
    if (entry.level !== "info" && !options.quiet) this.announce(entry.message);
  }

  /** For screen readers alone. */
  readonly announce = (message: string): void => this.#announcements.add(message);

  get text(): string {
    return this.messages
      .map((entry) => `${formatIso(entry.unixMs)} ${entry.level.toUpperCase()} ${entry.from}: ${entry.message}`)
      .join("\n");
  }

  #push(message: Omit<Message, "id">): void {
    const entry = { id: this.#next++, ...message };
    this.messages = [...this.messages.slice(-LIMIT + 1), entry];
  }
}
