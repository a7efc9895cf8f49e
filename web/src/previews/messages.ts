// What a worker that owns cameras and whoever looks say to each other, by one MessagePort.
import type { PreviewRequest } from "@zarrcam/client/remote";

/** Whoever looks numbers its subscriptions. */
export type ToCameras =
  | { kind: "subscribe"; subscription: number; request: PreviewRequest }
  /** Another size or region: the next picture comes at once. */
  | { kind: "update"; subscription: number; request: PreviewRequest }
  /** A picture was shown, or overtaken: there is credit for another. `frame`: its hardware id. */
  | { kind: "acknowledge"; subscription: number; frame: number }
  | { kind: "close"; subscription: number };

/** A preview message as the bridge sends it, byte for byte; it names its subscription. */
export interface FromCameras {
  kind: "picture";
  message: ArrayBuffer;
}
