// What a pane shows, wherever it comes from: the one interface between panes and the cameras, runs, datasets, files and
// addresses whose planes they show. A pane needs no bridge; a source may have one behind it.
import type { Loss, PixelType } from "@zarrcam/protocol";

import type { PlaneAxis } from "./axes.ts";
import type { ColourMap } from "./colour-maps.ts";
import type { Caption, ChannelPicture, Gap, Picture, Rectangle, Reduction } from "./picture.ts";
import type { PictureRequest } from "./picture-request.ts";
import type { DataType } from "./stored-value.ts";

/** Planes of pixels along axes, of which more may come. All but `read` and `open` answers from what is known already. */
export interface PlaneSource {
  /** As people call it: a camera's name, a dataset's path. */
  readonly name: string;
  /** The axes but x and y, the fastest first; the last one is the time axis. */
  readonly axes: readonly PlaneAxis[];
  readonly extent: SourceExtent;
  readonly gaps: SourceGaps;
  readonly pixelSize: PixelSize;
  /** What its stored planes are like; null: not known before `open`, or there are none. */
  readonly image: PlaneImage | null;
  /** Pictures that come by themselves, the newest each time; null: it has stored planes only. */
  readonly live: LivePictures | null;

  /** What is known of one frame without reading it. */
  availability(frameIndex: number): FrameAvailability;
  /** The wall clock of the computer that stored this frame, ms since 1970-01-01 UTC; null: not known. */
  clockMs(frameIndex: number): number | null;
  /** Makes `image` known. Rejects with a sentence for users where nothing can be read. */
  open(): Promise<PlaneImage>;
  /**
   * Reads planes and hands them to the sink, all of them at once. Each says of itself what its pixels are: exact, or reduced
   * from so many (`Picture.reduction`), fill that nobody wrote or a damaged chunk (`Picture.gaps`).
   *
   * @returns when they are handed over. Rejects with a sentence for users, or with an `AbortError`.
   */
  read(request: PlaneRequest, sink: PlaneSink, signal: AbortSignal): Promise<void>;
  /** Calls whenever more exists, or what exists is another. @returns a function that ends it. */
  subscribe(changed: (change: SourceChange) => void): () => void;
  /** Told of each picture of it that came to the canvas of a pane. */
  takeShown?(shown: ShownPicture): void;
  /** Frees what it holds; no other call may follow. */
  close(): void;
}

/** A picture that is on a canvas. */
export interface ShownPicture {
  caption: Caption;
  picture: Pick<Picture, "reduction" | "scale">;
  /** Where it, and what it is added up with, shows no stored value. */
  gaps: Gap[];
  /** When it was handed to the screen, wall clock of this computer, ms since 1970-01-01 UTC. */
  shownAtMs: number;
}

/**
 * "more": what there is has grown, or more is known of it; positions mean what they meant. "others": the frames are others, as
 * when another run began.
 */
export type SourceChange = "more" | "others";

/** How much there is, in frames by order of acquisition; lost ones count. */
export interface SourceExtent {
  /** Frames 0 to here can be read. */
  readable: number;
  /** Frames 0 to here are stored or lost, though the newest may take a moment until they can be read. */
  decided: number;
}

/** Where a source has no frame, or a bad one, for the marks along the time axis. */
export interface SourceGaps {
  /** In order of their frames. */
  losses: readonly Loss[];
  /** Frames from this one on were never captured; null: all were, or nobody knows. */
  capturedEnd: number | null;
  /** Chunks that were met and are damaged. */
  damages: readonly Damage[];
}

export interface Damage {
  /** Its coordinates: "1/0/0". */
  chunk: string;
  why: string;
  /** 0: of the full level; else the px of it that one px stands for: "2 × 2". */
  level: string | 0;
  /** Of the frame in which it was met. */
  frameIndex: number;
}

export type FrameAvailability =
  | { kind: "readable" }
  /** It is not there and never will be; `why` is a clause for users: "frame 118 lost: queue full". */
  | { kind: "lost" | "not captured"; why: string }
  /** It cannot be read yet. */
  | { kind: "pending" };

/** Of one px of the full frame. */
export interface PixelSize {
  x: number;
  y: number;
  /** By OME-NGFF's name, "micrometer"; empty: nobody measured it, and lengths are px. */
  unit: string;
}

export interface PlaneLevel {
  /** Of its array in the store. */
  path: string;
  /** Px of the full level that one px stands for, along x and y. */
  scale: [x: number, y: number];
  /** The same along every axis, slowest first. */
  factors: number[];
  /** Px. */
  width: number;
  height: number;
}

/** What a source says of a channel; channels are counted along the axis of kind "Channel". */
export interface ChannelHint {
  label: string;
  /** Null: none is said. */
  colour: ColourMap | null;
  /** Whether it is to be shown at first. */
  active: boolean;
}

/** What all planes of a source have in common. Another object where the source was opened anew. */
export interface PlaneImage {
  /** From the full one on, each coarser than the one before. */
  levels: PlaneLevel[];
  pixelType: PixelType;
  dtype: DataType;
  /** How pixels of the coarser levels came from those of the full one. */
  reduction: Exclude<Reduction, "none">;
  /** Px or elements along each axis of the array, slowest first. */
  chunks: number[];
  channels: ChannelHint[];
  /** Sentences about what is not as it should be, or not shown. */
  remarks: string[];
}

export interface PlaneRequest {
  /** One for each channel to add up; the first is the one whose values are told. */
  planes: { channel: number; position: number[] }[];
  /** Which of `PlaneImage.levels`. */
  level: number;
  /** Px of the full level; null: the whole plane. */
  region: Rectangle | null;
}

/** Names a pane's canvas, and which of the pane's requests is answered. Goes along to whatever worker reads. */
export interface PlaneAddress {
  pane: number;
  /** What was asked for before the pane turned to something else is not shown any more. */
  epoch: number;
  /** Only where it is newer than the live picture that is shown: by the frame indices of both. */
  newerOnly: boolean;
}

/** Where planes are handed to: the canvas of the pane that asked. */
export interface PlaneSink {
  /** For a source that reads in a worker which has a port to the view worker: pixels then never meet the page's thread. */
  readonly address: PlaneAddress;
  /** For pixels that lie on the page's thread: they are transferred, and gone from there. */
  put(planes: [ChannelPicture, ...ChannelPicture[]]): void;
}

/** Pictures that come by themselves. */
export interface LivePictures {
  /** Which the pane is to get from now on, at the latest; null: none. The source sends them to the pane's canvas by itself. */
  request(wanted: PictureRequest | null): void;
}
