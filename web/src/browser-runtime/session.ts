import type { RunSummary, StreamErrorCode } from "@zarrcam/protocol";

import type { StreamRun } from "./stream-run.ts";

/** All streams that run together: a recording, or a preview that records nothing. */
export interface Session {
  readonly runId: string;
  /** Counts the runs of this page. */
  readonly runNumber: number;
  readonly records: boolean;
  /** Whether the names count on at its end. */
  readonly nextNames: boolean;
  readonly streams: readonly StreamRun[];
  /** All its streams have ended, and the world was told. */
  ended: Promise<void>;
}

export function summaryOf({ runId, runNumber, records, streams }: Session): RunSummary {
  const summaries = streams.map((stream) => stream.summary());
  return {
    run_id: records ? runId : "",
    run_number: runNumber,
    elapsed_s: Math.max(0, ...summaries.map(({ elapsed_s }) => elapsed_s)),
    complete: summaries.every(({ error, ledger }) => error === null && ledger.dropped === 0),
    streams: summaries,
  };
}

/** Why a stream of it failed; null: none did. */
export function failureOf(session: Session): { code: StreamErrorCode; message: string } | null {
  for (const stream of session.streams) {
    const { error, name } = stream.summary();
    if (error) return { code: error.code, message: `${name}: ${error.message}` };
  }
  return null;
}

/** Nothing has run yet. */
export const NO_RUN: RunSummary = { run_id: "", run_number: 0, elapsed_s: 0, complete: true, streams: [] };
