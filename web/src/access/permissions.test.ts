import { expect, test } from "vitest";
import { type Need, type PageRole, Permissions } from "./permissions.svelte.ts";

const NEEDS: readonly Need[] = ["control", "stop", "admin"];
const allowed = (role: PageRole) => NEEDS.filter((need) => new Permissions({ you: { role } }).may(need));

test("each role may what those before it may, and more", () => {
  expect(allowed("observe")).toEqual([]);
  expect(allowed("control")).toEqual(["control", "stop"]);
  expect(allowed("admin")).toEqual(["control", "stop", "admin"]);
});

test("where nobody speaks of roles nothing is forbidden", () => {
  const permissions = new Permissions({ you: null });
  expect(NEEDS.map((need) => permissions.refusal(need))).toEqual([null, null, null]);
});

test("what is forbidden is said with the way out", () => {
  const observer = new Permissions({ you: { role: "observe" } });
  expect(observer.refusal("control")).toContain("whoever gave you access can let you control");
  const controller = new Permissions({ you: { role: "control" } });
  expect(controller.refusal("admin")).toContain("Only an administrator");
});
