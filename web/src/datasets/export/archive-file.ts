// The file that an archive is written into: one that the user has picked, or one of this browser's own that is then downloaded.
import type { DatasetInfo } from "@zarrcam/protocol";
import type { ArchiveKind } from "./archive-plan.ts";

/** Chromium's; no other browser has it, and TypeScript does not know it. */
type SavePicker = (options: {
  id: string;
  suggestedName: string;
  types: { description: string; accept: Record<string, string[]> }[];
}) => Promise<FileSystemFileHandle>;

export interface ArchiveFile {
  handle: FileSystemFileHandle;
  name: string;
  /** It is whole: it goes where the user wants it. */
  finish(): Promise<void>;
  /** Nothing came of it. */
  discard(): Promise<void>;
}

/** What a dataset's archive is likely to be; its metadata decides. */
export function likelyKind({ kind, shards, levels }: Pick<DatasetInfo, "kind" | "shards" | "levels">): ArchiveKind {
  return kind === "zarr3" && shards !== null && levels[0]?.path !== "" ? "ozx" : "zip";
}

/** `day/embryo.ome.zarr` is `embryo.ozx`, or `embryo.ome.zarr.zip`. */
export function archiveName(dataset: string, kind: ArchiveKind): string {
  const own = dataset.slice(dataset.lastIndexOf("/") + 1);
  return kind === "zip" ? `${own}.zip` : `${own.replace(/(\.ome)?\.zarr$/i, "")}.ozx`;
}

/** Asks where it should go, at once: a browser opens its dialog for a click alone. Null: the user wants it nowhere. */
export async function chooseFile(name: string, kind: ArchiveKind): Promise<ArchiveFile | null> {
  const pick = (window as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
  if (!pick) return temporaryFile(name);
  const types = [
    {
      description: kind === "ozx" ? "Zipped OME-Zarr" : "Zipped Zarr",
      accept: { "application/zip": [`.${kind}`] },
    },
  ];
  try {
    const handle = await pick.call(window, { id: "zarrcam-export", suggestedName: name, types });
    // The dialog has made it where it was not there.
    const made = (await handle.getFile()).size === 0;
    return {
      handle,
      name: handle.name,
      finish: () => Promise.resolve(),
      discard: async () => {
        if (made) await (handle as { remove?: () => Promise<void> }).remove?.().catch(() => undefined);
      },
    };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}

const FOLDER = "exports";
/** A browser does not tell when a download has ended: what is older than this has. */
const KEPT_MS = 24 * 3_600_000;

/** In the browser's own storage, so that it takes no memory; then it is downloaded like any other file. */
async function temporaryFile(name: string): Promise<ArchiveFile> {
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  } catch (error) {
    throw new Error(
      "This browser gives the page no place to put the file together, as in a private window. " +
        "Chromium and Edge write it straight to a file that you choose.",
      { cause: error },
    );
  }
  await sweep(folder);
  const temporary = crypto.randomUUID();
  const handle = await folder.getFileHandle(temporary, { create: true });
  return {
    handle,
    name,
    finish: async () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await handle.getFile());
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
    },
    discard: () => folder.removeEntry(temporary).catch(() => undefined),
  };
}

async function sweep(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of folder.entries()) {
    const file = handle.kind === "file" ? await handle.getFile().catch(() => null) : null;
    if (file && Date.now() - file.lastModified > KEPT_MS) await folder.removeEntry(name).catch(() => undefined);
  }
}
