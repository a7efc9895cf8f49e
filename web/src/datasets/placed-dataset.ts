import type { DatasetInfo } from "@zarrcam/protocol";
import type { DatasetPlace } from "../viewer/ports.ts";

/** A dataset, and where it is: the same name may be in both places. */
export interface PlacedDataset extends DatasetInfo {
  readonly place: DatasetPlace;
}

export const PLACE_NAMES: Record<DatasetPlace, string> = { bridge: "Camera computer", browser: "This browser" };

export const keyOf = ({ place, name }: Pick<PlacedDataset, "place" | "name">): string => `${place} ${name}`;
