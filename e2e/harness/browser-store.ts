// What a page left in the browser's own storage, read by programs that are not ours.
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Page } from "playwright/test";

const python = process.env["ZARRCAM_PYTHON"] ?? "python3";

/** Copies a dataset out of the storage of a page's origin. */
export async function extract(page: Page, name: string, folder: string): Promise<string> {
  const files = await page.evaluate(async (dataset) => {
    type Entries = { entries(): AsyncIterable<[string, FileSystemHandle]> };
    const found: [string, string][] = [];
    const visit = async (handle: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [entry, child] of (handle as unknown as Entries).entries())
        if (child.kind === "directory") await visit(child as FileSystemDirectoryHandle, `${path}${entry}/`);
        else {
          const bytes = new Uint8Array(await (await (child as FileSystemFileHandle).getFile()).arrayBuffer());
          let text = "";
          for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
          found.push([path + entry, btoa(text)]);
        }
    };
    await visit(await (await navigator.storage.getDirectory()).getDirectoryHandle(dataset), "");
    return found;
  }, name);
  const store = join(folder, name);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(store, path)), { recursive: true });
    await writeFile(join(store, path), Buffer.from(bytes, "base64"));
  }
  return store;
}

/** What a dataset in the storage of a page's origin says of its frames, as CSV. */
export function tableOf(page: Page, name: string): Promise<string> {
  return page.evaluate(async (dataset) => {
    let folder = await navigator.storage.getDirectory();
    for (const part of [dataset, "0", ".zarrcam"]) folder = await folder.getDirectoryHandle(part);
    return (await (await folder.getFileHandle("frames.csv")).getFile()).text();
  }, name);
}

/** What zarr-python finds in a store: frames that are called stored, and of them those whose pixels are there. */
export function readByZarrPython(store: string): { stored: number; lost: number; readable: number } {
  const script = join(import.meta.dirname, "../readers/stored_frames.py");
  return JSON.parse(execFileSync(python, ["-W", "error", script, store], { encoding: "utf8" })) as ReturnType<
    typeof readByZarrPython
  >;
}
