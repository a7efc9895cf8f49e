import type { OpenedFiles } from "./opened-files.svelte.ts";

/** Files that are dropped anywhere on the page are opened; without this a browser leaves the page for them. */
export function takeDrops(
  files: OpenedFiles,
  shown: () => void,
): Record<"ondragover" | "ondrop", (event: DragEvent) => void> {
  const brings = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  return {
    ondragover: (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    },
    ondrop: (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      shown();
      files.takeFiles(event.dataTransfer?.files ?? []);
    },
  };
}
