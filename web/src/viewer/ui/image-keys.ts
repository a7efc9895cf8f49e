import type { PaneState } from "../pane.svelte.ts";

const PAN_PX = 64;

/** Keys of a focused image. Plain arrows are time and z, and belong to the page. */
export function imageKey(event: KeyboardEvent, pane: PaneState): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.shiftKey && event.key.startsWith("Arrow")) {
    const dx = event.key === "ArrowLeft" ? PAN_PX : event.key === "ArrowRight" ? -PAN_PX : 0;
    const dy = event.key === "ArrowUp" ? PAN_PX : event.key === "ArrowDown" ? -PAN_PX : 0;
    pane.pan(dx, dy);
  } else if (event.key === "+" || event.key === "=") pane.zoom(1.25);
  else if (event.key === "-" || event.key === "_") pane.zoom(1 / 1.25);
  else if (event.key === "0") pane.fit();
  else if (event.key === "1") pane.oneToOne();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
