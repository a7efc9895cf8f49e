import type { DatasetInfo, FileDescription, Recovery, Trash, VideoStream } from "@zarrcam/protocol";
import { createContext } from "svelte";
import type { Permissions } from "../access/permissions.svelte.ts";
import type { Editing } from "../draft/editing.svelte.ts";
import type { Say } from "../log/say.ts";
import type { Question } from "../ui/questions.svelte.ts";
import type { DatasetPlace } from "../viewer/ports.ts";
import type { BrowserStorage } from "./browser-storage.svelte.ts";
import type { DatasetList } from "./dataset-list.svelte.ts";
import type { OpenedFiles } from "./opened-files.svelte.ts";
import type { DatasetExport } from "./export/dataset-export.svelte.ts";
import type { DatasetUpload } from "./upload/dataset-upload.svelte.ts";

/** Small pictures of datasets. */
export interface ThumbnailSource {
  /** @returns at most so many px; null: there is nothing to show, or it would cost too much */
  of(info: DatasetInfo, place: DatasetPlace, widthPx: number, heightPx: number): Promise<ImageData | null>;
  dispose(): void;
}

/** What the list of datasets needs of the page. All that is read here is reactive. */
export interface DatasetsPort {
  readonly datasets: DatasetList;
  readonly exports: DatasetExport;
  readonly uploads: DatasetUpload;
  readonly openedFiles: OpenedFiles;
  readonly browserStorage: BrowserStorage;
  readonly editing: Pick<Editing, "locked" | "lockedReason" | "load">;
  /** `stream`: the settings that stand in the set-up; undefined: no camera is set up. */
  readonly camera: { readonly stream: VideoStream | undefined };
  readonly permissions: Pick<Permissions, "refusal">;
  /** Its datasets, and whether it can be asked of them. `folder`: where they are; "": nobody knows. */
  readonly computer: { readonly isConnected: boolean; readonly folder: string };
  /** The disk is the recording's alone: no picture is read from it. */
  readonly isRecording: boolean;
  /** Name of the dataset on the canvas; null: a camera is. */
  readonly shownDataset: string | null;
  /** Where that is; null: in none of the places. */
  readonly shownDatasetPlace: DatasetPlace | null;
  makeThumbnails(): ThumbnailSource;
  openDataset(name: string, place: DatasetPlace): void;
  /** Back to the cameras. */
  closeDataset(): void;
  /** Makes a dataset whole that a crash left. */
  recoverDataset(name: string, place: DatasetPlace): Promise<Recovery>;
  /** Gives a dataset of the camera computer another name. */
  renameDataset(name: string, to: string): Promise<unknown>;
  /** Moves a dataset of the camera computer to its trash. */
  deleteDataset(name: string): Promise<Trash>;
  /** Null: the camera computer is not connected. */
  getTrash(): Promise<Trash | null>;
  emptyTrash(): Promise<Trash>;
  /** Deletes a dataset of this browser, for good. */
  removeBrowserDataset(name: string): Promise<void>;
  ask(question: Question): Promise<boolean>;
  /** The stream that it was recorded with; null: its format does not keep it. */
  getDatasetSettings(name: string, place: DatasetPlace): Promise<VideoStream | null>;
  /** What a TIFF or raw file of the data folder says of the run that wrote it; null: it is none of ours. */
  getFileDescription(name: string): Promise<FileDescription | null>;
  showSetup(): void;
  say: Say;
}

export const [useDatasets, provideDatasets] = createContext<DatasetsPort>();
