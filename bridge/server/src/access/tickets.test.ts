import { expect, test } from "vitest";

import { Tickets } from "./tickets.ts";

test("a ticket is good once, for half a minute, and for the page that asked", () => {
  const tickets = new Tickets();
  const one = tickets.make("anna", null, 0);
  expect(tickets.take(`${one}x`, null, 1)).toBeNull();
  expect(tickets.take(one, null, 1)).toBe("anna");
  expect(tickets.take(one, null, 1)).toBeNull();

  const late = tickets.make("anna", null, 0);
  expect(tickets.take(late, null, 30_000)).toBeNull();

  const origin = "https://rig7.local:8421";
  const ofPage = tickets.make("anna", origin, 0);
  expect(tickets.take(ofPage, null, 1)).toBeNull();
  // Somebody tried it elsewhere: it is known to others now.
  expect(tickets.take(ofPage, origin, 1)).toBeNull();
  expect(tickets.take(tickets.make("anna", origin, 0), origin, 1)).toBe("anna");
});

test("who asks for tickets without end keeps few", () => {
  const tickets = new Tickets();
  const all = Array.from({ length: 1000 }, (_, at) => tickets.make(String(at), null, 0));
  expect(tickets.take(all[0]!, null, 1)).toBeNull();
  expect(tickets.take(all[743]!, null, 1)).toBeNull();
  expect(tickets.take(all[744]!, null, 1)).toBe("744");
});
