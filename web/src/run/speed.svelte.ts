import type { SpeedProgress, SpeedReport, Stats, VideoStream } from "@zarrcam/protocol";
import { formatFps } from "../ui/format.ts";
import { seenSpeed, type SeenSpeed } from "./speed.ts";

/** What is known of the speed of cameras and storage, and since when. */
export class Speed {
  /** Measured by the camera computer, for this page or another one; `atMs` by this page's `performance.now()`. */
  report = $state.raw<{ report: SpeedReport; atMs: number } | null>(null);
  /** Seen while the camera ran. */
  seen = $state.raw<{ speed: SeenSpeed; atMs: number } | null>(null);
  /** From 0 to 1; null: nothing is being measured. */
  measuring = $state<number | null>(null);
  readonly #say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** What was measured before this page came. */
  adopt(report: SpeedReport | null, hostNowMs: number): void {
    const age = report ? Math.max(0, hostNowMs - report.measured_unix_ms) : 0;
    this.report = report && { report, atMs: performance.now() - age };
  }

  take({ share, report }: SpeedProgress): void {
    if (report === null) {
      this.measuring = share;
      return;
    }
    this.measuring = null;
    this.report = { report, atMs: performance.now() };
    const list = report.streams.map(({ name, camera_fps, stored_fps, asked_fps }) => {
      const asked = asked_fps === null ? "" : `, asked ${formatFps(asked_fps)}/s`;
      return `${name}: camera ${formatFps(camera_fps)}/s, storage ${formatFps(stored_fps)}/s${asked}`;
    });
    this.#say(`Speed test: ${list.join("; ")}`);
  }

  watch(stats: Stats, streams: readonly VideoStream[]): void {
    const speed = seenSpeed(stats, streams);
    if (speed) this.seen = { speed, atMs: performance.now() };
  }
}
