// What the worker of one camera and the worker that records say to each other.
import type { CameraCapabilities, CameraSettings } from "@zarrcam/protocol";

export type Answer<T> = { ok: T } | { refused: { message: string; path: string | null } };

export interface Identity {
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly version: string;
  readonly speed: string | null;
  readonly is_slow: boolean;
}

export interface Setting {
  settings: Partial<CameraSettings>;
  /** From frame to frame; 0: it follows the exposure. */
  framePeriodUs: number;
}

/** The camera's own worker, by comlink. */
export interface CameraWorker {
  /** `name`: as documents have it. */
  open(name: string, moduleUrl: string): Promise<Answer<Identity>>;
  /** Sets it where it can, and says what it can do then. */
  capabilities(setting: Setting): Promise<Answer<CameraCapabilities>>;
  /** Sets it, all or nothing; the bytes of a frame. Frames go to `frames`. */
  prepare(setting: Setting, frames: MessagePort): Promise<Answer<number>>;
  close(): Promise<void>;
}

export type ToFrames =
  { kind: "start"; run: number } | { kind: "trigger" } | { kind: "spare"; pixels: ArrayBuffer } | { kind: "close" };

export interface ArrivedFrame {
  kind: "frame";
  run: number;
  id: bigint;
  clockNs: bigint;
  pixels: ArrayBuffer;
}

export type FromFrames = ArrivedFrame | { kind: "failed"; reason: string };
