import { ZarrcamError } from "@zarrcam/client/remote";
import type { Problem } from "@zarrcam/protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { configurationWith } from "../configuration/fixture.ts";
import type { Result } from "./result.ts";
import type { RunActionsPort, RunCalls } from "./run-actions-port.ts";
import { RunActions } from "./run-actions.svelte.ts";

const exposure: Problem = {
  path: "video[0].camera.settings.exposure_time_us",
  code: "out_of_range",
  severity: "error",
  message: "too long",
};
const good = { level: "good" } as Result;

/** A page around the actions, and a camera computer that notes what it is asked for. */
function page() {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...given: unknown[]) => {
      calls.push([name, ...given.filter((one) => one !== undefined).map((one) => JSON.stringify(one))].join(" "));
      return Promise.resolve({ name: "snapshot_001.tif", path: "/data/snapshot_001.tif" } as never);
    };
  const runtime: RunCalls = {
    start: note("start"),
    abort: note("abort"),
    giveUp: note("giveUp"),
    snap: note("snap"),
    saveSnapshot: note("saveSnapshot"),
    measureSpeed: note("measureSpeed"),
    executeTrigger: note("executeTrigger"),
  };
  const working = configurationWith({});
  const port = {
    isConnected: true,
    runtimeState: "Armed",
    permissions: { shutOut: null as string | null, refusal: (): string | null => null },
    runtime,
    draft: {
      errors: [] as Problem[],
      failure: null,
      pending: [],
      messageOf: ({ message }: Problem) => message,
      applied: working,
      working,
      idle: () => Promise.resolve(),
    },
    camera: {
      index: 0,
      stream: working.video[0],
      capabilities: undefined,
      nameAmongSeveral: null,
      follow: note("follow"),
    },
    viewer: { goLive: note("goLive"), closeDataset: note("closeDataset"), showSnap: note("showSnap") },
    results: { result: null as Result | null, snapshot: null as string | null },
    recorded: { configuration: null, again: () => working },
    replacement: {
      mayReplace: () => Promise.resolve<string[] | null>([]),
      mayDeleteForeign: () => Promise.resolve(true),
    },
    store: {
      isActive: false,
      place: "computer",
      begin() {
        return Promise.resolve(this.place);
      },
      started: note("started"),
      cancel: note("cancel"),
      stop: note("stopHere"),
    },
    framesInFlight: 7,
    editing: { load: note("load") },
    datasets: { refresh: note("refresh") },
    commitFocusedField: () => undefined,
    goToProblem: ({ path }: Problem) => note("goTo")(path),
    ask: () => Promise.resolve(true),
    say: (text: string) => void calls.push(`say ${text}`),
    announce: (text: string) => void calls.push(`announce ${text}`),
  };
  return { calls, port, actions: new RunActions(port as unknown as RunActionsPort) };
}

let scene: ReturnType<typeof page>;
beforeEach(() => (scene = page()));

describe("Record", () => {
  test("starts under the next names, and the canvas goes along", async () => {
    await scene.actions.record();
    expect(scene.calls).toEqual(['start {"record":true,"nextNames":true,"replaceForeignFiles":false}', "goLive"]);
    expect(scene.actions.pending).toBeNull();
  });

  test("refused, leads to the first problem", async () => {
    scene.port.draft.errors = [exposure];
    await scene.actions.record();
    expect(scene.calls).toEqual([`goTo "${exposure.path}"`]);
  });

  test("does nothing where what stands there is to be kept, and brings the last result back", async () => {
    scene.port.replacement.mayReplace = () => Promise.resolve(null);
    scene.port.results.result = good;
    await scene.actions.record();
    expect([scene.calls, scene.port.results.result]).toEqual([[], good]);
  });

  test("asks again where somebody put files there meanwhile", async () => {
    const { start } = scene.port.runtime;
    let tries = 0;
    scene.port.runtime.start = (options) =>
      tries++ === 0 ? Promise.reject(new ZarrcamError("foreign_files", "notes.txt lies in it")) : start(options);
    await scene.actions.record();
    expect(scene.calls[0]).toContain('"replaceForeignFiles":true');
  });

  test("says why it failed, until the next thing that works", async () => {
    scene.port.runtime.start = () => Promise.reject(new Error("disk full"));
    await scene.actions.record();
    expect([scene.actions.error, scene.calls]).toEqual(["disk full", ["say disk full"]]);
    scene.actions.stateChanged("Previewing");
    expect(scene.actions.error).toBeNull();
  });
});

describe("Live", () => {
  test("is the canvas's: it goes to the newest frame, and asks for a start where no camera runs", async () => {
    await scene.actions.live();
    expect(scene.calls).toEqual(["goLive", "follow"]);
    await scene.actions.startLive();
    expect(scene.calls.at(-1)).toBe('start {"record":false}');
  });

  test("says that it shows what was last applied, where the set-up is in error", () => {
    scene.port.runtimeState = "Previewing";
    expect(scene.actions.runsAsBefore).toBeNull();
    scene.port.draft.errors = [exposure];
    expect(scene.actions.runsAsBefore).toBe("Live: simulated: radial sin, as last applied");
  });
});

test("Snap shows one frame in place of a dataset", async () => {
  await scene.actions.snap();
  expect(scene.calls.map((call) => call.split(" ")[0])).toEqual(["snap", "closeDataset", "showSnap", "announce"]);
});

test("a TIFF is named, and the list is read again", async () => {
  await scene.actions.saveTiff();
  expect(scene.port.results.snapshot).toBe("snapshot_001.tif");
  expect(scene.calls.at(-1)).toBe("refresh");
});

test("a measurement that somebody ended is no failure", async () => {
  scene.port.runtime.measureSpeed = () => Promise.reject(new ZarrcamError("cancelled", "ended"));
  await scene.actions.measure();
  expect([scene.actions.error, scene.calls]).toEqual([null, ["say Measuring was ended before it was done"]]);
});

test("who may only look on is told so, and not sent to a problem", async () => {
  scene.port.permissions.refusal = () => "You are here to look on";
  scene.port.draft.errors = [exposure];
  await scene.actions.record();
  await scene.actions.stop();
  expect(scene.calls).toEqual(["announce You are here to look on", "announce You are here to look on"]);
});

test("whoever was sent away is told the way back; what this browser stores can be ended all the same", async () => {
  Object.assign(scene.port, { isConnected: false });
  scene.port.permissions.shutOut = "not let in any more";
  scene.port.permissions.refusal = () => "not let in any more";
  await scene.actions.record();
  scene.port.store.isActive = true;
  await scene.actions.stop();
  expect(scene.calls).toEqual(["announce not let in any more", "stopHere"]);
});

test("nothing is asked of a camera computer that is away", async () => {
  scene.port.isConnected = false;
  await scene.actions.stop();
  expect([scene.actions.state, scene.calls]).toEqual(["Closed", ["announce Not connected to the cameras"]]);
});
