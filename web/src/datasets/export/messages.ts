// What the page and the worker that exports say to each other.
import type { ArchivePlan } from "./archive-plan.ts";
import type { ExportProgress } from "./export-archive.ts";

export type ToExport =
  /** @param url of the dataset's folder, with a slash at the end. `file` is emptied, then filled. */
  | { kind: "start"; url: string; file: FileSystemFileHandle }
  /** While it is held it reads nothing and writes nothing. */
  | { kind: "hold"; on: boolean }
  | { kind: "cancel" };

export type FromExport =
  | { kind: "progress"; progress: ExportProgress }
  | { kind: "done"; plan: ArchivePlan; bytes: number }
  /** Nothing of it is left in the file. */
  | { kind: "failed"; cancelled: boolean; message: string };
