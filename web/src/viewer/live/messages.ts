// What page and view worker say to each other. Pixels cross only from the page, and only by transfer.
import type { Size, View } from "../core/geometry.ts";
import type { Look } from "../core/look.ts";
import type { Caption, ChannelPicture, Gap, Picture, Reading } from "../core/picture.ts";
import type { RendererChoice } from "../core/renderer-choice.ts";
import type { WantedPicture } from "../core/wanted-picture.ts";
import type { GpuAbsence } from "../render/gpu.ts";
import type { RenderCounters } from "../render/renderer.ts";

/** Position of a place along one dimension: `floor(place / stride) % size` (a growing dimension has no end). */
export interface PlaceIndex {
  stride: number;
  size: number;
}

export type ToView =
  | { kind: "open"; url: string; renderer: RendererChoice }
  | { kind: "renderer"; renderer: RendererChoice }
  /** Whether the page is in sight. */
  | { kind: "visible"; visible: boolean }
  /** Something that was not there may be: the network is back, the page is shown again as it was. */
  | { kind: "wake" }
  /** A canvas for the pane, made for the backend of this generation. */
  | { kind: "canvas"; pane: number; generation: number; canvas: OffscreenCanvas; size: Size }
  | { kind: "resize"; pane: number; size: Size }
  | { kind: "view"; pane: number; view: View }
  /** One look a channel; which channel a frame shows follows from its place. */
  | { kind: "looks"; pane: number; looks: Look[]; channel: PlaceIndex | null }
  /** The camera's pictures that the pane wants; null: none. */
  | { kind: "subscribe"; pane: number; stream: number; wanted: WantedPicture | null }
  /** Only frames at these positions are shown. */
  | { kind: "pins"; pane: number; pins: (PlaceIndex & { index: number })[] }
  /** Stored pictures, added up: the first is the one whose histogram and pixels are told. None: an empty canvas. */
  | { kind: "pictures"; pane: number; layers: ChannelPicture[] }
  /** Where the pointer is, px of the frame; null: not on the image. */
  | { kind: "point"; pane: number; at: { x: number; y: number } | null }
  | { kind: "capture"; pane: number; request: number }
  | { kind: "sync"; request: number }
  | { kind: "close-pane"; pane: number };

export interface Backend {
  kind: "webgpu" | "canvas2d";
  /** Each is for canvases of its own: a canvas cannot change from one kind to another. */
  generation: number;
  /** Null with WebGPU, and where 2-D was asked for. */
  absence: GpuAbsence | null;
}

/** Where the pointer is, px of the frame, and what is known there. */
export interface Readout extends Reading {
  x: number;
  y: number;
}

export type PictureShape = Omit<Picture, "pixels" | "wide" | "gaps">;

export interface Shown {
  pane: number;
  caption: Caption;
  picture: PictureShape;
  /** Of this picture; with `auto` the limits are what the frame asked for. */
  look: Look;
  channel: number;
  /** Of it and of what it is added up with. */
  gaps: (Gap & { channel: number })[];
  /** How often the canvas had been emptied before it: one from before the last time is gone. */
  emptied: number;
  /** When it was handed to the screen, wall clock of this computer, ms since 1970. */
  shownAtMs: number;
}

export interface ViewCounters extends RenderCounters {
  /** Pictures that came from the camera computer. */
  received: number;
  /** Of those, the ones that a later one overtook before they were drawn. */
  overtaken: number;
  receivedBytes: number;
}

export type FromView =
  | { kind: "backend"; backend: Backend }
  | { kind: "link"; state: "connected" | "reconnecting"; reason: string | null }
  /** The camera has no such stream, or the bridge ended the subscription. */
  | { kind: "subscription"; pane: number; problem: string | null }
  | ({ kind: "shown" } & Shown)
  /** Automatic contrast was switched on over a picture that is there: the limits that it is drawn with now. */
  | { kind: "limits"; pane: number; channel: number; look: Look }
  | { kind: "readout"; pane: number; readout: Readout | null }
  | {
      kind: "captured";
      request: number;
      image: { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } | null;
    }
  | { kind: "synced"; request: number; counters: ViewCounters }
  | { kind: "failed"; message: string };
