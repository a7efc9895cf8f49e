// From the pixels of a video frame to those of a camera's frame: 8 bit, planes one behind the other, rows tight.

/** What is made of a video frame: its luma, or three planes, red, green, blue. */
export type Look = "gray" | "RGB";

export const CHANNELS: Record<Look, readonly string[]> = { gray: [], RGB: ["red", "green", "blue"] };

/** Frames that a video frame fills. */
export const planesOf = (look: Look): number => Math.max(1, CHANNELS[look].length);

/** Pixels as a browser gives them, each plane tight: a row of Y takes `width` bytes. */
export interface VideoPixels {
  format: "I420" | "NV12" | "RGBA" | "RGBX" | "BGRA" | "BGRX";
  width: number;
  height: number;
  bytes: Uint8Array;
  /** How the video's colours were made luma and chroma. Default: BT.601, as webcams do it. */
  matrix?: "bt601" | "bt709";
  /** Luma from 0 to 255; else from 16 to 235. */
  fullRange?: boolean;
}

export const isKnownFormat = (format: string | null): format is VideoPixels["format"] =>
  format !== null && ["I420", "NV12", "RGBA", "RGBX", "BGRA", "BGRX"].includes(format);

/** Luma of red, green and blue, by BT.601, as JPEG has it: what a webcam's own luma is made by. In 1/65536, all three together 1. */
const LUMA = { red: 19595, green: 38470, blue: 7471 } as const;

const MATRICES = {
  bt601: { redOfV: 1.402, greenOfU: 0.344136, greenOfV: 0.714136, blueOfU: 1.772 },
  bt709: { redOfV: 1.5748, greenOfU: 0.187324, greenOfV: 0.468124, blueOfU: 1.8556 },
} as const;
/** Fixed point: 1 is 65536. */
const ONE = 65_536;
const HALF = ONE / 2;

const chromaSide = (side: number): number => (side + 1) >> 1;

/** Bytes of all planes, tight. */
export function videoBytes(format: VideoPixels["format"], width: number, height: number): number {
  const pixels = width * height;
  if (format === "I420" || format === "NV12") return pixels + 2 * chromaSide(width) * chromaSide(height);
  return pixels * 4;
}

/** How the planes lie that `videoBytes` counts, as `VideoFrame.copyTo` takes it. */
export function tightLayout(format: VideoPixels["format"], width: number, height: number): PlaneLayout[] {
  const [pixels, chromaWidth] = [width * height, chromaSide(width)];
  if (format === "I420")
    return [
      { offset: 0, stride: width },
      { offset: pixels, stride: chromaWidth },
      { offset: pixels + chromaWidth * chromaSide(height), stride: chromaWidth },
    ];
  if (format === "NV12")
    return [
      { offset: 0, stride: width },
      { offset: pixels, stride: 2 * chromaWidth },
    ];
  return [{ offset: 0, stride: width * 4 }];
}

/** Fills `planes`: one of luma, or red, green and blue. */
export function convert(video: VideoPixels, look: Look, planes: Uint8Array): void {
  const isYuv = video.format === "I420" || video.format === "NV12";
  if (look === "gray") {
    // Not touched: neither stretched nor rounded.
    if (isYuv) planes.set(video.bytes.subarray(0, video.width * video.height));
    else lumaOf(video, planes);
  } else if (isYuv) coloursOf(video, planes);
  else split(video, planes);
}

const redOf = ({ format }: VideoPixels): 0 | 2 => (format === "RGBA" || format === "RGBX" ? 0 : 2);

function lumaOf(video: VideoPixels, luma: Uint8Array): void {
  const { bytes } = video;
  const red = redOf(video);
  const blue = 2 - red;
  const pixels = video.width * video.height;
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 4)
    luma[pixel] =
      ((bytes[at + red] ?? 0) * LUMA.red +
        (bytes[at + 1] ?? 0) * LUMA.green +
        (bytes[at + blue] ?? 0) * LUMA.blue +
        HALF) >>
      16;
}

function split(video: VideoPixels, planes: Uint8Array): void {
  const { bytes } = video;
  const red = redOf(video);
  const blue = 2 - red;
  const pixels = video.width * video.height;
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 4) {
    planes[pixel] = bytes[at + red] ?? 0;
    planes[pixel + pixels] = bytes[at + 1] ?? 0;
    planes[pixel + 2 * pixels] = bytes[at + blue] ?? 0;
  }
}

/** Chroma is that of the nearest sample: nothing is made up between two of them. */
function coloursOf(video: VideoPixels, planes: Uint8Array): void {
  const { bytes, width, height, format, matrix = "bt601", fullRange = false } = video;
  const pixels = width * height;
  const chromaWidth = chromaSide(width);
  const [u, v, step] =
    format === "I420" ? [pixels, pixels + chromaWidth * chromaSide(height), 1] : [pixels, pixels + 1, 2];
  const black = fullRange ? 0 : 16;
  const ofLuma = Math.round(ONE * (fullRange ? 1 : 255 / 219));
  const ofChroma = fullRange ? 1 : 255 / 224;
  const { redOfV, greenOfU, greenOfV, blueOfU } = MATRICES[matrix];
  const [rv, gu, gv, bu] = [redOfV, greenOfU, greenOfV, blueOfU].map((factor) => Math.round(ONE * factor * ofChroma));
  // Rounds and keeps within 0 to 255.
  const clamped = new Uint8ClampedArray(planes.buffer, planes.byteOffset, planes.length);
  for (let y = 0, pixel = 0; y < height; y++) {
    const row = (y >> 1) * chromaWidth;
    for (let x = 0; x < width; x++, pixel++) {
      const chroma = (row + (x >> 1)) * step;
      const luma = ((bytes[pixel] ?? 0) - black) * ofLuma + HALF;
      const du = (bytes[u + chroma] ?? 0) - 128;
      const dv = (bytes[v + chroma] ?? 0) - 128;
      clamped[pixel] = (luma + (rv ?? 0) * dv) >> 16;
      clamped[pixel + pixels] = (luma - (gu ?? 0) * du - (gv ?? 0) * dv) >> 16;
      clamped[pixel + 2 * pixels] = (luma + (bu ?? 0) * du) >> 16;
    }
  }
}
