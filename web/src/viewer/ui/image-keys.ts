import type { PaneImage } from "../pane/pane-image.svelte.ts";

const PAN_PX = 64;

/** Keys of a focused image. Plain arrows are time and z, and belong to the page. */
export function imageKey(event: KeyboardEvent, image: PaneImage): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.shiftKey && event.key.startsWith("Arrow")) {
    const dx = event.key === "ArrowLeft" ? PAN_PX : event.key === "ArrowRight" ? -PAN_PX : 0;
    const dy = event.key === "ArrowUp" ? PAN_PX : event.key === "ArrowDown" ? -PAN_PX : 0;
    image.pan(dx, dy);
  } else if (event.key === "+" || event.key === "=") image.zoom(1.25);
  else if (event.key === "-" || event.key === "_") image.zoom(1 / 1.25);
  else if (event.key === "0") image.fit();
  else if (event.key === "1") image.oneToOne();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
