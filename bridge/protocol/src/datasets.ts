/** A dataset of the data folder, as `datasets.list` names it. */
export interface DatasetSummary {
  /** Relative to the data folder, with `/`; `/data/{name}` serves it. */
  name: string;
  /** `zarr2`, `zarr3`, `raw`, `tiff`, `tiff-json`. */
  kind: string;
  /** Is being written now. */
  open: boolean;
  needs_recovery: boolean;
  frames_stored: number;
  shape: number[];
  run_id: string | null;
  modified_unix_ms: number;
}

/** What is in a dataset. */
export interface DatasetInfo extends DatasetSummary {
  pixel_type: string;
  axes: { name: string; kind: string; unit: string; scale: number }[];
  levels: { path: string; shape: number[]; chunk: number[]; shard: number[] | null }[];
  codec: string;
  frames_dropped: number;
  bytes: number;
  notes: { sample: string; operator: string; text: string } | null;
}
