/** A file of a dataset. */
export interface DatasetFile {
  /** From the dataset's folder on, with slashes. */
  path: string;
  bytes: number;
  modifiedMs: number;
  /** Which state of the file this is; null: nobody says. */
  version: string | null;
}

/** Where a dataset's files are read from: the camera computer, or this browser. */
export interface FileSource {
  /** All of them, in any order. Throws where some cannot be told. */
  list(signal: AbortSignal): Promise<DatasetFile[]>;
  /** Throws where it is not what was listed any more. */
  read(file: DatasetFile, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** What is not as it was listed, in a sentence. */
export class ChangedError extends Error {
  override readonly name = "ChangedError";
  constructor(path: string) {
    super(`${path} has changed while it was exported.`);
  }
}
