import type { Configuration, RunSummary, Stats } from "@zarrcam/protocol";
import { isActive } from "../configuration/streams.ts";
import type { Report } from "../recorder/index.ts";
import type { BrowserStream } from "./both-ends.ts";

/** What is to be recorded here of one stream. */
export interface StreamToRecord {
  /** Index in `video`. */
  stream: number;
  /** Of its dataset, as Datasets lists it. */
  dataset: string;
  framesAveraged: number;
  frameBytes: number;
}

/** The streams of a configuration that are stored, by the names that the core gives them. */
export function streamsToRecord(
  configuration: Configuration,
  names: readonly (string | null)[],
  frameBytes: readonly number[],
): StreamToRecord[] {
  return configuration.video.flatMap((video, stream) => {
    const dataset = names[stream] ?? null;
    if (!isActive(video) || dataset === null) return [];
    const framesAveraged = Math.max(1, video.frame_average_count ?? 1);
    return [{ stream, dataset, framesAveraged, frameBytes: frameBytes[stream] ?? 0 }];
  });
}

/** Why it is not stored, or no longer. Where nobody else says why it ended the connection broke off. */
export function failureOf(report: Report | null): BrowserStream["failure"] {
  if (report?.failure) return { message: report.failure, reason: report.failure_reason ?? report.failure };
  if (report?.end?.kind !== "interrupted") return null;
  const reason = "the connection to the camera computer broke";
  return { message: `${reason}: ${report.end.reason ?? "it ended without a word"}`, reason };
}

/** What is known of a run whose camera computer says nothing any more. @param stats of it that came last */
export function summaryOfUnfinished(runId: string, stats: Stats | null): RunSummary {
  const streams = stats?.streams ?? [];
  return {
    run_id: runId,
    run_number: 0,
    elapsed_s: Math.max(0, ...streams.map((one) => one.elapsed_s)),
    complete: false,
    streams: streams.map((one) => ({
      ...{ stream: one.stream, name: one.name, path: one.path, ledger: one.ledger, frame_limit: one.frame_limit },
      frames_stored: one.ledger.array_frames,
      frames_published: one.frames_published,
      bytes_stored: one.bytes_stored,
      elapsed_s: one.elapsed_s,
      end: { kind: "interrupted", reason: "the camera computer ended" },
      error: one.error,
    })),
  };
}
