import type { Picture } from "./intake.ts";
import { type VideoPixels, isKnownFormat, tightLayout, videoBytes } from "./pixels.ts";

/** Gives the pixels of what a browser captured. One picture at a time: its memory is used again for the next one. */
export class PictureReader {
  #bytes = new Uint8Array(0);
  #canvas: OffscreenCanvasRenderingContext2D | null = null;

  of(picture: VideoFrame | ImageBitmap, stampUs: number): Picture {
    const shape: [number, number] =
      picture instanceof ImageBitmap
        ? [picture.width, picture.height]
        : [picture.visibleRect?.width ?? picture.displayWidth, picture.visibleRect?.height ?? picture.displayHeight];
    return {
      stampUs,
      shape,
      pixels: () =>
        picture instanceof ImageBitmap ? Promise.resolve(this.#drawn(picture, shape)) : this.#copied(picture, shape),
      close: () => {
        picture.close();
      },
    };
  }

  async #copied(frame: VideoFrame, shape: [number, number]): Promise<VideoPixels> {
    const { format, colorSpace } = frame;
    // What lies on the graphics card, or in a format that is not ours.
    if (!isKnownFormat(format)) return this.#drawn(frame, shape);
    const [width, height] = shape;
    const needed = videoBytes(format, width, height);
    if (this.#bytes.length < needed) this.#bytes = new Uint8Array(needed);
    const bytes = this.#bytes.subarray(0, needed);
    await frame.copyTo(bytes, { layout: tightLayout(format, width, height) });
    const matrix = colorSpace.matrix === "bt709" ? "bt709" : "bt601";
    return { format, width, height, bytes, matrix, fullRange: colorSpace.fullRange ?? false };
  }

  #drawn(picture: VideoFrame | ImageBitmap, [width, height]: [number, number]): VideoPixels {
    if (this.#canvas?.canvas.width !== width || this.#canvas.canvas.height !== height)
      this.#canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!this.#canvas) throw new Error("The browser has no canvas to read the webcam's pictures from.");
    this.#canvas.drawImage(picture, 0, 0, width, height);
    const { data } = this.#canvas.getImageData(0, 0, width, height);
    return { format: "RGBA", width, height, bytes: new Uint8Array(data.buffer) };
  }
}
