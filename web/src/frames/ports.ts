import type { LossPage, StreamStats } from "@zarrcam/protocol";
import { createContext } from "svelte";
import type { ViewerControl } from "../viewer/ports.ts";

/** What the list of frames needs of the page. All that is read here is reactive. */
export interface FramesPort {
  /** Of the run that goes on, or of the last one. */
  readonly streams: readonly StreamStats[];
  readonly runId: string | null;
  readonly isRecording: boolean;
  /** Index in `video` of the camera whose settings are shown. */
  readonly shownStream: number;
  /** The canvas; null: there is none yet. */
  readonly viewer: Pick<
    ViewerControl,
    "storedLosses" | "storedGaps" | "dataset" | "skippedFrames" | "showFrame" | "showStoredFrame"
  > | null;
  /** Where a stream of the run is stored, with what is true there; null: nobody asked for another place than the camera computer. */
  storedAt(stats: StreamStats): { place: "Camera computer" | "This browser" | null; stats: StreamStats }[];
  /**
   * Losses of the run beyond what the statistics carry.
   * @param from how many are known already
   */
  getLosses(stream: number, from: number): Promise<LossPage | null>;
}

export const [useFrames, provideFrames] = createContext<FramesPort>();
