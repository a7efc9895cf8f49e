// Longer than the rest: all steps of one state machine, on one fake camera computer.
import type { Configuration, Problem, Validation } from "@zarrcam/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { DraftCore, type Applied } from "./draft-core.ts";
import { configurationWith } from "../configuration/fixture.ts";
import { getAt, setAt } from "../configuration/path.ts";

const EXPOSURE = "video[0].camera.settings.exposure_time_us";
const WIDTH = "video[0].camera.settings.shape[0]";
const URI = "video[0].storage.settings.uri";
const HEIGHT = "video[0].camera.settings.shape[1]";

/** A bridge with two rules: exposure at most 1 s, and width at least height. */
class Bridge {
  configuration: Configuration = configurationWith({});
  revision = 1;
  calls: ("validate" | "apply")[] = [];
  /** A name under which something lies: it may be set, and not recorded to. */
  taken = "taken.zarr";
  /** What a camera refuses though the rules allow it. */
  refuses = (_: Configuration) => false;
  delay: Promise<void> | null = null;

  problems(configuration: Configuration): Problem[] {
    const problems: Problem[] = [];
    const exposure = Number(getAt(configuration, EXPOSURE));
    if (exposure > 1e6) {
      const fix = { label: "Use 1,000 ms", path: EXPOSURE, value: 1e6 };
      problems.push({ path: EXPOSURE, code: "out_of_range", severity: "error", message: "too long", fix });
    }
    if (Number(getAt(configuration, WIDTH)) < Number(getAt(configuration, HEIGHT))) {
      problems.push({ path: WIDTH, code: "conflict", severity: "error", message: "narrower than high" });
    }
    return problems;
  }
  fetch = () => Promise.resolve({ configuration: this.configuration, revision: this.revision });
  validate = async (configuration: Configuration) => {
    this.calls.push("validate");
    await this.delay;
    return this.judge(configuration);
  };
  apply = async (configuration: Configuration, revision: number) => {
    this.calls.push("apply");
    await this.delay;
    if (revision !== this.revision) throw Object.assign(new Error("stale"), { code: "stale_revision" });
    if (this.problems(configuration).length > 0 || this.refuses(configuration))
      throw Object.assign(new Error("The camera says no."), { code: "invalid_configuration" });
    return { ...(await this.write(configuration)), validation: this.judge(configuration) };
  };
  judge(configuration: Configuration): Validation {
    const problems = [...this.problems(configuration)];
    const uri = configuration.video[0]?.storage.settings.uri;
    if (uri === this.taken) problems.push({ path: URI, code: "exists", severity: "error", message: "exists already" });
    return { problems, refusal: null, plans: [null], disk_free_bytes: [null], resolved: [null] };
  }
  /** Somebody writes. */
  write(configuration: Configuration): Promise<Applied> {
    this.configuration = configuration;
    this.revision += 1;
    return this.fetch();
  }
}

let bridge: Bridge;
let notices: string[];
let draft: DraftCore;

beforeEach(async () => {
  bridge = new Bridge();
  notices = [];
  draft = new DraftCore(bridge, { notice: (message) => notices.push(message) });
  draft.adopt(await bridge.fetch());
  await draft.idle();
  bridge.calls = [];
});

const at = (path: string) => getAt(draft.working, path);
const inForce = (path: string) => getAt(bridge.configuration, path);

describe("the draft", () => {
  test("applies a valid edit at once, with the revision", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 70_000 }]);
    await draft.idle();
    expect(inForce(EXPOSURE)).toBe(70_000);
    expect(draft.revision).toBe(2);
    expect(draft.pending).toEqual([]);
    expect(draft.isInForce).toBe(true);
  });

  test("a valid edit costs one call", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 70_000 }]);
    await draft.idle();
    expect(bridge.calls).toEqual(["apply"]);
  });

  test("while the name in force is taken all else is applied as ever", async () => {
    await bridge.write(setAt(bridge.configuration, URI, bridge.taken));
    draft.adopt(await bridge.fetch());
    await draft.idle();
    expect(draft.problems).toMatchObject([{ path: URI, code: "exists" }]);
    draft.edit("Exposure", [{ path: EXPOSURE, value: 70_000 }]);
    await draft.idle();
    expect(inForce(EXPOSURE)).toBe(70_000);
    expect(draft.problems).toMatchObject([{ path: URI, code: "exists" }]);
  });

  test("what a camera refuses though the rules allow it is said", async () => {
    bridge.refuses = (configuration) => getAt(configuration, EXPOSURE) === 70_001;
    draft.edit("Exposure", [{ path: EXPOSURE, value: 70_001 }]);
    await draft.idle();
    expect([draft.failure, inForce(EXPOSURE)]).toEqual(["The camera says no.", 10_000]);
    draft.edit("Exposure", [{ path: EXPOSURE, value: 70_000 }]);
    await draft.idle();
    expect([draft.failure, inForce(EXPOSURE)]).toEqual([null, 70_000]);
  });

  test("keeps an invalid edit in its field, with its problem, and out of the bridge", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 2e6 }]);
    await draft.idle();
    expect(at(EXPOSURE)).toBe(2e6);
    expect(inForce(EXPOSURE)).toBe(10_000);
    expect(draft.problems.map(({ path }) => path)).toEqual([EXPOSURE]);
    expect(draft.isInForce).toBe(false);
  });

  test("applies another valid edit beside an invalid one", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 2e6 }]);
    await draft.idle();
    draft.edit("Width", [{ path: WIDTH, value: 1024 }]);
    await draft.idle();
    expect(inForce(WIDTH)).toBe(1024);
    expect(at(EXPOSURE)).toBe(2e6);
    expect(draft.problems).toHaveLength(1);
  });

  test("a fix makes all of it valid", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 2e6 }]);
    await draft.idle();
    const fix = draft.problems[0]?.fix;
    draft.edit(fix?.label ?? "", [{ path: fix?.path ?? "", value: fix?.value }]);
    await draft.idle();
    expect(inForce(EXPOSURE)).toBe(1e6);
    expect(draft.problems).toEqual([]);
  });

  test("two edits that are valid only together are applied together", async () => {
    draft.edit("Height", [{ path: HEIGHT, value: 900 }]);
    await draft.idle();
    expect(inForce(HEIGHT)).toBe(480);
    draft.edit("Width", [{ path: WIDTH, value: 1000 }]);
    await draft.idle();
    expect([inForce(WIDTH), inForce(HEIGHT)]).toEqual([1000, 900]);
  });

  test("edits made while an answer is awaited are not lost", async () => {
    let open = () => undefined as void;
    bridge.delay = new Promise((resolve) => (open = resolve));
    draft.edit("Exposure", [{ path: EXPOSURE, value: 20_000 }]);
    draft.edit("Width", [{ path: WIDTH, value: 800 }]);
    draft.edit("Exposure", [{ path: EXPOSURE, value: 30_000 }]);
    open();
    await draft.idle();
    expect([inForce(EXPOSURE), inForce(WIDTH)]).toEqual([30_000, 800]);
  });

  test("text that is no value stays in its field until it is mended", () => {
    draft.setText(EXPOSURE, "70 apples", "no unit of time");
    expect(draft.texts.get(EXPOSURE)?.text).toBe("70 apples");
    expect(draft.isInForce).toBe(false);
    draft.edit("Exposure", [{ path: EXPOSURE, value: 70_000 }]);
    expect(draft.texts.size).toBe(0);
  });
});

describe("undo and redo", () => {
  test("go back and forth, in the bridge too", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 20_000 }]);
    draft.edit("Width", [{ path: WIDTH, value: 800 }]);
    await draft.idle();
    expect(draft.canUndo).toBe("Width");
    draft.undo();
    draft.undo();
    await draft.idle();
    expect([inForce(EXPOSURE), inForce(WIDTH)]).toEqual([10_000, 640]);
    draft.redo();
    await draft.idle();
    expect([inForce(EXPOSURE), inForce(WIDTH)]).toEqual([20_000, 640]);
    expect(draft.canRedo).toBe("Width");
  });

  test("what follows from an edit goes with it", async () => {
    const before = draft.working;
    draft.edit("Exposure", [{ path: EXPOSURE, value: 20_000 }]);
    draft.edit("Use 800 px", [{ path: WIDTH, value: 800 }], { joined: true });
    expect(draft.canUndo).toBe("Exposure");
    draft.undo();
    expect([draft.working, draft.canUndo]).toEqual([before, null]);
    draft.redo();
    expect([at(EXPOSURE), at(WIDTH), draft.canUndo]).toEqual([20_000, 800, "Exposure"]);
    await draft.idle();
    draft.undo();
    draft.edit("Width", [{ path: WIDTH, value: 700 }], { joined: true });
    expect(draft.canUndo).toBe("Width");
  });

  test("a new edit ends redo", () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 20_000 }]);
    draft.undo();
    draft.edit("Width", [{ path: WIDTH, value: 800 }]);
    expect(draft.canRedo).toBeNull();
  });

  test("undo of mine leaves what another page changed", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 20_000 }]);
    await draft.idle();
    draft.remoteChange(await bridge.write(setAt(bridge.configuration, WIDTH, 999)), "another page");
    draft.undo();
    await draft.idle();
    expect([inForce(EXPOSURE), inForce(WIDTH)]).toEqual([10_000, 999]);
  });

  test("an edit that changes nothing is no step", () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 10_000 }]);
    expect(draft.canUndo).toBeNull();
  });
});

describe("two pages", () => {
  test("a change of the other page is taken over and told", async () => {
    draft.remoteChange(await bridge.write(setAt(bridge.configuration, WIDTH, 800)), "another page");
    await draft.idle();
    expect(at(WIDTH)).toBe(800);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain("another page");
  });

  test("a write on an old revision is done again on the new one, and nothing of either is lost", async () => {
    await bridge.write(setAt(bridge.configuration, WIDTH, 800));
    draft.edit("Exposure", [{ path: EXPOSURE, value: 50_000 }]);
    await draft.idle();
    expect([inForce(EXPOSURE), inForce(WIDTH)]).toEqual([50_000, 800]);
    expect(notices[0]).toContain("shape[0]");
  });

  test("both change one field: mine stays in the field, theirs in force, and the choice is mine", async () => {
    await bridge.write(setAt(bridge.configuration, EXPOSURE, 90_000));
    draft.edit("Exposure", [{ path: EXPOSURE, value: 50_000 }]);
    await draft.idle();
    expect(at(EXPOSURE)).toBe(50_000);
    expect(inForce(EXPOSURE)).toBe(90_000);
    expect(draft.conflicts).toMatchObject([{ path: EXPOSURE, was: 10_000, mine: 50_000, theirs: 90_000 }]);

    draft.edit("Width", [{ path: WIDTH, value: 700 }]);
    await draft.idle();
    expect(inForce(WIDTH)).toBe(700);
    expect(inForce(EXPOSURE)).toBe(90_000);

    const [conflict] = draft.conflicts;
    if (conflict) draft.resolve(conflict, "mine");
    await draft.idle();
    expect(inForce(EXPOSURE)).toBe(50_000);
    expect(draft.isInForce).toBe(true);
  });

  test("theirs can be taken instead", async () => {
    await bridge.write(setAt(bridge.configuration, EXPOSURE, 90_000));
    draft.edit("Exposure", [{ path: EXPOSURE, value: 50_000 }]);
    await draft.idle();
    const [conflict] = draft.conflicts;
    if (conflict) draft.resolve(conflict, "theirs");
    await draft.idle();
    expect([at(EXPOSURE), inForce(EXPOSURE)]).toEqual([90_000, 90_000]);
  });

  test("the same value by both is no conflict", async () => {
    await bridge.write(setAt(bridge.configuration, EXPOSURE, 50_000));
    draft.edit("Exposure", [{ path: EXPOSURE, value: 50_000 }]);
    await draft.idle();
    expect(draft.conflicts).toEqual([]);
    expect(draft.isInForce).toBe(true);
  });

  test("after a return of the bridge an invalid edit is still in its field", async () => {
    draft.edit("Exposure", [{ path: EXPOSURE, value: 2e6 }]);
    await draft.idle();
    bridge.revision = 0;
    draft.adopt(await bridge.write(configurationWith({ shape: [320, 200] })));
    await draft.idle();
    expect(at(EXPOSURE)).toBe(2e6);
    expect(at(WIDTH)).toBe(320);
    expect(notices[0]).toContain("camera computer");
  });
});
