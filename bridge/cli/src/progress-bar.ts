import type { WriteStream } from "node:tty";

import type { Stats, StreamStats } from "@zarrcam/protocol";

import { duration } from "./format.ts";

const BAR_CELLS = 24;

/** One line for each stream on a terminal, drawn anew over the last ones. */
export class ProgressBar {
  readonly #terminal: Pick<WriteStream, "write" | "columns">;
  #lines = 0;

  constructor(terminal: Pick<WriteStream, "write" | "columns">) {
    this.#terminal = terminal;
  }

  show(stats: Stats): void {
    const width = (this.#terminal.columns || 80) - 1;
    const lines = stats.streams.map((stream) => progressLine(stream).slice(0, width));
    this.#terminal.write(this.#rewind() + lines.map((line) => `${line}\n`).join(""));
    this.#lines = lines.length;
  }

  clear(): void {
    this.#terminal.write(this.#rewind());
    this.#lines = 0;
  }

  #rewind(): string {
    return this.#lines === 0 ? "" : `\u001b[${this.#lines}A\u001b[J`;
  }
}

const stateWords: Partial<Record<StreamStats["state_of_stream"], string[]>> = {
  waiting_for_trigger: ["waits for a trigger"],
  storing: ["storing what was captured"],
};

export function progressLine(stream: StreamStats): string {
  const { name, state_of_stream, ledger, frame_limit, rates, remaining_s, warnings } = stream;
  const fraction = frame_limit ? Math.min(1, ledger.array_frames / frame_limit) : null;
  const filled = Math.round((fraction ?? 0) * BAR_CELLS);
  const bar = fraction === null ? "" : `[${"#".repeat(filled)}${".".repeat(BAR_CELLS - filled)}] `;
  const counts = frame_limit === null ? `${ledger.stored} stored` : `${ledger.array_frames}/${frame_limit}`;
  const parts = [
    `${name}  ${bar}${counts}`,
    `${rates.stored_fps.toFixed(1)} fps`,
    `${ledger.dropped} lost`,
    ...(stateWords[state_of_stream] ?? (remaining_s === null ? [] : [`${duration(remaining_s)} left`])),
    ...warnings,
  ];
  return parts.join("  ");
}
