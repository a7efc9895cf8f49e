import { type Size, type View, rectangleToCanvas } from "./core/geometry.ts";
import type { Gap } from "./core/picture.ts";
import type { CapturedImage } from "./live/view-client.ts";

/** As `ui/Gaps.svelte` draws them. */
const HATCHES: Record<Gap["kind"], { colour: string; step: number; width: number; slope: 1 | -1 }> = {
  damaged: { colour: "#ff5a4e", step: 20, width: 3, slope: 1 },
  fill: { colour: "#9aa4b2", step: 20, width: 1.5, slope: -1 },
};

/** Makes a PNG file of what the canvas shows. Where no value is stored it is hatched there too: it would pass for measured. */
export function capturedPng(image: CapturedImage, gaps: Gap[], view: View, frame: Size): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context?.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
  if (context) for (const { kind, region } of gaps) hatch(context, { kind, region }, view, image, frame);
  return canvas.convertToBlob({ type: "image/png" });
}

function hatch(
  context: OffscreenCanvasRenderingContext2D,
  { kind, region }: Pick<Gap, "kind" | "region">,
  view: View,
  size: Size,
  frame: Size,
): void {
  const width = Math.min(frame.width, region.x + region.width) - region.x;
  const height = Math.min(frame.height, region.y + region.height) - region.y;
  const part = rectangleToCanvas(view, size, { ...region, width, height });
  const { colour, step, width: line, slope } = HATCHES[kind];
  context.save();
  context.beginPath();
  context.rect(part.x, part.y, part.width, part.height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.beginPath();
  // Lines of the canvas, not of the part: parts side by side have one hatch.
  for (let at = -size.height; at < size.width + size.height; at += step) {
    context.moveTo(at, slope > 0 ? size.height : 0);
    context.lineTo(at + size.height, slope > 0 ? 0 : size.height);
  }
  context.stroke();
  context.restore();
}
