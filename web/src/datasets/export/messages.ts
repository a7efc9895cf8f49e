// What the page and the worker that exports say to each other.
import type { ArchivePlan } from "./archive-plan.ts";
import type { ExportProgress } from "./export-archive.ts";

/** Where a dataset's files are. */
export type ExportedFrom =
  /** The address of its folder on the camera computer, with a slash at the end. */
  | { url: string }
  /** Its folder in this browser's own storage. */
  | { path: string };

export type ToExport =
  /** `file` is emptied, then filled. */
  | { kind: "start"; from: ExportedFrom; file: FileSystemFileHandle }
  /** While it is held it reads nothing and writes nothing. */
  | { kind: "hold"; on: boolean }
  | { kind: "cancel" };

export type FromExport =
  | { kind: "progress"; progress: ExportProgress }
  | { kind: "done"; plan: ArchivePlan; bytes: number }
  /** Nothing of it is left in the file. */
  | { kind: "failed"; cancelled: boolean; message: string };
