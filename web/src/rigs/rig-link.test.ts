import { expect, test } from "vitest";
import { readRigLink } from "./rig-link.ts";

test("an address is read as people type it, and as a bridge prints it", () => {
  expect(readRigLink("192.168.1.5")).toEqual({ origin: "http://192.168.1.5:8421", token: null });
  expect(readRigLink(" https://lab-scope.local:8421/ ")).toEqual({
    origin: "https://lab-scope.local:8421",
    token: null,
  });
  expect(readRigLink("")).toBeNull();
  expect(readRigLink("javascript:alert(1)")).toBeNull();
  expect(readRigLink("https://user:secret@rig:8421")).toBeNull();
});

test("of a pairing link the invitation is taken", () => {
  const link = "https://192.168.1.5:8421/#pair=abc_DEF-123&pin=xyz";
  expect(readRigLink(link)).toEqual({ origin: "https://192.168.1.5:8421", token: "abc_DEF-123" });
  expect(readRigLink("https://192.168.1.5:8421/#pair=")).toEqual({ origin: "https://192.168.1.5:8421", token: null });
});
