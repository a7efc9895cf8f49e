import type { ControlState } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { AuditEvent } from "../audit/audit.ts";
import { type Caller, Control } from "./control.ts";

const anna: Caller = { id: "a", name: "Anna", role: "control" };
const ben: Caller = { id: "b", name: "Ben", role: "control" };

let told: ControlState[];
let said: string[];
let lines: AuditEvent[];
let control: Control;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  [told, said, lines] = [[], [], []];
  const hooks = {
    changed: (state: ControlState) => void told.push(state),
    say: (text: string) => void said.push(text),
  };
  control = new Control(hooks, { add: (event) => void lines.push(event) }, () => Date.now());
  control.setConnected([anna, ben]);
  told.length = 0;
});
afterEach(() => {
  control.close();
  vi.useRealTimers();
});

test("time alone ends control, and everybody hears of it then", () => {
  control.admit("start", anna);
  vi.advanceTimersByTime(40_000);
  control.keep(anna);
  expect(told.map(({ holder }) => holder?.name)).toEqual(["Anna"]);
  vi.advanceTimersByTime(59_000);
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(1100);
  expect(told.at(-1)).toMatchObject({ holder: null, ended: { how: "silence" } });
  expect(vi.getTimerCount()).toBe(0);
  expect(lines.map(({ action, detail }) => [action, detail])).toEqual([
    ["control.began", ""],
    ["control.ended", "silence"],
  ]);
  // It concerns nobody.
  expect(said).toEqual([]);
});

test("a busy controller tells nothing to anybody, and sets one timer", () => {
  for (let times = 0; times < 1000; times++) {
    control.admit("execute_trigger", anna);
    vi.advanceTimersByTime(10);
  }
  expect(told).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(1);
});

test("a recording keeps control as long as its starter is connected, and its late answer none", () => {
  control.admit("start", anna);
  control.recordingBegan(anna, 3);
  vi.advanceTimersByTime(3_600_000);
  expect(control.state.holder?.name).toBe("Anna");
  control.runEnded(3);
  // The answer to `start` came after the run had ended.
  control.recordingBegan(anna, 3);
  vi.advanceTimersByTime(61_000);
  expect(control.state.holder).toBeNull();
});

test("a request without an answer is agreed to, and everybody is told in a sentence", () => {
  control.admit("start", anna);
  control.request(ben);
  for (let at = 0; at < 6; at++) {
    vi.advanceTimersByTime(20_000);
    control.keep(anna);
  }
  expect(control.state.holder?.name).toBe("Ben");
  expect(said).toEqual(["Anna did not answer Ben, who has control now."]);
});
