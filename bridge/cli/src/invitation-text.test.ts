import { expect, test } from "vitest";

import { invitationText } from "./invitation-text.ts";

const LINK = "https://192.168.1.23:8421/#pair=Zk0aB4nM7xR2tY9wLd6vHs&pin=abc";
const once = { uses: 1, expiresS: 900 };

test("a terminal shows the code, a file the links alone", () => {
  const terminal = invitationText({ links: [LINK], role: "admin" }, once, { isTTY: true, columns: 100 });
  expect(terminal).toContain("point its camera at the code");
  expect(terminal).toContain("▀");
  const file = invitationText({ links: [LINK], role: "admin" }, once, {});
  expect(file).not.toMatch(/\u001b|▀|camera at/);
  expect(file).toContain(`  ${LINK}\n`);
  expect(file).toContain("http://192.168.1.23:8421/trust");
});

test.each([
  [900, "15 minutes"],
  [3600, "1 hour"],
  [8 * 3600, "8 hours"],
  [7 * 86_400, "7 days"],
  [90, "90 s"],
])("%d s are %s", (expiresS, words) =>
  expect(invitationText({ links: [LINK], role: "observe" }, { uses: 3, expiresS }, {})).toContain(
    `Within ${words} it lets in 3 devices, which may observe`,
  ),
);

test("where nobody else reaches it, it says how others do", () => {
  expect(invitationText({ links: [], role: "observe" }, once, { isTTY: true })).toContain("npm start -- --lan");
});
