import { countHistogram } from "../core/histogram.ts";
import type { Histogram, Picture } from "../core/picture.ts";
import type { ImageStore } from "./image-store.ts";
import type { StoredPlaneRequest } from "./messages.ts";
import { type FastCount, countStored } from "./stored-histogram.ts";
import { drawn } from "./stored-picture.ts";

const plainly: FastCount = (pixels, pixelType, of) => Promise.resolve(countHistogram(pixels, pixelType, of));

/** Reads a plane, or a part of one, as a picture. @param count the types that textures hold */
export async function makePicture(
  store: ImageStore,
  { index, level, region }: StoredPlaneRequest,
  signal: AbortSignal,
  count: FastCount = plainly,
): Promise<{ picture: Picture; histogram: Histogram }> {
  const read = await store.plane(index, level, region, signal);
  const { levels, pixelType, dtype, reduction } = store.description;
  const [full] = levels;
  const of = region ? "part" : level > 0 ? "level" : "frame";
  const histogram = await countStored(read, dtype, pixelType, of, count);
  const picture: Picture = {
    pixelType,
    dataType: dtype,
    ...drawn(read.values, dtype, histogram.ends ?? null),
    width: read.width,
    height: read.height,
    scale: read.scale,
    reduction: level === 0 ? "none" : reduction,
    region: read.region,
    frameWidth: full?.width ?? read.width,
    frameHeight: full?.height ?? read.height,
    gaps: read.gaps,
    depth: read.depth,
    ...(read.nothing === null ? {} : { nothing: read.nothing }),
  };
  return { picture, histogram };
}
