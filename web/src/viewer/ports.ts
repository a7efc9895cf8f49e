import type { AppliedConfiguration, Capabilities, Loss, PreviewFrame, RuntimeState, Stats } from "@zarrcam/protocol";

import type { Rectangle } from "./core/picture.ts";
import type { PicturesPlace } from "./live/pictures-place.ts";

export type { PicturesPlace } from "./live/pictures-place.ts";
export type { Rectangle } from "./core/picture.ts";
export { lossCause } from "./time/segments.ts";

import type { ArchivePlace } from "./core/archive-place.ts";

// What the page around the viewer and the viewer know of each other. The page imports this file and `index.ts` (`Viewer`,
// `ImagePane`, `DisplayPanel`, `Thumbnails`), and nothing below them.

/** What the camera computer said last. Reactive. */
export interface BridgeView {
  /** The configuration in force; null: not told yet. */
  readonly applied: AppliedConfiguration | null;
  /** What the devices can do as they are configured now. */
  readonly capabilities: Capabilities;
  readonly runtimeState: RuntimeState;
  readonly stats: Stats | null;
}

/** What the viewer asks of the page. Given to `new Viewer(runtime, hooks)`. */
export interface ViewerHooks {
  /** What the camera computer said last, as the page holds it. The viewer keeps no copy. */
  readonly bridge: BridgeView;
  /** Where live pictures come from at first; null: there are no cameras. Left out: the bridge that gave this page. */
  pictures?(): PicturesPlace | null;
  /** A region drawn on the image, px of the full sensor at the binning in force; null: the full frame. */
  setRegion(stream: number, region: Rectangle | null): void;
  /** LIVE was pressed while no camera runs: start one, unsaved. */
  startLive(): void;
  /** The user chose another camera in the image's toolbar. */
  selectStream(stream: number): void;
  /** Who is to draw the image, as this browser keeps it. */
  readonly renderer: "auto" | "webgpu" | "canvas2d";
  /** The user chose another. */
  keepRenderer(choice: ViewerHooks["renderer"]): void;
  /** The TIFF button in the image's toolbar: one frame of the shown camera, as captured, into the data folder. */
  saveTiff(): void;
  /** One line for the log and, where `polite`, for screen readers. */
  say(message: string, options?: { level?: "info" | "warning" | "error"; polite?: boolean }): void;
}

/** Chunks, and files of several chunks, whose edges are drawn over the image: their sizes, px of the frame. */
export interface ChunkGrid {
  chunk: [x: number, y: number];
  /** Null: each chunk is a file. */
  shard: [x: number, y: number] | null;
}

export { type ArchivePlace, archiveLabel } from "./core/archive-place.ts";

/** What the page asks of the viewer: `Viewer` implements it. All of it may be called at any time. */
export interface ViewerControl {
  openDataset(name: string): void;
  openArchive(place: ArchivePlace): void;
  /** Back to the cameras. */
  closeDataset(): void;
  /** Scrub to one frame of the run that goes on, or of the run just ended. */
  showFrame(stream: number, frameIndex: number): void;
  /** Scrub to a frame of the dataset on the canvas. */
  showStoredFrame(frameIndex: number): void;
  /** The newest frame again. */
  goLive(): void;
  /** One frame that Snap took, unsaved. */
  showSnap(stream: number, frame: PreviewFrame): void;
  /** Arrow keys (t, z) and brackets (c): one step along an axis. */
  step(axis: "t" | "z" | "c", by: number): void;
  selectStream(stream: number): void;
  setChunkGrid(grid: ChunkGrid | null): void;
  /** Index in `video` of the camera in view. Reactive. */
  readonly active: number;
  /** Name of the dataset on the canvas; null: a camera. Reactive. */
  readonly dataset: string | null;
  /** Frames of that dataset that are lost (the first of them, where there are very many); null: a camera, or not known. Reactive. */
  readonly storedLosses: { name: string; some: boolean; total: number; ranges: Loss[]; problem: string | null } | null;
  /** What else is not there: frames from `capturedEnd` on (null: none) were never captured; chunks that were met damaged. Reactive. */
  readonly storedGaps: {
    capturedEnd: number | null;
    damages: readonly { chunk: string; why: string; level: string | 0; frameIndex: number }[];
  } | null;
  /** Frames put on the canvas in the last two seconds, a second; null: none yet. Reactive. */
  readonly shownFps: number | null;
  /** Frames that the preview left out since the run began ("Not shown"). Reactive. */
  readonly skippedFrames: number;
  dispose(): void;
}
