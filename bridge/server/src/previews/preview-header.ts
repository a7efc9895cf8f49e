// The few fields of a picture that the bridge itself reads and writes; the core made the rest.
import { previewHeaderView, readHeaderField, writeHeaderFields } from "@zarrcam/protocol";

export interface PreviewStamp {
  run: number;
  hardwareFrameId: number;
  /** The host's clock at capture, ms since 1970. */
  capturedMs: number;
}

export function readStamp(message: Uint8Array): PreviewStamp {
  const view = previewHeaderView(message);
  return {
    run: readHeaderField(view, "run"),
    hardwareFrameId: Number(readHeaderField(view, "hardware_frame_id")),
    capturedMs: readHeaderField(view, "host_clock_ms"),
  };
}

export function patchHeader(message: Uint8Array, subscription: number, skipped: number): void {
  writeHeaderFields(previewHeaderView(message), { subscription, skipped: BigInt(skipped) });
}
