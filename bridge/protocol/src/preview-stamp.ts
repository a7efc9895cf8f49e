// The few fields of a picture that whoever sends it reads and writes; the core made the rest.
import { previewHeaderView, readHeaderField, writeHeaderFields } from "./preview-header.ts";

/** Which frame a preview message shows. */
export interface PreviewStamp {
  run: number;
  hardwareFrameId: number;
  /** When the frame was captured by the camera computer's clock, ms since 1970-01-01 UTC. */
  capturedMs: number;
}

export function readPreviewStamp(message: Uint8Array): PreviewStamp {
  const view = previewHeaderView(message);
  return {
    run: readHeaderField(view, "run"),
    hardwareFrameId: Number(readHeaderField(view, "hardware_frame_id")),
    capturedMs: readHeaderField(view, "unix_ms"),
  };
}

/** Writes into a message whom it is for, and how many frames that subscription did not get before it. */
export function addressPreview(message: Uint8Array, subscription: number, skipped: number): void {
  writeHeaderFields(previewHeaderView(message), { subscription, skipped: BigInt(skipped) });
}
