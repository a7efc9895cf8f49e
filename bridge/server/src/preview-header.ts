// The few fields of a picture that the bridge itself reads and writes; the core made the rest.

export interface PreviewStamp {
  run: number;
  /** Hardware id. */
  frame: number;
  /** The host's clock at capture, ms since 1970. */
  captureMs: number;
}

export function readStamp(message: Uint8Array): PreviewStamp {
  const view = viewOf(message);
  return {
    run: view.getUint32(20, true),
    frame: Number(view.getBigUint64(56, true)),
    captureMs: view.getFloat64(80, true),
  };
}

export function patchHeader(message: Uint8Array, subscription: number, skipped: number): void {
  const view = viewOf(message);
  view.setUint32(8, subscription, true);
  view.setBigUint64(112, BigInt(skipped), true);
}

function viewOf(message: Uint8Array): DataView {
  return new DataView(message.buffer, message.byteOffset, message.byteLength);
}
