import { MAX_SESSIONS, MAX_SESSIONS_OF_ONE, MAX_SESSIONS_OF_OTHERS } from "@zarrcam/protocol";
import { expect, test } from "vitest";

import { type Principal, anybodyInsecure, thisComputer } from "../access/principal.ts";
import { noRoomFor } from "./session-shares.ts";

const device = (id: string): Principal => ({ id, name: `Desk ${id}`, role: "observe", kind: "device", address: "::1" });
const times = <T>(count: number, one: (at: number) => T) => Array.from({ length: count }, (_, at) => one(at));

test("one device has its share, and no more", () => {
  expect(
    noRoomFor(
      device("a"),
      times(MAX_SESSIONS_OF_ONE - 1, () => device("a")),
    ),
  ).toBeNull();
  const full = times(MAX_SESSIONS_OF_ONE, () => device("a"));
  expect(noRoomFor(device("a"), full)).toMatch(/16 sessions of "Desk a" are open already/);
  expect(noRoomFor(device("b"), full)).toBeNull();
});

test("all others together leave room to the camera computer", () => {
  const others = times(MAX_SESSIONS_OF_OTHERS, (at) => device(String(at)));
  expect(noRoomFor(device("x"), others)).toMatch(/^56 sessions of other computers/);
  expect(noRoomFor(anybodyInsecure("::1"), others)).toMatch(/^56 sessions of other computers/);
  expect(noRoomFor(thisComputer("::1"), others)).toBeNull();
});

test("the camera computer may have all, and those over plain http are not one", () => {
  expect(
    noRoomFor(
      thisComputer("::1"),
      times(MAX_SESSIONS - 1, () => thisComputer("::1")),
    ),
  ).toBeNull();
  expect(
    noRoomFor(
      thisComputer("::1"),
      times(MAX_SESSIONS, () => thisComputer("::1")),
    ),
  ).toMatch(/^64 sessions/);
  expect(
    noRoomFor(
      anybodyInsecure("::1"),
      times(MAX_SESSIONS_OF_ONE, () => anybodyInsecure("::1")),
    ),
  ).toBeNull();
});
