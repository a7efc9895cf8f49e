import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { pathArgument } from "./path-argument.ts";

test("the home folder is meant by ~/", () => {
  expect(pathArgument("~")).toBe(homedir());
  expect(pathArgument("~/data/x")).toBe(join(homedir(), "data/x"));
  expect(pathArgument("a/b.zarr")).toBe("a/b.zarr");
});

test.each(["~anna/x", "$HOME/x", "a/${USER}.zarr", "%TEMP%/x", "data ", " data/x"])("%j is refused", (path) => {
  expect(() => pathArgument(path)).toThrow(/write|leave/);
});

test("what is there is taken as it stands", () => {
  const folder = mkdtempSync(join(tmpdir(), "zarrcam-path-"));
  const path = join(folder, "$HOME .json");
  writeFileSync(path, "{}");
  expect(pathArgument(path)).toBe(path);
  rmSync(folder, { recursive: true });
});
