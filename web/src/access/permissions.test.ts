import type { Role } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { type Need, Permissions } from "./permissions.svelte.ts";

const NEEDS: readonly Need[] = ["control", "stop", "data", "admin"];
const page = (role: Role | null, refusal: string | null = null, isShutOut = false) =>
  new Permissions({ you: role && { role }, control: { refusal }, isShutOut });
const allowed = (role: Role, refusal: string | null = null) => NEEDS.filter((need) => page(role, refusal).may(need));

test("each role may what those before it may, and more", () => {
  expect(allowed("observe")).toEqual([]);
  expect(allowed("control")).toEqual(["control", "stop", "data"]);
  expect(allowed("admin")).toEqual(NEEDS);
});

test("where nobody speaks of roles nothing is forbidden", () => {
  const permissions = page(null);
  expect(NEEDS.map((need) => permissions.refusal(need))).toEqual([null, null, null, null]);
});

test("what is forbidden is said with the way out", () => {
  const observer = page("observe");
  expect(observer.refusal("control")).toContain("whoever gave you access can let you control");
  const controller = page("control");
  expect(controller.refusal("admin")).toContain("Only an administrator");
});

test("while another has control the cameras are theirs: who may control may stop them, and put datasets right", () => {
  const refusal = "Anna has control: ask for it at the top of the page";
  expect(allowed("control", refusal)).toEqual(["stop", "data"]);
  expect(page("admin", refusal).refusal("control")).toBe(refusal);
  // The role is the first reason.
  expect(page("observe", refusal).refusal("control")).toContain("look on");
});

test("whoever is not let in any more may do nothing, whatever the role was", () => {
  const permissions = page("admin", null, true);
  expect(permissions.shutOut).toContain("not let in any more");
  expect(NEEDS.map((need) => permissions.refusal(need))).toEqual(NEEDS.map(() => permissions.shutOut));
});
