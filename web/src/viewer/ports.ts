import type { AppliedConfiguration, Capabilities, Loss, PreviewFrame, RuntimeState, Stats } from "@zarrcam/protocol";

import type { Rectangle } from "./core/picture.ts";
import type { PicturesPlace } from "./live/pictures-place.ts";

export type { PicturesPlace } from "./live/pictures-place.ts";
export type { Rectangle } from "./core/picture.ts";
export { lossCause } from "./time/segments.ts";

import type { ArchivePlace } from "./core/archive-place.ts";
import type { DatasetPlace } from "./core/dataset-place.ts";
import type { DatasetShelf } from "./sources/dataset-shelf.ts";

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

/** The datasets in this browser's own storage. */
export interface BrowserShelf extends DatasetShelf {
  /** A port (`live-port`) to the worker that records the dataset, or else to the one that keeps it. */
  connect(name: string): MessagePort;
}

/** A run whose frames this browser stores, while it goes on and after. */
export interface BrowserRun {
  /** Index in `video`. */
  stream: number;
  /** Name of its dataset in this browser. */
  dataset: string;
  run_id: string;
  /** Frames that can be read. */
  frames_published: number;
  /** Frames that are lost to it. */
  dropped: number;
}

/** What the viewer asks of the page. Given to `new Viewer(runtime, hooks)`. */
export interface ViewerHooks {
  /** What the camera computer said last, as the page holds it. The viewer keeps no copy. */
  readonly bridge: BridgeView;
  /** Where live pictures come from at first; null: there are no cameras. Left out: the bridge that gave this page. */
  pictures?(): PicturesPlace | null;
  /** Of the camera computer; null: there is none. */
  readonly bridgeDatasets: DatasetShelf | null;
  /** Null: this browser keeps none. */
  readonly browserDatasets: BrowserShelf | null;
  /** Where the datasets are that the runtime's runs record. */
  readonly runPlace: DatasetPlace;
  /** Why this page may not change what the cameras do, in a sentence; null: it may. Reactive. */
  readonly controlRefusal: string | null;
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
export type { DatasetPlace } from "./core/dataset-place.ts";

/** What the page asks of the viewer: `Viewer` implements it. All of it may be called at any time. */
export interface ViewerControl {
  openDataset(name: string, place: DatasetPlace): void;
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
  /** The runtime's run is stored by this browser, which tells how far it is; null: it is not, or no more. */
  takeBrowserRun(stream: number, run: BrowserRun | null): void;
  setChunkGrid(grid: ChunkGrid | null): void;
  /** Index in `video` of the camera in view. Reactive. */
  readonly active: number;
  /** Name of the dataset on the canvas; null: a camera. Reactive. */
  readonly dataset: string | null;
  /** Where that dataset is; null: in none of the places, or a camera is shown. Reactive. */
  readonly datasetPlace: DatasetPlace | null;
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
