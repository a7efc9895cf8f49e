import { type Size, type View, visibleRegion } from "./geometry.ts";
import type { Rectangle } from "./picture.ts";

/** What to ask of the camera computer: no more than the canvas shows. */
export interface PictureRequest {
  /** The picture is reduced until it is no wider than this, px. */
  maxWidth: number;
  /** The picture is reduced until it is no higher than this, px. */
  maxHeight: number;
  /** The part of the frame that is wanted, px of the frame; null: the whole frame. */
  region: Rectangle | null;
  /** Whether nothing may be lost on a slow network, however long each picture takes; left out: it may. */
  lossless?: boolean;
}

const MAX_SIDE = 8192;
/**
 * Regions move in steps, in px of the picture: panning a little asks for nothing new. A step is a part of what is in sight,
 * so that what is asked beyond it stays a small part of the whole.
 */
const STEP_PARTS = 24;
const LEAST_STEP = 4;
/** Pictures may be so much larger than the screen shows, in one direction, before they are reduced once more. */
const EXCESS = 0.1;

/**
 * The whole frame while all of it is in sight. Zoomed in, the part in sight with some room around it, at the resolution
 * of the canvas: full from 1:1 on.
 */
export function pictureRequest(view: View, frame: Size, canvas: Size): PictureRequest {
  const visible = visibleRegion(view, frame, canvas);
  const scale = Math.max(1, Math.ceil(1 / view.zoom - EXCESS));
  if (!visible || coversMost(visible, frame)) {
    return { maxWidth: side(frame.width / scale), maxHeight: side(frame.height / scale), region: null };
  }
  const [x, width] = span(visible.x, visible.width, frame.width, scale);
  const [y, height] = span(visible.y, visible.height, frame.height, scale);
  const region = { x, y, width, height };
  return { maxWidth: side(region.width / scale), maxHeight: side(region.height / scale), region };
}

/** What is in sight along one side, with half a step to a step and a half at either end. */
function span(from: number, length: number, whole: number, scale: number): [from: number, length: number] {
  const step = scale * Math.max(LEAST_STEP, 2 ** Math.round(Math.log2(length / scale / STEP_PARTS)));
  const start = Math.max(0, Math.floor((from - step / 2) / step) * step);
  const end = Math.min(whole, Math.ceil((from + length + step / 2) / step) * step);
  return [start, end - start];
}

export function sameRequest(a: PictureRequest | null, b: PictureRequest | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.maxWidth !== b.maxWidth || a.maxHeight !== b.maxHeight) return false;
  if ((a.lossless ?? false) !== (b.lossless ?? false)) return false;
  if (a.region === null || b.region === null) return a.region === b.region;
  const [p, q] = [a.region, b.region];
  return p.x === q.x && p.y === q.y && p.width === q.width && p.height === q.height;
}

function coversMost(visible: Rectangle, frame: Size): boolean {
  return visible.width * visible.height >= 0.9 * frame.width * frame.height;
}

function side(length: number): number {
  return Math.min(MAX_SIDE, Math.max(1, Math.ceil(length - 1e-6)));
}
