import type { PixelType } from "@zarrcam/protocol";

import type { PixelArray } from "../core/picture.ts";

/** How an array's type is shown. What no texture holds becomes 32 bit float. */
export function shownPixelType(dtype: string, camera: PixelType | null): PixelType {
  switch (dtype) {
    case "uint8":
      return "U8";
    case "int8":
      return "I8";
    case "int16":
      return "I16";
    case "uint16":
      return camera === "U10" || camera === "U12" || camera === "U14" ? camera : "U16";
    default:
      return "F32";
  }
}

interface Strided {
  data: unknown;
  shape: number[];
  stride: number[];
}

/** Two axes of an array as rows of pixels, tight, whatever way they lie. */
export function rowsOf({ data, shape, stride }: Strided, yFirst: boolean, pixelType: PixelType): PixelArray {
  const [yAxis, xAxis] = yFirst ? [0, 1] : [1, 0];
  const height = shape[yAxis] ?? 0;
  const width = shape[xAxis] ?? 0;
  const [stepY, stepX] = [stride[yAxis] ?? 0, stride[xAxis] ?? 0];
  const own = data as PixelArray;
  if (stepX === 1 && stepY === width && own.length === width * height && isOfType(own, pixelType)) return own;
  const pixels = makePixels(pixelType, width * height);
  // Half floats and booleans are read through `get`.
  const get = (data as { get?: (at: number) => unknown }).get;
  const read = get ? (at: number) => Number(get.call(data, at)) : (at: number) => Number(own[at]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels[y * width + x] = read(y * stepY + x * stepX);
  }
  return pixels;
}

function makePixels(pixelType: PixelType, length: number): PixelArray {
  switch (pixelType) {
    case "U8":
      return new Uint8Array(length);
    case "I8":
      return new Int8Array(length);
    case "I16":
      return new Int16Array(length);
    case "F32":
      return new Float32Array(length);
    default:
      return new Uint16Array(length);
  }
}

function isOfType(data: unknown, pixelType: PixelType): boolean {
  return Object.prototype.toString.call(data) === Object.prototype.toString.call(makePixels(pixelType, 0));
}
