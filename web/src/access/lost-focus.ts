import { tick } from "svelte";

/** Takes the focus where what had it has gone: it must not fall out of the dialog. */
export function takeLostFocus(element: HTMLElement): void {
  void tick().then(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body || focused instanceof HTMLDialogElement) element.focus();
  });
}
