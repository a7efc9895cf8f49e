import type { Configuration, Problem, ProblemCode, Validation } from "@zarrcam/protocol";
import { beforeEach, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { FreeNames } from "./free-names.ts";

let edits: { label: string; values: unknown[]; joined: boolean }[];
let said: string[];
let canUndo: string | null;

beforeEach(() => {
  edits = [];
  said = [];
  canUndo = "Example";
});

function names(cameras = 1): FreeNames {
  const [stream] = configurationWith({}).video;
  const working = { video: Array.from({ length: cameras }, () => stream) } as Configuration;
  return new FreeNames({
    draft: {
      working,
      get canUndo() {
        return canUndo;
      },
      edit: (label, changes, { joined = false } = {}) =>
        void edits.push({ label, values: changes.map(({ value }) => value), joined }),
    },
    say: (text) => said.push(text),
  });
}

function validation(...given: [code: ProblemCode, value: string][]): Validation {
  const problems = given.map(([code, value], index): Problem => {
    const path = `video[${index}].storage.settings.uri`;
    return { path, code, severity: "error", message: "", fix: { label: `Use ${value}`, path, value } };
  });
  return { problems, refusal: null, plans: [], disk_free_bytes: [], resolved: [] };
}
const turn = () => Promise.resolve();

test("a taken name of a loaded document counts up, in the same step of undo", async () => {
  const free = names();
  free.loading("Example");
  free.validated(validation(["exists", "out_002.zarr"]));
  await turn();
  expect(edits).toEqual([{ label: "Example", values: ["out_002.zarr"], joined: true }]);
  expect(said).toEqual(["That name is taken: out_002.zarr instead."]);
});

test("a name that this program would not write is written otherwise", async () => {
  const free = names();
  free.loading("Settings of 12:30.zarr");
  canUndo = "Settings of 12:30.zarr";
  free.validated(validation(["name", "12_30.zarr"]));
  await turn();
  expect(edits).toEqual([{ label: "Settings of 12:30.zarr", values: ["12_30.zarr"], joined: true }]);
  expect(said).toEqual(["Not every computer can write that name: 12_30.zarr instead."]);
});

test("another edit that came before the verdict keeps its own step", async () => {
  const free = names();
  free.loading("Example");
  canUndo = "Exposure";
  free.validated(validation(["exists", "out_002.zarr"]));
  await turn();
  expect(edits[0]?.joined).toBe(false);
});

test("a name that somebody typed stays as it is", async () => {
  const free = names();
  free.validated(validation(["exists", "out_002.zarr"]));
  free.loading("Example");
  free.validated(validation(["disk_full", "x"]));
  free.validated(validation(["exists", "out_002.zarr"]));
  await turn();
  expect(edits).toEqual([]);
});

test("of seventeen cameras of one name each round frees one more, and an end comes", async () => {
  const free = names(17);
  free.loading("Example");
  for (let round = 0; round < 40; round += 1) free.validated(validation(["duplicate", `out_${round}.zarr`]));
  await turn();
  expect(edits.length).toBe(18);
});
