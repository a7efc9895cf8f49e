// In the view worker.
import { type PixelType, type PreviewFrame, bytesPerPixel } from "@zarrcam/protocol";

import { blosc } from "../data/zarr/blosc.ts";

/** The encodings that are decoded here. */
export const ENCODINGS = ["blosc", "jpeg"] as const;

/** Whether the pixels are not there yet. */
export function isEncoded({ header: { adaptation } }: PreviewFrame): boolean {
  return adaptation !== null && adaptation.encoding !== "raw";
}

/** A picture with its pixels. Those of a JPEG are the values that its grays stand for. Throws where it cannot be decoded. */
export async function decoded(frame: PreviewFrame): Promise<PreviewFrame> {
  const { adaptation, width, height, pixelType } = frame.header;
  switch (adaptation?.encoding) {
    case undefined:
    case "raw":
      return frame;
    case "blosc":
      return { ...frame, pixels: await blosc(frame.pixels, width * height * bytesPerPixel[pixelType]) };
    case "jpeg": {
      const grays = await graysOf(frame.pixels, width, height);
      return { ...frame, pixels: valuesOf(grays, pixelType, adaptation.window ?? { minimum: 0, maximum: 255 }) };
    }
  }
}

let canvas: OffscreenCanvasRenderingContext2D | null = null;

/** Red, green, blue and alpha of each pixel; they are gray. */
async function graysOf(jpeg: Uint8Array, width: number, height: number): Promise<Uint8ClampedArray> {
  const blob = new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: "image/jpeg" });
  // Grays are numbers here, not colours: nobody is to match them to a screen.
  const image = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  try {
    if (image.width !== width || image.height !== height) throw new Error("A picture has another size than it says.");
    canvas ??= new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true, alpha: false });
    if (!canvas) throw new Error("This browser decodes no JPEG here.");
    if (canvas.canvas.width < width) canvas.canvas.width = width;
    if (canvas.canvas.height < height) canvas.canvas.height = height;
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, width, height).data;
  } finally {
    image.close();
  }
}

/** The values of grays, in the pixel type of the frame: whole numbers where it has no others. */
export function valuesOf(
  rgba: Uint8ClampedArray,
  pixelType: PixelType,
  { minimum, maximum }: { minimum: number; maximum: number },
): Uint8Array {
  const values = Float32Array.from({ length: 256 }, (_, gray) => minimum + (gray * (maximum - minimum)) / 255);
  const whole = pixelType === "F32" ? values : values.map(Math.round);
  const out = arrayOf(pixelType, rgba.length / 4);
  for (let at = 0; at < out.length; at++) out[at] = whole[rgba[4 * at] as number] as number;
  return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
}

function arrayOf(pixelType: PixelType, length: number) {
  switch (pixelType) {
    case "U8":
      return new Uint8Array(length);
    case "I8":
      return new Int8Array(length);
    case "I16":
      return new Int16Array(length);
    case "F32":
      return new Float32Array(length);
    case "U16":
    case "U10":
    case "U12":
    case "U14":
      return new Uint16Array(length);
  }
}
