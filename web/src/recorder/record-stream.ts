import type { DatasetEnd, FrameBuffers, FrameEvent, FrameLossCause, LossCause } from "@zarrcam/protocol";

import type { Buffer, Core } from "./core.ts";
import type { Recording, Report } from "./recording.ts";
import { Slowness } from "./slowness.ts";

/** So often is said how far it is. */
const REPORT_MS = 100;

/** Who lost a frame that did not come here, in the words of a dataset. */
const CAUSES: Record<FrameLossCause, LossCause> = {
  camera: "camera",
  queue: "queue",
  storage: "storage",
  // They were captured, and found no buffer on their way here.
  client: "queue",
  busy: "queue",
};

/** Pixels go from the network to where the core reads them; nothing copies them in between. */
export function framesInto(core: Core, pixels: Buffer): FrameBuffers {
  return () => core.view(pixels);
}

/**
 * Records what a bridge captures, until its run ends or `stop` says so. A little is read ahead; the bridge keeps what comes beyond that, and
 * tells which it could not keep.
 */
export async function recordStream(
  frames: AsyncIterable<FrameEvent>,
  recording: Recording,
  pixels: Buffer,
  stop: AbortSignal,
  tell: (report: Report) => void,
): Promise<Report> {
  // Where the stream ends without a word, so does the recording.
  let end: DatasetEnd = { kind: "interrupted", reason: null };
  let toldAt = performance.now();
  let first = 0;
  const slowness = new Slowness();
  try {
    for await (const event of frames) {
      slowness.came(event.kind === "frame" ? Number(event.unixNs / 1_000_000n) : null);
      if (event.kind === "begin") first = event.firstFrameIndex;
      else if (event.kind === "end") end = { kind: event.end, reason: event.reason || null };
      else if (event.kind === "lost") {
        await recording.lose(event.count, event.hardwareFrameId, CAUSES[event.cause]);
        const { firstFrameIndex, count, cause } = event;
        if (cause === "client" || cause === "busy") {
          const why = cause === "busy" ? "busy" : slowness.why;
          recording.noteWhy({ frameIndex: firstFrameIndex - first, count, why });
        }
      } else {
        const { frameIndex, hardwareFrameId, hardwareClockNs, unixNs } = event;
        const hardwareId = BigInt(hardwareFrameId);
        await recording.take({ frameIndex: BigInt(frameIndex - first), hardwareId, hardwareClockNs, unixNs }, pixels);
      }
      slowness.asked();
      if (stop.aborted) {
        end = { kind: "stopped", reason: null };
        break;
      }
      if (performance.now() - toldAt < REPORT_MS) continue;
      toldAt = performance.now();
      const report = recording.report();
      tell(report);
      if (report.failure !== null) {
        end = { kind: "failed", reason: report.failure };
        break;
      }
    }
    // Stopped while nothing came.
    if (stop.aborted) end = { kind: "stopped", reason: null };
  } catch (error) {
    const { failure } = recording.report();
    end = failure === null ? { kind: "interrupted", reason: String(error) } : { kind: "failed", reason: failure };
  }
  await recording.finish(end).catch((error: unknown) => {
    // What was lost with it stands in the report.
    if (recording.report().failure === null) throw error;
  });
  return recording.report();
}
