import { pixelSizeUm } from "../../configuration/sizes.ts";
import type { CameraView } from "../camera-views.svelte.ts";
import type { Viewer } from "../viewer.svelte.ts";

export interface PixelSize {
  x: number;
  y: number;
  /** Empty: not known, lengths are px. */
  unit: string;
}

/** Of a px of the frame: the dataset's own scale, or what the set-up said when the picture was taken. */
export function pixelSizeOf(viewer: Viewer, camera: CameraView): PixelSize {
  const source = camera.timeline.dataset;
  if (source) {
    const { x, y } = source.description;
    return { x: x.scale, y: y.scale, unit: x.unit };
  }
  const stream = camera.pane.settings ?? viewer.configuration.video[camera.stream];
  const [x, y] = stream ? [pixelSizeUm(stream, 0), pixelSizeUm(stream, 1)] : [0, 0];
  return x > 0 && y > 0 ? { x, y, unit: "micrometer" } : { x: 1, y: 1, unit: "" };
}
