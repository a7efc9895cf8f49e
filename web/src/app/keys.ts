import type { Draft } from "../draft/draft.svelte.ts";
import type { Editing } from "../draft/editing.svelte.ts";
import type { RunActions } from "../run/run-actions.svelte.ts";
import type { Questions } from "../ui/questions.svelte.ts";
import type { ViewerControl } from "../viewer/ports.ts";
import type { Navigation } from "./navigation.svelte.ts";
import type { Preferences } from "./preferences.svelte.ts";

/** What the keys of the page act on. */
export interface KeysPort {
  readonly actions: Pick<RunActions, "record" | "stop" | "snap" | "live">;
  readonly draft: Pick<Draft, "undo" | "redo">;
  readonly editing: Pick<Editing, "locked">;
  readonly viewer: Pick<ViewerControl, "step"> | null;
  readonly questions: Pick<Questions, "current">;
  readonly navigation: Pick<Navigation, "shortcutsOpen">;
  readonly preferences: Pick<Preferences, "singleKeys">;
}

export interface Shortcut {
  keys: string[];
  does: string;
  /** Acts without a modifier, so outside fields only, and can be switched off. */
  single?: boolean;
}

export const SHORTCUTS: readonly { group: string; shortcuts: readonly Shortcut[] }[] = [
  {
    group: "Run",
    shortcuts: [
      { keys: ["Ctrl", "Enter"], does: "Record" },
      { keys: ["Shift", "Esc"], does: "Stop, and keep what was captured" },
      { keys: ["L"], does: "Live: show the camera, not saved; again: stop", single: true },
      { keys: ["S"], does: "Snap: take one frame, not saved", single: true },
    ],
  },
  {
    group: "Image",
    shortcuts: [
      { keys: ["←"], does: "Previous time point", single: true },
      { keys: ["→"], does: "Next time point", single: true },
      { keys: ["↑"], does: "One plane up", single: true },
      { keys: ["↓"], does: "One plane down", single: true },
      { keys: ["["], does: "Previous channel", single: true },
      { keys: ["]"], does: "Next channel", single: true },
      { keys: ["+", "−"], does: "With the image selected: zoom in, zoom out", single: true },
      { keys: ["0"], does: "With the image selected: fit the whole frame", single: true },
      { keys: ["1"], does: "With the image selected: 1:1, one pixel on one of the screen", single: true },
    ],
  },
  {
    group: "Set up",
    shortcuts: [
      { keys: ["Ctrl", "Z"], does: "Undo" },
      { keys: ["Ctrl", "Shift", "Z"], does: "Redo" },
      { keys: ["↑", "↓"], does: "In a number field: one step up or down" },
      { keys: ["Alt", "↑"], does: "In Dimensions: move the dimension up (or ↓)" },
      { keys: ["Esc"], does: "In a field: discard what was typed" },
      { keys: ["Alt", "click"], does: "On the label of a field: copy its name in the configuration, for scripts" },
    ],
  },
  { group: "Page", shortcuts: [{ keys: ["?"], does: "Keyboard shortcuts", single: true }] },
];

/** Here letters and arrows belong to the control that has the focus. */
const OWN_KEYS =
  "input, select, textarea, summary, [contenteditable], [role=slider], [role=tab], [role=menu], [role=menuitem], [role=listbox], [role=grid], dialog";

export function handleKey(event: KeyboardEvent, page: KeysPort): void {
  // A question stands before all else: no key of the page answers it, or acts behind it.
  if (event.defaultPrevented || event.isComposing || page.questions.current) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") return act(event, () => void page.actions.record());
  if (event.shiftKey && event.key === "Escape") return act(event, () => void page.actions.stop());
  const edit = (step: "undo" | "redo"): void => void (page.editing.locked || page.draft[step]());
  const target = event.target instanceof Element ? event.target : null;
  const inText = target?.matches("input:not([type=checkbox], [type=range]), textarea") ?? false;
  if (command && event.key.toLowerCase() === "z" && !inText) {
    return act(event, () => edit(event.shiftKey ? "redo" : "undo"));
  }
  if (command && event.key.toLowerCase() === "y" && !inText) return act(event, () => edit("redo"));
  if (command || event.altKey || !page.preferences.singleKeys || target?.closest(OWN_KEYS)) return;
  const { viewer } = page;
  switch (event.key) {
    case "s":
    case "S":
      return act(event, () => void page.actions.snap());
    case "l":
    case "L":
      return act(event, () => void page.actions.live());
    case "?":
      return act(event, () => (page.navigation.shortcutsOpen = true));
    case "ArrowLeft":
      return act(event, () => viewer?.step("t", -1));
    case "ArrowRight":
      return act(event, () => viewer?.step("t", 1));
    case "ArrowUp":
      return act(event, () => viewer?.step("z", 1));
    case "ArrowDown":
      return act(event, () => viewer?.step("z", -1));
    case "[":
      return act(event, () => viewer?.step("c", -1));
    case "]":
      return act(event, () => viewer?.step("c", 1));
  }
}

function act(event: KeyboardEvent, action: () => void): void {
  event.preventDefault();
  action();
}
