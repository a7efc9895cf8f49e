// The runtime of a page by itself: real core, real run loop, files in memory with the rules of the browser's own storage.
import type { RunSummary, Stats, Validation } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";

import type { DrivenCamera } from "../cameras/drivers.ts";
import { SimulatedDriver } from "../cameras/simulated-driver.ts";
import { webcamCapabilities } from "../cameras/webcam/capabilities.ts";
import { BrowserPreviews } from "../previews/browser-previews.ts";
import { hasCore, loadCore } from "../recorder/core.fixture.ts";
import { MemoryTree } from "../recorder/memory-tree.fixture.ts";
import { MOST_DEEP } from "../recorder/shelf.ts";
import { FilesPlace } from "./datasets-place.ts";
import { LocalRuntime } from "./local-runtime.ts";
import type { FromRuntime } from "./messages.ts";
import { refusalOf } from "./refusal.ts";

interface Wanted {
  uri?: string;
  frames?: number;
  average?: number;
  intervalMs?: number;
  exposureMs?: number;
  device?: string;
  trigger?: boolean;
  overwrite?: boolean;
}

const SHAPE: [number, number] = [32, 16];

function stream({ uri = "run.zarr", frames = 6, device = "ZarrV3", ...wanted }: Wanted = {}) {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    ...{ name, kind, array_size_px, chunk_size_px, shard_size_chunks: 0 },
  });
  const frame_start = { enable: wanted.trigger ?? false, line: 0, kind: "Input", edge: "Rising" };
  return {
    camera: {
      identifier: { id: [0, 1], kind: "Camera", name: "simulated: radial sin" },
      settings: {
        ...{ shape: SHAPE, pixel_type: "U8", exposure_time_us: (wanted.exposureMs ?? 0) * 1e3 },
        ...(wanted.trigger ? { input_triggers: { frame_start } } : {}),
      },
    },
    storage: {
      identifier: { id: [1, 0], kind: "Storage", name: device },
      settings: {
        uri,
        overwrite: wanted.overwrite ?? false,
        acquisition_dimensions:
          device === "trash"
            ? []
            : [
                dimension("x", "Space", SHAPE[0], 32),
                dimension("y", "Space", SHAPE[1], 16),
                dimension("c", "Channel", 2, 1),
                dimension("t", "Time", 0, 2),
              ],
      },
    },
    max_frame_count: frames,
    ...(wanted.average ? { frame_average_count: wanted.average } : {}),
    ...(wanted.intervalMs ? { time_point_interval_us: wanted.intervalMs * 1e3 } : {}),
  };
}

async function rig({
  tree = new MemoryTree(),
  kept = null,
  freeBytes = null,
}: { tree?: MemoryTree; kept?: unknown; freeBytes?: number | null } = {}) {
  const core = await loadCore();
  const events: FromRuntime[] = [];
  const plugged: DrivenCamera[] = [];
  let changed = (): void => undefined;
  const names = () => [...new Set([...tree.files.keys()].map((path) => /^\/(.*?\.zarr)\//.exec(path)?.[1] ?? path))];
  const locked = new Set<string>();
  const place = new FilesPlace(
    tree,
    () => Promise.resolve({ names: names(), free_bytes: freeBytes }),
    (path) => {
      if (locked.has(path)) return Promise.reject(new Error(`${path} is being written by another tab or window.`));
      locked.add(path);
      return Promise.resolve(() => void locked.delete(path));
    },
  );
  const runtime = await LocalRuntime.open({
    ...{ core, version: "test", place, lack: null, kept, pictures: new BrowserPreviews(core) },
    drivers: [new SimulatedDriver(core)],
    learnCameras: () => Promise.resolve(core.call<void>("set_cameras", { cameras: plugged })),
    watchCameras: (told) => {
      changed = told;
      return Promise.resolve();
    },
    remark: null,
    emit: (event) => events.push(event),
  });
  const set = (...video: object[]) => runtime.call("set_configuration", { configuration: { video } });
  const record = async (how: object = {}) => {
    await runtime.call("start", { record: true, ...how });
    return (await runtime.call("stop", {})) as RunSummary;
  };
  const refused = (call: Promise<unknown>) => call.then(() => null, refusalOf);
  const text = (path: string) => new TextDecoder().decode(tree.contents(path) ?? undefined);
  const rows = (name: string) => text(`/${name}/0/.zarrcam/frames.csv`).trim().split("\n").slice(1);
  const plug = (name: string) => {
    const device = { identifier: { id: [8, 0] as [number, number], kind: "Camera" as const, name } };
    const told = { ...device, description: "", exclusive: true, plays_file: false };
    plugged.push({ device: told, capabilities: webcamCapabilities("gray", { can: null, is: null }), obstacle: null });
    changed();
  };
  return { runtime, core, tree, events, set, record, refused, text, rows, locked, plug };
}

describe.skipIf(!hasCore)("the runtime of a page", () => {
  test("begins with what could record at once, and with what was kept", async () => {
    const { runtime } = await rig();
    const { configuration, state, devices, revision } = await runtime.hello();
    expect([state, configuration.video.length]).toEqual(["Armed", 1]);
    expect(devices.map(({ identifier }) => identifier.name)).toContain("simulated: radial sin");
    expect(devices.map(({ identifier }) => identifier.name)).not.toContain("tiff");
    expect(revision).toBeGreaterThan(0);
    const kept = { video: [stream({ uri: "kept.zarr" })] };
    expect((await (await rig({ kept })).runtime.hello()).configuration.video[0]?.storage.settings.uri).toBe(
      "kept.zarr",
    );
    // What can never be is not taken up again.
    const broken = { video: [{ ...stream(), frame_period_us: -1 }] };
    expect((await (await rig({ kept: broken })).runtime.hello()).configuration.video[0]?.frame_period_us).not.toBe(-1);
  });

  test("tells of a camera that comes, which may be chosen from then on", async () => {
    const { set, events, refused, plug } = await rig();
    const chosen = stream({ device: "trash" });
    chosen.camera = {
      identifier: { id: [8, 0], kind: "Camera", name: "webcam gray: Integrated" },
      settings: { shape: [640, 480], pixel_type: "U8", exposure_time_us: 0 },
    };
    expect((await refused(set(chosen)))?.code).toBe("invalid_configuration");
    events.length = 0;
    plug("webcam gray: Integrated");
    await expect.poll(() => events.at(-1)).toMatchObject({ event: "devices" });
    const [told] = events;
    const names = told?.event === "devices" ? told.devices.map(({ identifier }) => identifier.name) : [];
    expect(names).toEqual(expect.arrayContaining(["simulated: radial sin", "webcam gray: Integrated"]));
    await set(chosen);
  });

  test("refuses a document with all that is wrong with it, and an older revision", async () => {
    const { runtime, set, refused } = await rig();
    const wrong = { ...stream(), frame_period_us: -1, max_frame_count: -3 };
    const refusal = await refused(set(wrong));
    expect(refusal?.code).toBe("invalid_configuration");
    expect(refusal?.problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["video[0].frame_period_us", "video[0].max_frame_count"]),
    );
    const before = ((await runtime.call("get_configuration", {})) as { revision: number }).revision;
    await set(stream());
    const stale = await refused(
      runtime.call("set_configuration", { configuration: { video: [stream()] }, revision: before }),
    );
    expect(stale?.code).toBe("stale_revision");
  });

  test("knows which names are taken, and how much is free", async () => {
    const { runtime, set, record } = await rig({ freeBytes: 100_000 });
    await set(stream({ frames: 1 }));
    await record();
    const validate = async (document: object) =>
      (await runtime.call("validate", { configuration: { video: [document] }, store_here: true })) as Validation;
    const taken = await validate(stream({ frames: 1 }));
    expect(taken.refusal?.code).toBe("exists");
    expect(taken.problems.find(({ code }) => code === "exists")?.fix?.value).toBe("run_002.zarr");
    expect(taken.disk_free_bytes).toEqual([100_000]);
    const full = await validate(stream({ uri: "big.zarr", frames: 1000 }));
    expect(full.problems.find(({ code }) => code === "disk_full")?.severity).toBe("warning");
    const outside = await validate(stream({ uri: "../b.zarr" }));
    expect(outside.problems.find(({ code }) => code === "outside")?.fix?.value).toBe("b.zarr");
    expect(await runtime.call("next_name", { uri: "run.zarr", taken: ["run_002.zarr"] })).toEqual({
      name: "run_003.zarr",
    });
  });

  test("records into folders, as deep as the list looks, and into no dataset", async () => {
    const { runtime, set, record, rows } = await rig();
    await set(stream({ uri: "day1/run.zarr" }));
    expect((await record({ next_names: true })).streams[0]?.path).toBe("/day1/run.zarr");
    expect(rows("day1/run.zarr")).toHaveLength(6);
    const validate = async (wanted: Wanted) =>
      (await runtime.call("validate", { configuration: { video: [stream(wanted)] } })) as Validation;
    const codes = async (wanted: Wanted) => (await validate(wanted)).problems.map(({ code }) => code);
    expect(await codes({ uri: "day1/run.zarr" })).toEqual(["exists"]);
    expect(await codes({ uri: "day1/run.zarr/more.zarr" })).toEqual(["in_dataset"]);
    // A folder of datasets is not replaced, whatever is said.
    const [folder] = (await validate({ uri: "day1", overwrite: true })).problems;
    expect(folder).toMatchObject({
      code: "exists",
      message: expect.stringContaining("day1/run.zarr in this browser") as string,
    });
    const deep = (parts: number) => `${"a/".repeat(parts - 1)}run.zarr`;
    expect(await codes({ uri: deep(MOST_DEEP) })).toEqual([]);
    expect(await codes({ uri: deep(MOST_DEEP + 1) })).toEqual(["outside"]);
  });

  test("judges a camera computer's document for this browser by the same words", async () => {
    const { core } = await rig();
    const check = (uri: string, overwrite = false) => {
      const params = {
        configuration: { video: [stream({ uri, overwrite })] },
        shelf: { names: ["run.zarr", "day1/run.zarr"], free_bytes: null },
      };
      const { problems, names } = core.call<Validation & { names: string[] }>("check_bridge_run", params);
      return { name: names[0], problems: problems.map(({ code, fix }) => [code, fix?.value ?? null]) };
    };
    expect(check("new.zarr")).toEqual({ name: "new.zarr", problems: [] });
    expect(check("run.zarr")).toEqual({ name: "run.zarr", problems: [["exists", "run_002.zarr"]] });
    expect(check("day1/run.zarr")).toEqual({ name: "day1/run.zarr", problems: [["exists", "day1/run_002.zarr"]] });
    expect(check("day2/run.zarr")).toEqual({ name: "day2/run.zarr", problems: [] });
    // A place of the camera computer alone: the dataset is called here what it is called there.
    expect(check("/data/run.zarr")).toEqual({ name: "run.zarr", problems: [["exists", "/data/run_002.zarr"]] });
    expect(check("~/new.zarr").name).toBe("new.zarr");
    expect(check("run.zarr", true).problems).toEqual([["overwrite", null]]);
  });

  test("records, tells of it as the bridge does, and counts the names on", async () => {
    const { runtime, set, record, events, rows } = await rig();
    await set(stream(), stream({ uri: "other.zarr" }));
    events.length = 0;
    const summary = await record({ next_names: true });
    expect(summary).toMatchObject({
      complete: true,
      streams: [
        { path: "/run.zarr", frames_stored: 6, end: { kind: "complete" }, ledger: { captured: 6, stored: 6 } },
        { path: "/other.zarr", frames_stored: 6 },
      ],
    });
    expect(rows("run.zarr").filter((row) => row.endsWith("stored"))).toHaveLength(6);
    const told = events.map(({ event }) => event);
    expect(told[0]).toBe("state");
    expect(told.slice(-3)).toEqual(["run_ended", "configuration", "state"]);
    expect(told).toEqual(expect.arrayContaining(["published", "stats"]));
    const uris = (await runtime.hello()).configuration.video.map(({ storage }) => storage.settings.uri);
    expect(uris).toEqual(["run_002.zarr", "other_002.zarr"]);
    expect((await runtime.hello()).last_run?.run_id).toBe(summary.run_id);
    expect((await record()).streams[0]?.path).toBe("/run_002.zarr");
  });

  test("refuses a name that is taken, and replaces where it is told to", async () => {
    const { runtime, set, record, refused, rows, locked } = await rig();
    await set(stream());
    await record();
    expect((await refused(runtime.call("start", { record: true })))?.code).toBe("exists");
    const another = stream({ overwrite: true, frames: 4 });
    // A start that fails leaves what it would have replaced.
    await set(another, stream({ uri: "locked.zarr" }));
    locked.add("/locked.zarr");
    expect((await refused(runtime.call("start", { record: true })))?.message).toContain("another tab");
    expect(rows("run.zarr")).toHaveLength(6);
    await set(another);
    await record();
    expect(rows("run.zarr")).toHaveLength(4);
  });

  test("stores means of frames, and time points at their interval", async () => {
    const { set, record, rows, text } = await rig();
    await set(stream({ average: 3, frames: 12, intervalMs: 100 }));
    const began = performance.now();
    const summary = await record();
    expect(performance.now() - began).toBeGreaterThan(90);
    expect(summary.streams[0]).toMatchObject({ frames_stored: 4, ledger: { captured: 12, stored: 12, dropped: 0 } });
    expect((JSON.parse(text("/run.zarr/0/zarr.json")) as { data_type: string }).data_type).toBe("float32");
    expect(rows("run.zarr").filter((row) => row.endsWith("stored"))).toHaveLength(4);
  });

  test("stops where there is no end, gives up, and waits for triggers", async () => {
    const { runtime, set, record } = await rig();
    const endless = { ...stream({ exposureMs: 2 }), max_frame_count: 18446744073709551615 };
    await set(endless);
    await runtime.call("start", { record: true });
    await expect
      .poll(async () => ((await runtime.call("get_stats", {})) as Stats).streams[0]?.ledger.stored)
      .toBeGreaterThan(3);
    const stopped = (await runtime.call("stop", {})) as RunSummary;
    expect(stopped.streams[0]).toMatchObject({ end: { kind: "stopped" }, ledger: { in_flight: 0, dropped: 0 } });

    await set(stream({ uri: "triggered.zarr", frames: 2, trigger: true }));
    await runtime.call("start", { record: true });
    await expect
      .poll(async () => ((await runtime.call("get_stats", {})) as Stats).streams[0]?.state_of_stream)
      .toBe("waiting_for_trigger");
    await runtime.call("execute_trigger", { stream: 0 });
    await runtime.call("execute_trigger", { stream: 0 });
    expect(((await runtime.call("stop", {})) as RunSummary).streams[0]?.frames_stored).toBe(2);

    await set(stream({ uri: "trash", device: "trash", frames: 3 }));
    expect((await record()).streams[0]).toMatchObject({ path: null, ledger: { stored: 3 } });
  });

  test("a preview records nothing, and makes room for other settings", async () => {
    const { runtime, set, refused, tree } = await rig();
    await set(stream({ exposureMs: 2 }));
    await runtime.call("start", { record: false });
    expect((await refused(runtime.call("start", { record: false })))?.message).toBe("The preview is running already.");
    const first = (await runtime.call("get_stats", {})) as Stats;
    expect([first.state, first.run_id]).toEqual(["Previewing", null]);
    await set(stream({ exposureMs: 3 }));
    const second = (await runtime.call("get_stats", {})) as Stats;
    expect([second.state, second.run_number]).toEqual(["Previewing", (first.run_number ?? 0) + 1]);
    await runtime.call("stop", {});
    expect((await runtime.call("get_state", {})) as object).toEqual({ state: "Armed" });
    expect(tree.files.size).toBe(0);
  });

  test("a snap is one picture of the frame as the camera gives it, at rest and in a preview", async () => {
    const { runtime, set, events } = await rig();
    await set(stream({ exposureMs: 2 }));
    events.length = 0;
    const width = async () => new DataView((await runtime.snap(0)).buffer).getUint32(24, true);
    expect(await width()).toBe(SHAPE[0]);
    expect(events).toEqual([]);
    await runtime.call("start", { record: false });
    expect(await width()).toBe(SHAPE[0]);
    expect(await runtime.call("get_state", {})).toEqual({ state: "Previewing" });
    await runtime.call("stop", {});
  });

  test("what cannot be stored is lost, counted and said, and the files are let go", async () => {
    const tree = new MemoryTree(20_000);
    const { runtime, set, events, locked, core } = await rig({ tree });
    await set({ ...stream(), max_frame_count: 10_000 });
    await runtime.call("start", { record: true });
    const failed = await runtime.call("stop", {}).then(() => null, refusalOf);
    expect([failed?.code, failed?.message]).toEqual(["storage", expect.stringContaining("the disk is full")]);
    const ended = events.find((event) => event.event === "run_ended");
    const ledger = ended?.event === "run_ended" ? ended.streams[0]?.ledger : undefined;
    expect(ledger?.captured).toBe((ledger?.stored ?? 0) + (ledger?.dropped ?? 0));
    expect(ledger?.dropped).toBeGreaterThan(0);
    expect([locked.size, core.files.count]).toEqual([0, 0]);
  });

  test("a start that fails leaves nothing behind", async () => {
    const { runtime, set, refused, tree, locked } = await rig();
    await set(stream(), stream({ uri: "locked.zarr" }));
    locked.add("/locked.zarr");
    expect((await refused(runtime.call("start", { record: true })))?.message).toContain("another tab");
    expect([...tree.files.keys()]).toEqual([]);
    expect([...locked]).toEqual(["/locked.zarr"]);
    expect((await runtime.call("get_state", {})) as object).toEqual({ state: "Armed" });
  });
});
