import { MOST_DEEP } from "../recorder/shelf.ts";
import type { FileFacts, ReadTree } from "./read-tree.ts";

/** Where our own files lie in a dataset: `native/storage/README.md`. */
const OWN_FOLDER = "0/.zarrcam";

/** Names of all datasets of ours, with slashes where they lie in folders. */
export async function findDatasets(tree: ReadTree): Promise<string[]> {
  const names: string[] = [];
  const visit = async (folder: FileSystemDirectoryHandle, at: string, depth: number): Promise<void> => {
    for await (const [name, entry] of folder.entries()) {
      if (entry.kind !== "directory" || name.startsWith(".")) continue;
      const path = `${at}${name}`;
      if (await tree.folder(`${path}/${OWN_FOLDER}`)) names.push(path);
      else if (depth < MOST_DEEP) await visit(entry, `${path}/`, depth + 1);
    }
  };
  const root = await tree.folder("");
  if (root) await visit(root, "", 1);
  return names.sort();
}

/** What a dataset's state can be told by: other facts, another state. */
export async function ownFiles(tree: ReadTree, name: string): Promise<{ files: FileFacts[]; signature: string }> {
  const files = await tree.facts(`${name}/${OWN_FOLDER}`, false);
  const facts = files.map(({ path, bytes, modifiedMs }) => `${path} ${bytes} ${modifiedMs}`);
  return { files, signature: facts.sort().join("\n") };
}
