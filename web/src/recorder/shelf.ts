/** What is known of the browser's own storage as a place for datasets: the core judges names and room by it. */
export interface BrowserShelf {
  names: string[];
  /** Null: the browser does not say. */
  free_bytes: number | null;
}

export async function browserShelf(): Promise<BrowserShelf> {
  const root = (await navigator.storage.getDirectory()) as unknown as { keys(): AsyncIterable<string> };
  const names: string[] = [];
  for await (const name of root.keys()) names.push(name);
  const { quota, usage } = await navigator.storage.estimate();
  return { names, free_bytes: quota === undefined ? null : Math.max(0, quota - (usage ?? 0)) };
}
