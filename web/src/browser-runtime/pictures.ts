import type { Load, OfferedFrame } from "../previews/core-previews.ts";

export type { Load, OfferedFrame };

/** Who looks at the cameras of a run: `BrowserPreviews`. */
export interface Pictures {
  /** A run or a preview begins. */
  begin(): void;
  offer(frame: OfferedFrame, load: Load): void;
  /** The stream's frame goes: its buffer is used again. */
  withdraw(stream: number): void;
  /** The stream's camera has stopped; its last frame stays to be looked at. */
  end(stream: number): void;
  /** One picture of the stream's next frame, as the message of a preview; null: there was none. */
  snap(stream: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** The run has ended: snaps that it gave no frame get none. */
  cancelSnaps(): void;
  connect(port: MessagePort): void;
  readonly limitPerS: number | null;
}
