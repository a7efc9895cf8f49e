// What the page and the worker that exports say to each other.
import type { Failed, ToCopier } from "../copying.ts";
import type { ArchivePlan } from "./archive-plan.ts";
import type { ExportProgress } from "./export-archive.ts";

/** Where a dataset's files are. */
export type ExportedFrom =
  /** The address of its folder on the camera computer, with a slash at the end. */
  | { url: string }
  /** Its folder in this browser's own storage. */
  | { path: string };

/** `file` is emptied, then filled. */
export interface StartExport {
  kind: "start";
  from: ExportedFrom;
  file: FileSystemFileHandle;
}

export interface Exported {
  kind: "done";
  plan: ArchivePlan;
  bytes: number;
}

/** While it is held it reads nothing and writes nothing. */
export type ToExport = StartExport | ToCopier;

/** Of what failed nothing is left in the file. */
export type FromExport = { kind: "progress"; progress: ExportProgress } | Exported | Failed;
