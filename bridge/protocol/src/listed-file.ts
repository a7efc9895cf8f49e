/** A line of `/data/{name}/@files`: a file of the dataset as it lies on disk. */
export interface ListedFile {
  /** From the dataset's folder on: `/data/{name}/{path}` serves it. */
  path: string;
  bytes: number;
  modified_unix_ms: number;
  /** As the file is served with: another one is another state of it. */
  etag: string;
}

/** The last line, where something could not be listed: what came before is not the whole dataset. */
export interface ListingFault {
  error: string;
}
