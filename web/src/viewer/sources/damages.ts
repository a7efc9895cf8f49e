import { type PlaneAxis, frameIndexOf } from "../core/axes.ts";
import type { Damage, ShownPicture } from "../core/plane-source.ts";

/** More damaged chunks than this are not listed. */
const MOST_DAMAGES = 1000;

/** A chunk that is damaged is known from when it is met. The same list where nothing is new. */
export function damagesWith(
  known: Damage[],
  { gaps, picture, caption }: ShownPicture,
  axes: readonly PlaneAxis[],
): Damage[] {
  const frameIndex = frameIndexOf([...axes], caption.position);
  const level: Damage["level"] = picture.reduction === "none" ? 0 : picture.scale.join(" × ");
  const found = gaps.flatMap(({ kind, chunk, why }): Damage[] => {
    const met = known.some((one) => one.chunk === chunk && one.level === level);
    return kind === "damaged" && !met ? [{ chunk, why, level, frameIndex }] : [];
  });
  return found.length > 0 ? [...known, ...found].slice(0, MOST_DAMAGES) : known;
}
