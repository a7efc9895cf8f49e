import type { Look } from "./pixels.ts";

/** What is taken of a webcam, and how. */
export interface CaptureRequest {
  /** As people know it. */
  label: string;
  look: Look;
  /** Width and height that its pictures have, px. */
  shape: [number, number];
  /** From picture to picture, as the browser says, us; 0: it does not say. */
  nominalUs: number;
}

/** Where the capture worker gets the pictures of a webcam from. */
export type PictureSource =
  | { kind: "stream"; pictures: ReadableStream<VideoFrame> }
  /** The worker itself makes pictures of it. */
  | { kind: "track"; track: MediaStreamTrack }
  /** The page posts them, one by one. */
  | { kind: "posted" };

/** To the capture worker, from the page. */
export type ToCapture =
  | { kind: "capture"; request: CaptureRequest; source: PictureSource; camera: MessagePort }
  /** `stampUs`: when it was captured. */
  | { kind: "picture"; picture: VideoFrame | ImageBitmap; stampUs: number }
  | { kind: "ended" };

/** From the capture worker, to the page. */
export type FromCapture =
  /** It runs. `takesTracks`: it can make pictures of a track. */
  | { kind: "loaded"; takesTracks: boolean }
  /** A picture that was posted is done with. */
  | { kind: "taken" }
  /** The camera was closed. */
  | { kind: "closed" };

/** To the capture worker, from the camera in the worker that records. */
export type FromCamera =
  /** Pictures from now on are those of this run, and their ids begin at 0. */
  | { kind: "start"; run: number }
  /** Memory of a picture that was read. */
  | { kind: "spare"; planes: ArrayBuffer }
  | { kind: "close" };

/** A picture of the video, as the frames that it fills. */
export interface ArrivedPicture {
  run: number;
  /** Counts the periods of the video since the run's first picture, so what did not come leaves a gap. */
  id: number;
  /** Since the run's first picture, by the browser's capture stamps. */
  clockUs: number;
  planes: ArrayBuffer;
}

/** From the capture worker, to the camera. */
export type ToCamera =
  | { kind: "ready" }
  | ({ kind: "picture" } & ArrivedPicture)
  /** The last that it says. */
  | { kind: "failed"; reason: string };
