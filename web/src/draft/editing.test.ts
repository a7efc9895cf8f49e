import type { Configuration, Problem, Validation } from "@zarrcam/protocol";
import { beforeEach, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import { Editing, type EditingPort } from "./editing.svelte.ts";

/** A page around the edits that notes what becomes of them. */
function page() {
  const calls: string[] = [];
  const port = {
    isConnected: true,
    isRecording: false,
    permissions: { shutOut: null as string | null, refusal: (): string | null => null },
    draft: {
      ready: true,
      working: configurationWith({}),
      edit: (label: string) => void calls.push(`edit ${label}`),
      replace: (label: string) => void calls.push(`replace ${label}`),
    },
    freeNames: { loading: (label: string) => void calls.push(`free names of ${label}`) },
    replacedCameras: { text: null as string | null, loaded: () => undefined },
    camera: { index: 0, show: (index: number) => void calls.push(`show ${index}`) },
    problems: [] as Problem[],
    validate(): Promise<Validation> {
      return Promise.resolve({ problems: this.problems } as unknown as Validation);
    },
    say: (text: string) => void calls.push(`say ${text}`),
    announce: (text: string) => void calls.push(`announce ${text}`),
    importRefused: () => void calls.push("log"),
  };
  return { calls, port, editing: new Editing(port satisfies EditingPort) };
}

let scene: ReturnType<typeof page>;
beforeEach(() => (scene = page()));

test("fields are locked while nothing is known, while away, and while recording, each with its reason", () => {
  const { port, editing } = scene;
  expect([editing.locked, editing.lockedReason]).toEqual([false, null]);
  port.draft.ready = false;
  expect(editing.lockedReason).toContain("until the settings have loaded");
  port.isRecording = true;
  port.draft.ready = true;
  expect(editing.lockedReason).toContain("while recording");
  port.isConnected = false;
  expect(editing.lockedReason).toContain("not connected");
  port.permissions.shutOut = "not let in";
  expect(editing.lockedReason).toBe("not let in");
});

test("who may not control finds the fields locked, and reads why", () => {
  const { port, editing, calls } = scene;
  port.permissions.refusal = () => "You are here to look on";
  expect(editing.lockedReason).toBe("You are here to look on");
  editing.edit("Exposure", []);
  expect(calls).toEqual(["announce You are here to look on"]);
});

test("an edit of locked fields changes nothing and says why", () => {
  const { port, editing, calls } = scene;
  editing.edit("Exposure", []);
  port.isRecording = true;
  editing.edit("Width", []);
  editing.load("Example", configurationWith({}));
  expect(calls).toHaveLength(3);
  expect(calls[0]).toBe("edit Exposure");
  expect(calls[1]).toContain("announce Cannot be changed while recording");
});

test("a document that is loaded has its names looked at before it is judged", () => {
  scene.editing.load("Example", configurationWith({}));
  expect(scene.calls).toEqual(["free names of Example", "replace Example", "say Example: loaded. Undo takes it back."]);
});

test("where cameras went it is said, and a camera is shown that is there", () => {
  scene.port.replacedCameras.text = "Example: one camera. The set-up had 2: left, right.";
  scene.port.camera.index = 1;
  scene.editing.load("Example", configurationWith({}));
  expect(scene.calls).toContain("say Example: one camera. The set-up had 2: left, right.");
  expect(scene.calls).toContain("show 0");
});

test("a file of unknown fields is refused with each of them, and the log opens", async () => {
  scene.port.problems = [{ path: "video[0].colour", code: "unknown_field", severity: "error", message: "unknown" }];
  await scene.editing.importDocument("a.json", { video: [] });
  expect(scene.calls).toEqual(["say a.json was not imported. video[0].colour: unknown", "log"]);
});

test("a file whose values are wrong is loaded, and completed by the defaults", async () => {
  scene.port.problems = [{ path: "video[0]", code: "out_of_range", severity: "error", message: "too long" }];
  let loaded: Configuration | null = null;
  Object.assign(scene.port.draft, { replace: (_: string, document: Configuration) => (loaded = document) });
  await scene.editing.importDocument("a.json", { video: [{}] } as unknown as Configuration);
  expect(loaded).toMatchObject({ video: [{ storage: { settings: { acquisition_dimensions: [] } } }] });
});
