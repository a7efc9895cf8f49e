import type { Problem, Validation } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { overBothStores } from "./two-stores.ts";

const problem = (code: Problem["code"], message: string): Problem => ({
  ...{ path: "video[0].storage.settings.uri", code, severity: "error", message },
});
const validation = (problems: Problem[], free: number | null): Validation => ({
  problems,
  refusal: null,
  plans: [null],
  disk_free_bytes: [free],
  resolved: [null],
});

test("what both stores say is said once, and what one says stands", () => {
  const shape = problem("out_of_range", "too large");
  const there = validation([shape, problem("exists", "out.zarr exists already")], 7);
  const here = validation([shape, problem("exists", "out.zarr exists in this browser")], 5);
  const both = overBothStores(there, here, "both");
  expect(both.problems.map(({ message }) => message)).toEqual([
    ...["too large", "out.zarr exists already", "out.zarr exists in this browser"],
  ]);
  expect(both.disk_free_bytes).toEqual([5]);
  expect(overBothStores(there, here, "computer")).toBe(there);
  expect(overBothStores(validation([], null), here, "browser").disk_free_bytes).toEqual([5]);
});
