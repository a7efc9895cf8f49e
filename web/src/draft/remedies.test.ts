import type { Capabilities, Problem } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import type { Edit } from "../configuration/edit.ts";
import type { Conflict } from "./merge.ts";
import { Remedies } from "./remedies.svelte.ts";

const WIDTH = "video[0].camera.settings.shape[0]";

function page(cameras = 1) {
  const [stream] = configurationWith({}).video;
  if (!stream) throw new Error("no stream");
  const working = { video: Array.from({ length: cameras }, (_, index) => ({ ...stream, name: `eye ${index}` })) };
  const edits: { label: string; edits: readonly Edit[] }[] = [];
  const resolved: string[] = [];
  const conflicts: Conflict[] = [];
  const port = {
    draft: {
      working,
      stream: (index: number) => working.video[index],
      plans: [],
      diskFreeBytes: [],
      conflicts,
      withSameFix: (problem: Problem): Problem[] => [problem],
      resolve: (_: Conflict, keep: string) => void resolved.push(keep),
    },
    editing: { locked: false, edit: (label: string, list: readonly Edit[]) => void edits.push({ label, edits: list }) },
    capabilities: { video: [] } as Capabilities,
    devices: [],
  };
  return { port, edits, resolved, remedies: new Remedies(port) };
}

const wide = (path = WIDTH): Problem => ({
  path,
  code: "out_of_range",
  severity: "error",
  message: "too wide",
  fix: { label: "Use 512 px", path, value: 512 },
});

test("the one right value of a side is the camera's and the dimension's", () => {
  const { remedies, edits } = page();
  const [fix] = remedies.actionsOf(wide());
  expect(fix).toMatchObject({ label: "Use 512 px", disabled: false });
  fix?.run();
  expect(edits).toEqual([{ label: "Use 512 px", edits: [{ path: WIDTH, value: 512 }] }]);
});

test("cameras that have the problem alike are put right together, and the label says which", () => {
  const { port, remedies, edits } = page(3);
  const [first, second] = [wide(), wide("video[1].camera.settings.shape[0]")];
  port.draft.withSameFix = () => [first, second];
  expect(remedies.fixOf(first)?.label).toBe("Use 512 px, eye 0 and eye 1");
  remedies.fixOf(first)?.run();
  expect(edits[0]?.edits.map(({ path }) => path)).toEqual([first.path, second.path]);
  port.draft.withSameFix = () => [first, second, first];
  expect(remedies.fixOf(first)?.label).toBe("Use 512 px, all 3 cameras");
});

test("nothing is put right in locked fields", () => {
  const { port, remedies, edits } = page();
  port.editing.locked = true;
  const [fix] = remedies.actionsOf(wide());
  fix?.run();
  expect([fix?.disabled, edits]).toEqual([true, []]);
});

test("of a field that two pages changed either value can be had", () => {
  const { port, remedies, resolved } = page();
  port.draft.conflicts.push({ path: WIDTH, was: 1, mine: 2, theirs: 3 });
  const actions = remedies.actionsOf({ path: WIDTH, code: "conflict", severity: "error", message: "" });
  expect(actions.map(({ label }) => label)).toEqual(["Use mine", "Take 3"]);
  for (const { run } of actions) run();
  expect(resolved).toEqual(["mine", "theirs"]);
});

test("a problem without a remedy has none", () => {
  expect(page().remedies.actionsOf({ path: WIDTH, code: "type", severity: "error", message: "" })).toEqual([]);
});
