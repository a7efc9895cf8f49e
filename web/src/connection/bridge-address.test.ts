import { describe, expect, test } from "vitest";
import { bridgeSocketUrl, readAddress } from "./bridge-address.ts";

describe("what somebody types as an address", () => {
  test.each([
    ["http://127.0.0.1:8421/", "http://127.0.0.1:8421"],
    ["http://127.0.0.1:8421/#dataset=a", "http://127.0.0.1:8421"],
    ["  127.0.0.1:9000 ", "http://127.0.0.1:9000"],
    ["localhost", "http://localhost:8421"],
    ["LOCALHOST:8421", "http://localhost:8421"],
    ["[::1]:8421", "http://[::1]:8421"],
    ["rig-2.lab.example", "http://rig-2.lab.example:8421"],
    ["ws://127.0.0.1:8421/ws", "http://127.0.0.1:8421"],
    ["https://rig-2.lab.example", "https://rig-2.lab.example"],
    ["http://localhost:80", "http://localhost"],
  ])("%s is %s", (typed, origin) => expect(readAddress(typed)).toBe(origin));
  test.each(["", "  ", "ftp://rig", "javascript:alert(1)", "http://", "http://a b", "127.0.0.1:99999", "user@rig"])(
    "%j is none",
    (typed) => expect(readAddress(typed)).toBeNull(),
  );
});

test("the socket of a bridge has its origin", () => {
  expect(bridgeSocketUrl("http://127.0.0.1:8421")).toBe("ws://127.0.0.1:8421/ws");
  expect(bridgeSocketUrl("https://rig.example")).toBe("wss://rig.example/ws");
});
