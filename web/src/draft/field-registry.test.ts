import { expect, test } from "vitest";
import { FieldRegistry } from "./field-registry.svelte.ts";

test("a problem belongs to the nearest field around it", () => {
  const fields = new FieldRegistry();
  fields.register(["video[0].camera", "video[0].camera.settings.shape"]);
  expect(fields.nearest("video[0].camera.settings.shape[1]")).toBe("video[0].camera.settings.shape");
  expect(fields.nearest("video[0].camera.identifier")).toBe("video[0].camera");
  expect(fields.nearest("video[0].cameras")).toBeNull();
  expect(fields.nearest("video[1].camera")).toBeNull();
});

test("a path is there as long as one of its fields is", () => {
  const fields = new FieldRegistry();
  const [first, second] = [fields.register(["a"]), fields.register(["a"])];
  first();
  expect(fields.nearest("a.b")).toBe("a");
  second();
  expect(fields.nearest("a.b")).toBeNull();
});
