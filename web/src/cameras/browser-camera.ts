import type { CameraCapabilities, CameraSettings, DeviceInfo } from "@zarrcam/protocol";

import type { Buffer, Core } from "../recorder/core.ts";

/** Of a frame, as the camera and this computer know it. */
export interface FrameStamp {
  /** Of the camera: from 0, with gaps where it lost frames. */
  hardwareId: bigint;
  hardwareClockNs: bigint;
}

/** What the camera says when it is asked for its next frame. */
export type Polled =
  | { kind: "exposed"; stamp: FrameStamp }
  /** Whoever cannot know when a frame comes says how long it is worth to wait. */
  | { kind: "not yet"; waitMs: number }
  | { kind: "awaits trigger" };

/**
 * A camera that lives in this page, open. It has no thread: an event loop asks it again and again, and frames never cross to the
 * page's own thread.
 */
export interface BrowserCamera {
  readonly frameBytes: number;
  /** Frames come whether or not anybody is ready. */
  readonly paced: boolean;
  /** Begins a run: hardware ids begin at 0. */
  start(): void;
  /** One pulse on the line `software`. */
  trigger(): void;
  /** Throws where the camera is gone. */
  poll(): Polled;
  /** The exposed frame's pixels, rows tight, into a buffer of `frameBytes`. */
  read(into: Buffer): void;
  close(): void;
}

/** A camera that the document names, and how. */
export interface WantedCamera {
  readonly name: string;
  readonly settings: CameraSettings;
  /** From frame to frame; 0: it follows the exposure. */
  readonly framePeriodUs: number;
}

/** What lists cameras of a page and opens them, in the worker that takes their frames. */
export interface BrowserDriver {
  devices(): Promise<DeviceInfo[]>;
  /** What a camera can do with these settings. Asks the user nothing. */
  capabilities(name: string, settings: Partial<CameraSettings>): Promise<CameraCapabilities>;
  /** What keeps a camera from any settings, in a sentence: the browser does not let the page have it. `null`: nothing does. */
  obstacle?(name: string): Promise<string | null>;
  /** Tells when cameras come and go, or can do something else than before. */
  watch?(changed: () => void): Promise<void>;
  /** These are the cameras of the document from now on: a driver may open them beforehand, to know what they can do, and close others. */
  use?(wanted: readonly WantedCamera[]): void;
  /** `framePeriodUs`: from frame to frame; 0: it follows the exposure. */
  open(core: Core, name: string, settings: Partial<CameraSettings>, framePeriodUs: number): Promise<BrowserCamera>;
}
