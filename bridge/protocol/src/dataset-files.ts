/** Zarr V2's documents. Every other name with a dot in front is hidden, but for what a run tells of itself. */
const VISIBLE_DOT_NAMES = new Set([".zgroup", ".zarray", ".zattrs", ".zmetadata"]);
const RUN_FOLDER = ".zarrcam";
/** What was recorded how, and which frames were lost: a copy of a dataset needs it. Locks and spills are the writer's. */
const RUN_FILES = new Set(["run.json", "stream.json", "end.json", "frames.log", "frames.csv"]);

/** Whether a path, by its names, may be read by who reads datasets: what a copy of a dataset has. */
export function isDatasetFile(names: readonly string[]): boolean {
  return names.every((name, at) => {
    if (!name.startsWith(".") || VISIBLE_DOT_NAMES.has(name)) return true;
    return name === RUN_FOLDER && at === names.length - 2 && RUN_FILES.has(names[at + 1] ?? "");
  });
}
