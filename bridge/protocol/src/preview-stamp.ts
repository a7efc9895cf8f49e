// The few fields of a picture that whoever sends it reads and writes; the core made the rest.
import { bytesPerPixel } from "./preview-frame.ts";
import {
  PREVIEW_VERSION,
  type PreviewEncoding,
  previewEncodings,
  previewHeaderView,
  previewPixelTypes,
  readHeaderField,
  writeHeaderFields,
} from "./preview-header.ts";

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

/** How large a picture is, and what it takes on the wire. */
export interface PreviewSize {
  /** Width and height, px. */
  width: number;
  height: number;
  /** Bytes of a pixel that is not encoded. */
  bytesPerPixel: number;
  encoding: PreviewEncoding;
  /** How many times smaller it is along each side than it was asked for. */
  reduced: number;
  /** Bytes of its pixels as they are encoded. */
  payloadBytes: number;
}

export function readPreviewSize(message: Uint8Array): PreviewSize {
  const view = previewHeaderView(message);
  const [width, height] = [readHeaderField(view, "width"), readHeaderField(view, "height")];
  const item = bytesPerPixel[previewPixelTypes[readHeaderField(view, "pixel_type")] ?? "U16"];
  const size = { width, height, bytesPerPixel: item };
  if (readHeaderField(view, "version") === PREVIEW_VERSION) {
    return { ...size, encoding: "raw", reduced: 1, payloadBytes: width * height * item };
  }
  return {
    ...size,
    encoding: previewEncodings[readHeaderField(view, "encoding")] ?? "raw",
    reduced: readHeaderField(view, "reduced"),
    payloadBytes: readHeaderField(view, "payload_bytes"),
  };
}

/** Writes into a message whom it is for, and how many frames that subscription did not get before it. */
export function addressPreview(message: Uint8Array, subscription: number, skipped: number): void {
  writeHeaderFields(previewHeaderView(message), { subscription, skipped: BigInt(skipped) });
}
