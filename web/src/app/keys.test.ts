import { beforeEach, expect, test, vi } from "vitest";
import { handleKey, type KeysPort } from "./keys.ts";

let calls: string[];
let page: KeysPort;
const note = (name: string) => () => Promise.resolve(void calls.push(name));

beforeEach(() => {
  // Node has none.
  vi.stubGlobal("Element", class {});
  calls = [];
  page = {
    actions: { record: note("record"), stop: note("stop"), snap: note("snap"), live: note("live") },
    draft: { undo: () => void calls.push("undo"), redo: () => void calls.push("redo") },
    editing: { locked: false },
    viewer: { step: (axis, by) => void calls.push(`${axis} ${by}`) },
    questions: { current: null },
    navigation: { shortcutsOpen: false },
    preferences: { singleKeys: true },
  };
});

function press(key: string, modifiers: Partial<KeyboardEvent> = {}): void {
  const event = { key, target: null, preventDefault: () => undefined, ...modifiers };
  handleKey(event as KeyboardEvent, page);
}

test("keys with a modifier act everywhere, single ones may be switched off", () => {
  press("Enter", { ctrlKey: true });
  press("Escape", { shiftKey: true });
  press("z", { ctrlKey: true });
  press("Z", { ctrlKey: true, shiftKey: true });
  press("y", { metaKey: true });
  expect(calls).toEqual(["record", "stop", "undo", "redo", "redo"]);
  press("l");
  press("ArrowLeft");
  press("]");
  expect(calls.slice(5)).toEqual(["live", "t -1", "c 1"]);
  Object.assign(page.preferences, { singleKeys: false });
  press("s");
  expect(calls).toHaveLength(8);
});

test("no key acts behind a question", () => {
  Object.assign(page.questions, { current: {} });
  press("Enter", { ctrlKey: true });
  press("?");
  expect([calls, page.navigation.shortcutsOpen]).toEqual([[], false]);
});
