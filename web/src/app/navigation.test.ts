import type { Problem } from "@zarrcam/protocol";
import { beforeEach, expect, test } from "vitest";
import { Navigation, type NavigationPort } from "./navigation.svelte.ts";

const problem = (path: string): Problem => ({ path, code: "name", severity: "error", message: "wrong" });
let calls: string[];
let fields: string[];
let navigation: Navigation;

beforeEach(() => {
  calls = [];
  fields = ["video[1].camera", "video[0].storage.settings.acquisition_dimensions"];
  const port: NavigationPort = {
    draft: {
      stream: (index) => (index < 2 ? ({} as never) : undefined),
      fields: { nearest: (path: string) => fields.find((field) => path.startsWith(field)) ?? null } as never,
      messageOf: ({ message }) => message,
    },
    camera: { index: 0, show: (index) => void calls.push(`show ${index}`) },
    announce: (text) => void calls.push(`announce ${text}`),
    focusField: (path) => calls.push(`focus ${path}`) > 0,
    focusProblems: () => void calls.push("focus problems"),
  };
  navigation = new Navigation(port);
});

test("a problem of another camera shows that camera, and its field has the focus", async () => {
  navigation.leftTab = "datasets";
  await navigation.goToProblem(problem("video[1].camera.settings"));
  expect(calls).toEqual(["show 1", "focus video[1].camera", "announce wrong"]);
  expect([navigation.leftTab, navigation.dockTab]).toEqual(["setup", null]);
});

test("a problem of a dimension opens Layout", async () => {
  await navigation.goToProblem(problem("video[0].storage.settings.acquisition_dimensions[2].name"));
  expect(navigation.dockTab).toBe("layout");
});

test("where no field has it the list of problems gets the focus", async () => {
  await navigation.goToProblem(problem("video"));
  expect(calls).toEqual(["focus problems"]);
});
