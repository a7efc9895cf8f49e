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
  const { settings } = (camera.pane.settings ?? viewer.configuration.video[camera.stream])?.storage ?? {};
  const [x, y] = settings?.acquisition_dimensions ?? [];
  if (x?.scale && x.unit) return { x: x.scale, y: y?.scale || x.scale, unit: x.unit };
  const [width, height] = settings?.pixel_scale_um ?? [0, 0];
  // Nobody said how large a pixel is.
  if (width === 0 || height === 0) return { x: 1, y: 1, unit: "" };
  return { x: width, y: height, unit: "micrometer" };
}
