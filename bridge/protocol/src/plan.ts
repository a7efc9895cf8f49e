import type { DimensionKind } from "./generated/index.ts";

/** What a number of requests and bytes a look at the data costs. */
export interface ReadCost {
  files: number;
  bytes: number;
}

/** What a configuration means on disk, before anything is written. */
export interface Plan {
  shape: number[];
  axes: { name: string; kind: DimensionKind; unit: string; scale: number }[];
  chunk: number[];
  shard: number[] | null;
  levels: { shape: number[]; chunk: number[]; scale: number[] }[];
  files: number;
  bytes_per_file: number;
  total_bytes: number;
  memory_bound_bytes: number;
  temporary_room_bytes: number;
  bytes_per_minute: number;
  frames: number | null;
  duration_s: number | null;
  read_plane: ReadCost;
  read_time_course: ReadCost;
  order_note: string | null;
  ngff: boolean;
  ngff_reason: string | null;
}
