import type { ControlEnding, ControlState } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { ageText, changeSentence, forAge } from "./sentences.ts";

const [anna, ben] = [
  { id: "a", name: "Anna" },
  { id: "b", name: "Ben" },
];
const held = (by: typeof anna | null, asks: (typeof anna)[] = [], how?: ControlEnding): ControlState => ({
  unix_ms: 0,
  holder: by && { ...by, since_unix_ms: 0, active_unix_ms: 0 },
  requests: asks.map((who) => ({ ...who, since_unix_ms: 0 })),
  controllers: [anna, ben],
  ended: how ? { ...anna, unix_ms: 0, how, to: by?.name ?? null } : null,
});

test.each([
  [held(null), held(anna), "You have control."],
  [held(anna), held(ben, [], "taken"), "Ben took control from you. “Control”, at the top, is the way to ask for it."],
  [held(anna), held(ben, [], "handed_over"), "You handed control over to Ben."],
  [held(anna), held(ben, [], "unanswered"), "Ben asked for control and had no answer from you, and has it now."],
  [
    held(anna),
    held(null, [], "silence"),
    "Nothing was done here for a while, so nobody has control now: your next change takes it again.",
  ],
  [held(anna), held(null, [], "released"), "You gave control up. Nobody has it now."],
  [held(anna), held(null), "zarrcam was restarted. Nobody has control: your next change takes it."],
  [held(ben), held(anna, [], "handed_over"), "Ben handed control over to you."],
  [held(anna), held(anna, [ben]), "Ben asks for control. Answer at the top of the page."],
  [held(ben, [anna]), held(ben), "Your request for control is over: Ben keeps it."],
  [held(ben), held(ben, [anna]), null],
  [held(ben), held(null), "Nobody has control now."],
  [held(null), held(ben), "Ben has control now."],
  [held(anna), held(anna), null],
])("what Anna is told", (before, after, sentence) => expect(changeSentence(before, after, "a")).toBe(sentence));

test.each([
  [-5, "just now", "just now"],
  [59_999, "just now", "just now"],
  [60_000, "1 min", "for 1 min"],
  [119 * 60_000, "119 min", "for 119 min"],
  [3 * 3_600_000, "3 h", "for 3 h"],
])("%d ms", (ms, age, since) => expect([ageText(ms), forAge(ms)]).toEqual([age, since]));
