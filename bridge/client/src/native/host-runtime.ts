import type { AppliedConfiguration, Configuration } from "@zarrcam/protocol";

import type { PreviewRequest, Runtime } from "../runtime.ts";

export interface PreviewPicture {
  /** As it goes over the wire; subscription and skipped frames are for the sender to fill in. */
  message: Uint8Array;
  /** Counts the frames of the stream; what the next call takes as `after`. */
  sequence: number;
}

/** What a bridge needs of the runtime in its own process beyond what everybody may call. */
export interface HostRuntime extends Runtime {
  readonly dataDir: string;
  setConfiguration(
    configuration: Configuration,
    options?: { revision?: number; /** Who: told to everybody with the change. */ changedBy?: string },
  ): Promise<AppliedConfiguration>;
  /**
   * The newest frame after `after` (null: the newest there is), at once where there is one, else when it comes.
   * Null: the signal ended the wait.
   */
  nextPreview(request: PreviewRequest, after: number | null, signal: AbortSignal): Promise<PreviewPicture | null>;
  /** One frame as it goes over the wire. */
  snapMessage(stream: number): Promise<Uint8Array>;
}
