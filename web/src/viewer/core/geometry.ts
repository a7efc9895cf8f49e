// Frame px and canvas px. A canvas px is one px of the screen (device px), so that 1:1 shows every pixel of the sensor.
import type { Rectangle } from "./picture.ts";

export interface Size {
  width: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}

/** Which part of the frame the canvas shows. */
export interface View {
  /** Point of the frame in the middle of the canvas, px. */
  centre: Point;
  /** How many canvas px one frame px takes. */
  zoom: number;
  /** Whether the whole frame stays in sight when canvas or frame change size. */
  fit: boolean;
}

export const MAX_ZOOM = 64;
const MIN_ZOOM = 1 / 256;

export function fitZoom(frame: Size, canvas: Size): number {
  if (frame.width <= 0 || frame.height <= 0 || canvas.width <= 0 || canvas.height <= 0) return 1;
  return clampZoom(Math.min(canvas.width / frame.width, canvas.height / frame.height));
}

export function fitView(frame: Size, canvas: Size): View {
  return { centre: { x: frame.width / 2, y: frame.height / 2 }, zoom: fitZoom(frame, canvas), fit: true };
}

/** A fitted view follows; another keeps its zoom, and stays where some of the frame is in sight. */
export function settleView(view: View, frame: Size, canvas: Size): View {
  if (view.fit) return fitView(frame, canvas);
  return { ...view, zoom: clampZoom(view.zoom), centre: clampCentre(view.centre, frame) };
}

export function toFrame(view: View, canvas: Size, point: Point): Point {
  return {
    x: view.centre.x + (point.x - canvas.width / 2) / view.zoom,
    y: view.centre.y + (point.y - canvas.height / 2) / view.zoom,
  };
}

export function toCanvas(view: View, canvas: Size, point: Point): Point {
  return {
    x: (point.x - view.centre.x) * view.zoom + canvas.width / 2,
    y: (point.y - view.centre.y) * view.zoom + canvas.height / 2,
  };
}

export function rectangleToCanvas(view: View, canvas: Size, { x, y, width, height }: Rectangle): Rectangle {
  return { ...toCanvas(view, canvas, { x, y }), width: width * view.zoom, height: height * view.zoom };
}

/** The point of the frame under `at` (canvas px) stays there. */
export function zoomAt(view: View, frame: Size, canvas: Size, at: Point, factor: number): View {
  const zoom = clampZoom(view.zoom * factor);
  const under = toFrame(view, canvas, at);
  const centre = {
    x: under.x - (at.x - canvas.width / 2) / zoom,
    y: under.y - (at.y - canvas.height / 2) / zoom,
  };
  return { centre: clampCentre(centre, frame), zoom, fit: false };
}

/** Moves the picture by so many canvas px. */
export function panBy(view: View, frame: Size, dx: number, dy: number): View {
  const centre = { x: view.centre.x - dx / view.zoom, y: view.centre.y - dy / view.zoom };
  return { ...view, centre: clampCentre(centre, frame), fit: false };
}

/** One to one, or any other zoom, around the middle of the canvas. Frame px then fall on canvas px exactly. */
export function zoomTo(view: View, frame: Size, canvas: Size, zoom: number): View {
  const target = { ...view, zoom: clampZoom(zoom), fit: false };
  const corner = toCanvas(target, canvas, { x: 0, y: 0 });
  const centre = {
    x: target.centre.x + (corner.x - Math.round(corner.x)) / target.zoom,
    y: target.centre.y + (corner.y - Math.round(corner.y)) / target.zoom,
  };
  return { ...target, centre: clampCentre(centre, frame) };
}

/** The part of the frame that is in sight, whole px; null: none is. */
export function visibleRegion(view: View, frame: Size, canvas: Size): Rectangle | null {
  const from = toFrame(view, canvas, { x: 0, y: 0 });
  const to = toFrame(view, canvas, { x: canvas.width, y: canvas.height });
  const x = Math.max(0, Math.floor(from.x));
  const y = Math.max(0, Math.floor(from.y));
  const width = Math.min(frame.width, Math.ceil(to.x)) - x;
  const height = Math.min(frame.height, Math.ceil(to.y)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function clampZoom(zoom: number): number {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
}

function clampCentre({ x, y }: Point, frame: Size): Point {
  return { x: Math.min(frame.width, Math.max(0, x)), y: Math.min(frame.height, Math.max(0, y)) };
}
