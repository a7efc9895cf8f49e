import type { SyncFile } from "./files.ts";

/**
 * Files as the browser's own storage has them: opened, moved and removed asynchronously, and while a file is open only by whoever
 * has it, at once. Paths are `/`-separated and begin with one.
 */
export interface FileTree {
  /** Every file below a folder, with its length. */
  list(folder: string): Promise<[path: string, bytes: number][]>;
  /** `create`: makes the file where there is none, and the folders on the way. */
  open(path: string, create: boolean): Promise<SyncFile>;
  /** The file is not open. What stands at `to` is replaced; folders on the way are made. */
  move(from: string, to: string): Promise<void>;
  /** A file that is not open, or a folder with all that is in it. That there is none is no error. */
  remove(path: string): Promise<void>;
}

export const partsOf = (path: string): string[] => path.split("/").filter((part) => part !== "");
