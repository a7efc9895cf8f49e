import type { Core } from "./core.ts";
import { OpfsTree } from "./opfs-tree.ts";
import { Store } from "./store.ts";

/** Of the right to write the dataset at a path, among the browser's locks. */
export const lockName = (path: string): string => `zarrcam ${path}`;

/** With the right to write a dataset, over all tabs of this origin. */
export function withRight<T>(path: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(lockName(path), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new Error(`${path} is being written by another tab or window.`);
    return work();
  });
}

/** Who has the right to write it opens it. `asIfNew`: what stands there is removed before the first step of the store is done. */
export async function inStore<T>(
  core: Core,
  path: string,
  work: (store: Store) => Promise<T>,
  asIfNew = false,
): Promise<T> {
  const tree = await OpfsTree.open();
  const store = asIfNew ? Store.of(core, tree, []) : await Store.open(core, tree, path);
  try {
    return await work(store);
  } finally {
    await store.idle();
    store.close();
    // Of a run that failed in between; nobody else closes them.
    core.files.closeAll();
  }
}

/** Both. */
export function withStore<T>(core: Core, path: string, work: (store: Store) => Promise<T>): Promise<T> {
  return withRight(path, () => inStore(core, path, work));
}
