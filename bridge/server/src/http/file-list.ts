import { opendir, realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, relative, sep } from "node:path";

import { type ListedFile, type ListingFault, isDatasetFile } from "@zarrcam/protocol";

import type { Bodies } from "./bodies.ts";
import { resolveBelow } from "./data-files.ts";
import { etagOf } from "./open-file.ts";

/** The segment under which the files of a dataset are told. */
export const FILES = "@files";
/** Files that are looked at in one turn. */
const AT_ONCE = 256;

/**
 * Tells all files of the folder that `segments` name, one JSON line each, in no order: what who copies a dataset must know.
 * False: there is no such folder, nothing was sent.
 */
export async function sendFileList(
  request: IncomingMessage,
  response: ServerResponse,
  dataDir: string,
  segments: readonly string[],
  bodies: Bodies,
): Promise<boolean> {
  const folder = await resolveBelow(dataDir, segments);
  if (folder === null || !(await stat(folder)).isDirectory()) return false;
  response.writeHead(200, { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" });
  if (request.method === "HEAD") {
    response.end();
    return true;
  }
  const list = listFiles(folder, await realpath(dataDir));
  try {
    for (let first = true; ; first = false) {
      // The walk takes turns with bodies: whoever reads a plane does not wait for a folder of a million chunks.
      const lines = await bodies.read(() => take(list, AT_ONCE), first);
      if (lines.length === 0 || response.destroyed) break;
      await write(response, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    }
  } finally {
    await list.return(undefined);
  }
  response.end();
  return true;
}

async function* listFiles(root: string, dataDir: string): AsyncGenerator<ListedFile | ListingFault, void> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let path = folder;
    try {
      for await (const entry of await opendir(folder, { bufferSize: AT_ONCE })) {
        path = join(folder, entry.name);
        const own = relative(root, path).split(sep);
        // Of the writer's folder some files are told, so it is looked into.
        if (entry.isDirectory() && isDatasetFile([...own, "run.json"])) folders.push(path);
        if (entry.isDirectory() || !isDatasetFile(own)) continue;
        if (entry.isSymbolicLink()) await assertFileInside(path, dataDir);
        const facts = await stat(path, { bigint: true });
        if (!facts.isFile()) continue;
        const { size, mtimeMs } = facts;
        yield { path: own.join("/"), bytes: Number(size), modified_unix_ms: Number(mtimeMs), etag: etagOf(facts) };
      }
    } catch (error) {
      yield { error: faultText(relative(root, path), error) };
      return;
    }
  }
}

class LinkError extends Error {}

/** Links are served where they lead to a file of the data folder. A folder behind one may be anything, itself included. */
async function assertFileInside(path: string, dataDir: string): Promise<void> {
  const target = await realpath(path);
  if (!target.startsWith(dataDir + sep)) throw new LinkError("is a link that leads out of the data folder");
  if ((await stat(target)).isDirectory()) throw new LinkError("is a link to a folder");
}

function faultText(path: string, error: unknown): string {
  const name = path === "" ? "The folder" : path;
  if (error instanceof LinkError) return `${name} ${error.message}, which is not listed.`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `${name} has gone, or leads nowhere.`;
  return `${name} cannot be read (${code ?? String(error)}).`;
}

async function take<T>(list: AsyncGenerator<T, void>, most: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < most) {
    const next = await list.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** Waits until the system has taken the text, or the client has gone. */
function write(response: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("close", done);
      resolve();
    };
    response.once("close", done);
    response.write(text, done);
  });
}
