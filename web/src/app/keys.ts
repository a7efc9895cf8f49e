import type { Desk } from "./desk.svelte.ts";

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
      { keys: ["L"], does: "Live: show the newest frame, unsaved", single: true },
      { keys: ["S"], does: "Snap: take one frame, unsaved", single: true },
    ],
  },
  {
    group: "Look",
    shortcuts: [
      { keys: ["←"], does: "One time point back", single: true },
      { keys: ["→"], does: "One time point on", single: true },
      { keys: ["↑"], does: "One plane up", single: true },
      { keys: ["↓"], does: "One plane down", single: true },
      { keys: ["["], does: "Channel before", single: true },
      { keys: ["]"], does: "Next channel", single: true },
    ],
  },
  {
    group: "Set up",
    shortcuts: [
      { keys: ["Ctrl", "Z"], does: "Undo" },
      { keys: ["Ctrl", "Shift", "Z"], does: "Redo" },
      { keys: ["↑", "↓"], does: "In a number field: one step up or down" },
      { keys: ["Alt", "↑"], does: "In Layout: move the dimension up (or ↓)" },
      { keys: ["Esc"], does: "In a field: back to the value in force" },
    ],
  },
  { group: "Page", shortcuts: [{ keys: ["?"], does: "This sheet", single: true }] },
];

/** Here letters and arrows belong to the control that has the focus. */
const OWN_KEYS =
  "input, select, textarea, summary, [contenteditable], [role=slider], [role=tab], [role=menu], [role=menuitem], [role=listbox], [role=grid], dialog";

export function handleKey(event: KeyboardEvent, desk: Desk): void {
  // A question stands before all else: no key of the desk answers it, or acts behind it.
  if (event.defaultPrevented || event.isComposing || desk.questions.current) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") return act(event, () => void desk.run.record());
  if (event.shiftKey && event.key === "Escape") return act(event, () => void desk.run.stop());
  const target = event.target instanceof Element ? event.target : null;
  const inText = target?.matches("input:not([type=checkbox], [type=range]), textarea") ?? false;
  if (command && event.key.toLowerCase() === "z" && !inText) {
    return act(event, () => (event.shiftKey ? desk.draft.redo() : desk.draft.undo()));
  }
  if (command && event.key.toLowerCase() === "y" && !inText) return act(event, () => desk.draft.redo());
  if (command || event.altKey || !desk.preferences.singleKeys || target?.closest(OWN_KEYS)) return;
  const { viewer } = desk;
  switch (event.key) {
    case "s":
    case "S":
      return act(event, () => void desk.run.snap());
    case "l":
    case "L":
      return act(event, () => void desk.run.live());
    case "?":
      return act(event, () => (desk.shortcutsOpen = true));
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
