import { isDatasetFile } from "@zarrcam/protocol";
import { ChangedError, type DatasetFile, type FileSource } from "./file-source.ts";

/** Files that are looked at together: one after the other each waits for another process. */
const AT_ONCE = 64;

/** A dataset of this browser: what an archive has of it is what the camera computer would give. */
export class OpfsFiles implements FileSource {
  readonly #path: string;
  readonly #handles = new Map<string, FileSystemFileHandle>();

  /** @param path of its folder in the browser's own storage: `/embryo.zarr` */
  constructor(path: string) {
    this.#path = path;
  }

  async list(signal: AbortSignal): Promise<DatasetFile[]> {
    let folder = await navigator.storage.getDirectory();
    for (const part of this.#path.split("/")) if (part !== "") folder = await folder.getDirectoryHandle(part);
    await this.#visit(folder, [], signal);
    const paths = [...this.#handles.keys()];
    const files: DatasetFile[] = [];
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      signal.throwIfAborted();
      files.push(...(await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => this.#facts(path)))));
    }
    return files;
  }

  async read({ path, version }: DatasetFile, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const file = await this.#handles.get(path)?.getFile();
    signal.throwIfAborted();
    if (!file || versionOf(file) !== version) throw new ChangedError(path);
    return file.stream();
  }

  async #visit(folder: FileSystemDirectoryHandle, at: string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for await (const [name, entry] of folder.entries()) {
      const parts = [...at, name];
      if (entry.kind === "directory") await this.#visit(entry, parts, signal);
      else if (isDatasetFile(parts)) this.#handles.set(parts.join("/"), entry);
    }
  }

  async #facts(path: string): Promise<DatasetFile> {
    const file = await (this.#handles.get(path) as FileSystemFileHandle).getFile();
    return { path, bytes: file.size, modifiedMs: file.lastModified, version: versionOf(file) };
  }
}

const versionOf = ({ size, lastModified }: File): string => `${lastModified}-${size}`;
