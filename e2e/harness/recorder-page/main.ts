// The page's recorder without the page around it, for journeys to call.
import { BrowserDatasets } from "../../../web/src/browser-datasets/index.ts";
import { LivePort } from "../../../web/src/live-port/live-port.ts";
import { openRecorder } from "../../../web/src/recorder/index.ts";

async function* filesUnder(folder: FileSystemDirectoryHandle, path = ""): AsyncGenerator<[string, File]> {
  const entries = (folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
  for await (const [name, entry] of entries)
    if (entry.kind === "directory") yield* filesUnder(entry as FileSystemDirectoryHandle, `${path}/${name}`);
    else yield [`${path}/${name}`, await (entry as FileSystemFileHandle).getFile()];
}

/** By path in the browser's own storage: the SHA-256 of every file. */
async function hashes(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const [path, file] of filesUnder(await navigator.storage.getDirectory())) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    found[path] = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return found;
}

async function text(path: string): Promise<string> {
  for await (const [found, file] of filesUnder(await navigator.storage.getDirectory()))
    if (found === path) return file.text();
  throw new Error(`There is no ${path}.`);
}

const page = { openRecorder, hashes, text, BrowserDatasets, LivePort };
export type RecorderPage = typeof page;
Object.assign(window, { page });
