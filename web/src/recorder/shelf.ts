/** What is known of the browser's own storage as a place for datasets: the core judges names and room by it. */
export interface BrowserShelf {
  /** Of what stands there, with slashes where it lies in folders. */
  names: string[];
  /** Null: the browser does not say. */
  free_bytes: number | null;
}

/** Parts that a name has at most: the list of datasets looks no deeper, and the core refuses more (`native/wasm/src/shelf.rs`). */
export const MOST_DEEP = 4;

type Entries = AsyncIterable<[string, FileSystemHandle]>;
const entriesOf = (folder: FileSystemDirectoryHandle): Entries =>
  (folder as unknown as { entries(): Entries }).entries();

/** Folders of nothing but folders lead to what stands in them, but for a dataset, whose arrays are numbered. */
async function isOnTheWay(folder: FileSystemDirectoryHandle): Promise<boolean> {
  for await (const [name, { kind }] of entriesOf(folder)) if (kind === "file" || name === "0") return false;
  return true;
}

async function namesIn(folder: FileSystemDirectoryHandle, at: string, depth: number): Promise<string[]> {
  const names: string[] = [];
  for await (const [name, entry] of entriesOf(folder)) {
    const inside = entry.kind === "directory" ? (entry as FileSystemDirectoryHandle) : null;
    if (inside && depth < MOST_DEEP && (await isOnTheWay(inside)))
      names.push(...(await namesIn(inside, `${at}${name}/`, depth + 1)));
    else names.push(`${at}${name}`);
  }
  return names;
}

/** Null: the browser does not say. */
export async function browserRoom(): Promise<number | null> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined ? null : Math.max(0, quota - (usage ?? 0));
}

export async function browserShelf(): Promise<BrowserShelf> {
  const names = await namesIn(await navigator.storage.getDirectory(), "", 1);
  return { names, free_bytes: await browserRoom() };
}
