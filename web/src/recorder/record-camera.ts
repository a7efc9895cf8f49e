import type { DatasetEnd } from "@zarrcam/protocol";

import type { BrowserCamera, Polled } from "../cameras/browser-camera.ts";
import type { Recording, Report } from "./recording.ts";
import type { Core } from "./core.ts";
import { Pace, nowUnixNs } from "./pace.ts";

/** Somebody who waits for a frame looks this often whether it is to end. */
const LONGEST_WAIT_MS = 50;
/** So often is said how far it is. */
const REPORT_MS = 100;

/**
 * Records a camera until its stream has all frames, `stop` says so, or storage fails. Nothing waits between camera and storage: a
 * frame that is read is stored before the next one is. The camera keeps what comes meanwhile, and what it cannot keep is lost and
 * has its place.
 */
export async function recordCamera(
  core: Core,
  camera: BrowserCamera,
  recording: Recording,
  stop: AbortSignal,
  tell: (report: Report) => void,
): Promise<Report> {
  const pixels = core.allocate(camera.frameBytes);
  const pace = new Pace();
  let toldAt = performance.now();
  /** Null: as it stands. */
  let end: DatasetEnd | null = null;
  let gone: string | null = null;
  try {
    camera.start();
    for (let full = false; !full;) {
      if (stop.aborted) break;
      let polled: Polled;
      try {
        polled = camera.poll();
      } catch (error) {
        // The camera is gone: what it gave is stored.
        gone = error instanceof Error ? error.message : String(error);
        end = { kind: "failed", reason: gone };
        break;
      }
      if (polled.kind === "exposed") {
        camera.read(pixels);
        const { hardwareId } = polled.stamp;
        full = await recording.take({ ...polled.stamp, frameIndex: hardwareId, unixNs: nowUnixNs() }, pixels);
        await pace.letMessagesIn();
      } else await pace.sleep(polled.kind === "not yet" ? Math.min(polled.waitMs, LONGEST_WAIT_MS) : LONGEST_WAIT_MS);
      if (performance.now() - toldAt >= REPORT_MS) {
        toldAt = performance.now();
        tell(recording.report());
      }
    }
    await recording.finish(end);
  } catch (error) {
    // What was lost with it stands in the report.
    const { failure } = recording.report();
    if (failure === null) throw error;
  } finally {
    pace.close();
    core.release(pixels);
  }
  const ended = recording.report();
  return { ...ended, failure: ended.failure ?? gone };
}
