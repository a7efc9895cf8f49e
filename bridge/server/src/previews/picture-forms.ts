import type { PreviewEncoding } from "@zarrcam/protocol";

/** In which form a picture goes: the less a link carries, the smaller. */
export interface PictureForm {
  encoding: PreviewEncoding;
  /** How many times smaller it is along each side than it was asked for. */
  reduce: number;
}

/** How large a picture is as it was asked for. */
export interface PictureShape {
  /** Width and height, px. */
  width: number;
  height: number;
  /** Bytes of a pixel that is not encoded. */
  bytesPerPixel: number;
}

/** What encodings make of pictures like these. */
export interface EncodedSizes {
  /** Of Blosc, as a part of the bytes that are not encoded. */
  bloscPart: number;
  /** Of JPEG, bytes a pixel. */
  jpegBytesPerPixel: number;
}

export const AS_ASKED: PictureForm = { encoding: "raw", reduce: 1 };

/** A picture is not made smaller than this on its longer side for the network, px. */
const LEAST_SIDE_PX = 256;
/** Header and histogram, bytes. */
const HEAD_BYTES = 4300;

export function sameForm(a: PictureForm, b: PictureForm): boolean {
  return a.encoding === b.encoding && a.reduce === b.reduce;
}

/**
 * All forms that a picture may take, the better ones first. Nothing is lost while it is only packed, which costs a slow link less
 * time than it saves; smaller pictures lose detail, and their values stay means of what was measured; JPEG loses both, and is the
 * last way out.
 */
export function formsOf(
  { width, height }: PictureShape,
  encodings: readonly PreviewEncoding[],
  lossless: boolean,
): PictureForm[] {
  const blosc = encodings.includes("blosc");
  const packed = blosc ? [{ encoding: "blosc" as const, reduce: 1 }] : [];
  if (lossless) return [AS_ASKED, ...packed];
  const longer = Math.max(width, height);
  const reductions: number[] = [];
  for (let reduce = 2; longer / reduce >= LEAST_SIDE_PX; reduce++) reductions.push(reduce);
  const exact = blosc ? "blosc" : "raw";
  const smaller = reductions.map((reduce): PictureForm => ({ encoding: exact, reduce }));
  const jpeg = encodings.includes("jpeg")
    ? [1, ...reductions].map((reduce): PictureForm => ({ encoding: "jpeg", reduce }))
    : [];
  return [AS_ASKED, ...packed, ...smaller, ...jpeg];
}

/** Bytes that a picture will take, about. */
export function bytesOf({ encoding, reduce }: PictureForm, shape: PictureShape, sizes: EncodedSizes): number {
  const pixels = Math.ceil(shape.width / reduce) * Math.ceil(shape.height / reduce);
  switch (encoding) {
    case "raw":
      return HEAD_BYTES + pixels * shape.bytesPerPixel;
    case "blosc":
      return HEAD_BYTES + pixels * shape.bytesPerPixel * sizes.bloscPart;
    case "jpeg":
      return HEAD_BYTES + pixels * sizes.jpegBytesPerPixel;
  }
}
