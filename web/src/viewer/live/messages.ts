// What page and view worker say to each other, and what whoever reads planes sends to the view worker. Pixels go by transfer.
import type { PreviewRoad } from "@zarrcam/protocol";

import type { Size, View } from "../core/geometry.ts";
import type { DisplaySettings } from "../core/display-settings.ts";
import type { Caption, ChannelPicture, Gap, Picture, Reading } from "../core/picture.ts";
import type { PlaneAddress } from "../core/plane-source.ts";
import type { RendererChoice } from "../core/renderer-choice.ts";
import type { PictureRequest } from "../core/picture-request.ts";
import type { GpuAbsence } from "../render/gpu.ts";
import type { RenderCounters } from "../render/renderer.ts";
import type { PicturesPlace } from "./pictures-place.ts";

/** How a frame's index along one axis follows from its frame index: `floor(frameIndex / stride) % size`. */
export interface AxisStep {
  /** Frames from one element of the axis to the next. */
  stride: number;
  /** Elements. */
  size: number;
}

/** Planes to show, added up: the first is the one whose histogram and values are told. */
export interface PlanesMessage {
  kind: "planes";
  address: PlaneAddress;
  planes: [ChannelPicture, ...ChannelPicture[]];
}

export type ToView =
  | { kind: "open"; renderer: RendererChoice }
  /** Where live pictures come from; null: there are no cameras. */
  | { kind: "pictures"; from: PicturesPlace | null }
  | { kind: "renderer"; renderer: RendererChoice }
  /** Whether the page is in sight. */
  | { kind: "visible"; visible: boolean }
  /** Something that was not there may be: the network is back, the page is shown again as it was. */
  | { kind: "wake" }
  /** What the camera computer refused may be granted: another stream may be set up. */
  | { kind: "retry" }
  /** A canvas for the pane, made for the backend of this generation. */
  | { kind: "canvas"; pane: number; generation: number; canvas: OffscreenCanvas; size: Size }
  | { kind: "resize"; pane: number; size: Size }
  | { kind: "view"; pane: number; view: View }
  /** Display settings by channel; which channel a live picture shows follows from its frame index. */
  | { kind: "displays"; pane: number; displays: DisplaySettings[]; channel: AxisStep | null }
  /** The camera's pictures that the pane wants; null: none. */
  | { kind: "subscribe"; pane: number; stream: number; wanted: PictureRequest | null }
  /** Only frames at these positions are shown. */
  | { kind: "pins"; pane: number; pins: (AxisStep & { index: number })[] }
  /** Planes that lay on the page's thread. */
  | PlanesMessage
  /** A port by which planes come from a worker that reads them; `PlanesMessage` is all that comes by it. */
  | { kind: "connect"; port: MessagePort }
  /** Planes of an earlier epoch are not shown any more; with `empty` the canvas shows nothing until others come. */
  | { kind: "epoch"; pane: number; epoch: number; empty: boolean }
  /** Where the pointer is, px of the frame; null: not on the image. */
  | { kind: "point"; pane: number; at: { x: number; y: number } | null }
  /** By which road pictures are to come; null: the faster one. For measurements. */
  | { kind: "road"; road: PreviewRoad | null }
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

/** What is known of the pixel under the pointer; x and y are px of the frame. */
export interface Readout extends Reading {
  x: number;
  y: number;
}

export type PictureShape = Omit<Picture, "pixels" | "wide" | "gaps">;

export interface Shown {
  pane: number;
  caption: Caption;
  picture: PictureShape;
  /** How the first picture was drawn; with `auto` the limits are those that it asked for. */
  display: DisplaySettings;
  channel: number;
  /** Where it, and what it is added up with, shows no stored value. */
  gaps: (Gap & { channel: number })[];
  /** How often the canvas had been emptied before it was drawn: a picture from before the last time is gone. */
  emptied: number;
  /** When it was handed to the screen, by the wall clock of this computer, ms since 1970-01-01 UTC. */
  shownAtMs: number;
}

export interface ViewCounters extends RenderCounters {
  /** Pictures that came from the camera computer. */
  received: number;
  /** Of those, the ones that came by the stream. */
  streamed: number;
  /** Pictures that a later one took the place of before they were drawn. */
  overtaken: number;
  /** Bytes of the pixels that came from the camera computer. */
  receivedBytes: number;
}

export type FromView =
  | { kind: "backend"; backend: Backend }
  | { kind: "link"; state: "connected" | "reconnecting" | "closed"; reason: string | null }
  /** The camera has no such stream, or the bridge ended the subscription. */
  | { kind: "subscription"; pane: number; problem: string | null }
  | ({ kind: "shown" } & Shown)
  /** Automatic contrast was switched on over a picture that is there: the limits that it is drawn with now. */
  | { kind: "limits"; pane: number; channel: number; display: DisplaySettings }
  | { kind: "readout"; pane: number; readout: Readout | null }
  | {
      kind: "captured";
      request: number;
      image: { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } | null;
    }
  | { kind: "synced"; request: number; counters: ViewCounters }
  | { kind: "failed"; message: string };
