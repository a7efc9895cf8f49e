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
  /** What people call it: a camera's name, a dataset's path. */
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

  /** Whether one frame can be read, without reading it. */
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
  /** Calls `changed` whenever more exists, or what exists is another. @returns a function that ends the calls. */
  subscribe(changed: (change: SourceChange) => void): () => void;
  /** Called with each picture of this source that came to the canvas of a pane. */
  takeShown?(shown: ShownPicture): void;
  /** Frees what it holds; no other call may follow. */
  close(): void;
}

/** A picture that is on a canvas. */
export interface ShownPicture {
  caption: Caption;
  picture: Pick<Picture, "reduction" | "scale">;
  /** Where it, or a plane that it is added up with, shows no stored value. */
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
  /** Ranges of lost frames, in order. */
  losses: readonly Loss[];
  /** Frames from this one on were never captured; null: all were, or nobody knows. */
  capturedEnd: number | null;
  /** Damaged chunks that were met so far. */
  damages: readonly Damage[];
}

/** A damaged chunk that was met when a plane was read. */
export interface Damage {
  /** Coordinates of the chunk in its array: "1/0/0". */
  chunk: string;
  /** What is wrong with it, a clause for users. */
  why: string;
  /** 0: the full level; else how many px of the full level one px of this level stands for: "2 × 2". */
  level: string | 0;
  /** Index of the frame in which it was met. */
  frameIndex: number;
}

/** Whether a frame of a source can be read. */
export type FrameAvailability =
  | { kind: "readable" }
  /** The frame is not there and never will be; `why` is a clause for users: "frame 118 lost: queue full". */
  | { kind: "lost" | "not captured"; why: string }
  /** The frame cannot be read yet. */
  | { kind: "pending" };

/** How large one px of the full frame is. */
export interface PixelSize {
  /** Width, in `unit`. */
  x: number;
  /** Height, in `unit`. */
  y: number;
  /** Unit of length by OME-NGFF's name, "micrometer"; empty: nobody measured it, and lengths are px. */
  unit: string;
}

/** One zoom level of an image. */
export interface PlaneLevel {
  /** Path of its array in the store. */
  path: string;
  /** How many px of the full level one px of this level stands for, along x and y. */
  scale: [x: number, y: number];
  /** How many elements of the full level one element of this level stands for, along every axis, slowest first. */
  factors: number[];
  /** Width of a plane of this level, px. */
  width: number;
  /** Height of a plane of this level, px. */
  height: number;
}

/** What a source says of a channel; channels are counted along the axis of kind "Channel". */
export interface ChannelHint {
  /** Name of the channel: "DAPI". */
  label: string;
  /** Colour map that the source wants for it; null: it says none. */
  colour: ColourMap | null;
  /** Whether the channel is to be shown at first. */
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
  /** Size of a chunk along each axis of the array, slowest first: px, or elements. */
  chunks: number[];
  channels: ChannelHint[];
  /** Sentences for users about what is not as it should be, or not shown. */
  remarks: string[];
}

/** Planes that are asked of a source. */
export interface PlaneRequest {
  /** One plane for each channel to add up; the first is the one whose values are told. */
  planes: { channel: number; position: number[] }[];
  /** Which of `PlaneImage.levels`. */
  level: number;
  /** The part that is wanted, px of the full level; null: the whole plane. */
  region: Rectangle | null;
}

/** Names a pane's canvas, and which of the pane's requests is answered. Goes along to whatever worker reads. */
export interface PlaneAddress {
  pane: number;
  /** Counter that rises when the pane turns to something else: planes of an older epoch are not shown any more. */
  epoch: number;
  /** Whether it is shown only where it is newer than the live picture on the canvas, by the frame indices of both. */
  newerOnly: boolean;
}

/** Where planes are handed to: the canvas of the pane that asked. */
export interface PlaneSink {
  /** For a source that reads in a worker which has a port to the view worker: pixels then never meet the page's thread. */
  readonly address: PlaneAddress;
  /** Shows planes whose pixels lie on the page's thread. The pixels are transferred, and gone from there. */
  put(planes: [ChannelPicture, ...ChannelPicture[]]): void;
}

/** Pictures that come by themselves. */
export interface LivePictures {
  /** Asks for live pictures of this size and region from now on; null: for none. The source sends them to the pane's canvas by itself. */
  request(wanted: PictureRequest | null): void;
}
