import { expect, test } from "vitest";
import { tabTitle } from "./tab-title.ts";

test("the tab tells how a recording stands, and how it ended", () => {
  expect(tabTitle("Running", { decided: 30, limit: 120, lost: 0 }, null)).toBe("● 25 % – recording – zarrcam");
  expect(tabTitle("Running", { decided: 30, limit: null, lost: 2 }, null)).toBe("● …, 2 lost – recording – zarrcam");
  expect(tabTitle("Armed", null, { level: "good" })).toBe("✓ Saved – zarrcam");
  expect(tabTitle("Armed", null, { level: "failed" })).toBe("✕ Failed – zarrcam");
  expect(tabTitle("Armed", null, null)).toBe("zarrcam");
});
