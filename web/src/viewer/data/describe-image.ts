// What a found image is like: its axes, its levels from the full one on, its type and channels.
import type { FoundImage } from "./find-image.ts";
import { levelsOf } from "./levels.ts";
import type { StoreAxis, StoreDescription, StoreSource } from "./messages.ts";
import { kindOf, omeChannels } from "./ome-metadata.ts";
import { shownPixelType } from "./stored-picture.ts";
import { NotShownError } from "./zarr/errors.ts";
import type { ZarrArray } from "./zarr/stored-array.ts";

/** A found image, ready to be read. */
export interface Described {
  /** The array of each level. */
  arrays: ZarrArray[];
  /** Which axes of the arrays are x and y. */
  axes: { x: number; y: number };
  description: StoreDescription;
}

/** Says what an image is like. @param serial number of this opening of the store. @throws NotShownError with a sentence for users */
export function describeImage(source: StoreSource, image: FoundImage, serial: number): Described {
  const { multiscale, attributes } = image;
  const there = image.arrays.flatMap((array, at) => {
    const dataset = multiscale.datasets[at];
    return array && dataset ? [{ array, dataset }] : [];
  });
  const [first] = there;
  const rank = first?.array.metadata.shape.length ?? 0;
  if (!first || rank < 2) {
    const axes = rank === 1 ? "one axis" : "no axes";
    throw new NotShownError(`It holds no image: its array has ${axes}, and an image has at least two.`);
  }
  const ome = multiscale.axes.length === rank ? multiscale.axes : [];
  const names = ome.length > 0 ? ome.map(({ name }) => name) : first.array.metadata.names;
  const named = (name: string, otherwise: number) => {
    const found = names.findIndex((one) => one?.toLowerCase() === name);
    return found < 0 ? otherwise : found;
  };
  const x = named("x", rank - 1);
  const beside = x === rank - 1 ? rank - 2 : rank - 1;
  const y = named("y", beside) === x ? beside : named("y", beside);
  const found = levelsOf(
    there.map(({ array, dataset }) => ({ ...dataset, shape: array.metadata.shape })),
    { x, y },
    source.live,
  );
  const order = found.order.map((at) => there[at] as (typeof there)[number]);
  const full = order[0] as (typeof there)[number];
  const taken = new Set<string>();
  const axes = full.array.metadata.shape.map((size, axis): StoreAxis => {
    const own = ome[axis];
    const said = own?.name || names[axis] || (axis === x ? "x" : axis === y ? "y" : `dim_${axis}`);
    // Axes are known by their names: of two that are called the same the second is called otherwise.
    const name = taken.has(said) ? `${said}_${axis}` : said;
    taken.add(name);
    const scale = full.dataset.scale?.[axis] ?? 1;
    return { name, size, kind: own?.kind ?? kindOf("", name), unit: own?.unit ?? "", scale };
  });
  const types = new Set(order.map(({ array }) => array.metadata.type));
  const { type } = full.array.metadata;
  const same = order.filter(({ array }) => array.metadata.type === type);
  const remarks = [...image.remarks, ...found.remarks];
  if (types.size > 1) remarks.push(`Some zoom levels are of another type than ${type}: they are left out.`);
  return {
    arrays: same.map(({ array }) => array),
    axes: { x, y },
    description: {
      store: serial,
      axes: axes.filter((_, axis) => axis !== x && axis !== y),
      x: axes[x] as StoreAxis,
      y: axes[y] as StoreAxis,
      levels: found.levels.filter((_, at) => order[at]?.array.metadata.type === type),
      pixelType: shownPixelType(type, source.pixelType),
      dtype: type,
      reduction: multiscale.reduction,
      chunks: full.array.metadata.chunk.shape,
      channels: omeChannels(attributes),
      remarks,
    },
  };
}
