import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Configuration } from "@zarrcam/protocol";
import { describe, expect, test } from "vitest";

import { InvalidConfigurationError, NativeRuntime, RunStateError, StaleRevisionError } from "../src/native.ts";
import { type SmallOptions, smallDocument, withFolder } from "./small-document.ts";

function withRuntime<T>(work: (runtime: NativeRuntime, folder: string) => Promise<T>): Promise<T> {
  return withFolder(async (dataDir) => {
    await using runtime = new NativeRuntime({ dataDir });
    return await work(runtime, dataDir);
  });
}
const configured = (options: SmallOptions, work: (runtime: NativeRuntime, folder: string) => Promise<unknown>) =>
  withRuntime(async (runtime, folder) => {
    await runtime.setConfiguration(smallDocument(options));
    await work(runtime, folder);
  });
const execute = promisify(execFile);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("devices", () => {
  test("select takes a case-insensitive expression for the whole name", () =>
    withRuntime(async (runtime) => {
      const manager = runtime.deviceManager();
      expect(await manager.select("Camera", "SIMULATED: radial.*")).toMatchObject({ name: "simulated: radial sin" });
      expect(await manager.select("Camera", "radial")).toBeNull();
      expect(await manager.select("Camera")).toMatchObject({ kind: "Camera" });
      expect(await manager.selectOneOf("Storage", ["NoSuch", "ZarrV3"])).toMatchObject({ name: "ZarrV3" });
      expect(await manager.selectOneOf("Storage", ["NoSuch"])).toBeNull();
    }));
  test("can be listed by kind", () =>
    withRuntime(async (runtime) => {
      const [all, cameras, storage] = await Promise.all([
        runtime.devices(),
        runtime.devices("Camera"),
        runtime.devices("Storage"),
      ]);
      expect(all).toHaveLength(cameras.length + storage.length);
      expect(storage).toHaveLength(10);
    }));
});

describe("configuration", () => {
  test("what is applied comes back, with a revision that everybody is told", () =>
    withRuntime(async (runtime) => {
      const told: unknown[] = [];
      runtime.on("configuration", ({ revision, changed_by }) => told.push({ revision, changed_by }));
      const before = await runtime.getRevision();
      const applied = await runtime.setConfiguration(smallDocument(), { changedBy: "a test" });
      expect(applied.revision).toBe(before.revision + 1);
      expect(applied.configuration.video[0]).toMatchObject({ max_frame_count: 30, frame_average_count: 0 });
      expect(await runtime.getConfiguration()).toEqual(applied.configuration);
      await sleep(0);
      expect(told).toEqual([{ revision: applied.revision, changed_by: "a test" }]);
    }));

  test("all problems come at once, with their paths", () =>
    withRuntime(async (runtime) => {
      const wrong = smallDocument({ camera: "simulated: radial sine", storage: "ZarrV4" });
      const refused = runtime.setConfiguration(wrong);
      await expect(refused).rejects.toBeInstanceOf(InvalidConfigurationError);
      const { problems } = (await refused.catch(
        (error: InvalidConfigurationError) => error,
      )) as InvalidConfigurationError;
      expect(problems.map(({ path }) => path)).toEqual(
        expect.arrayContaining(["video[0].camera.identifier.name", "video[0].storage.identifier.name"]),
      );
    }));

  test.each([[null], [3], ["text"], [[]], [{ video: 3 }], [{ video: [null] }], [{ streams: [] }]])(
    "%j is refused",
    (document) =>
      withRuntime(async (runtime) => {
        await expect(runtime.setConfiguration(document as unknown as Configuration)).rejects.toMatchObject({
          code: "invalid_configuration",
        });
      }),
  );

  test("a write on an old revision is refused and told what changed", () =>
    withRuntime(async (runtime) => {
      const { revision } = await runtime.setConfiguration(smallDocument());
      await runtime.setConfiguration(smallDocument({ frames: 31 }), { revision });
      const stale = runtime.setConfiguration(smallDocument({ frames: 32 }), { revision });
      await expect(stale).rejects.toBeInstanceOf(StaleRevisionError);
      await expect(stale).rejects.toMatchObject({ problems: [{ path: "video[0].max_frame_count" }] });
    }));

  test("a plan says what would be written, and nothing is", () =>
    withRuntime(async (runtime, folder) => {
      const { plans, problems } = await runtime.validate(smallDocument());
      expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(plans[0]).toMatchObject({ shape: [30, 48, 64], frames: 30 });
      expect(await readdir(folder)).toEqual([]);
    }));

  test("capabilities are those of each stream", () =>
    configured({}, async (runtime) => {
      const { video } = await runtime.getCapabilities();
      expect(video[0]).toMatchObject({
        camera: { binning: [1, 2, 4, 8] },
        storage: { chunking: true, sharding: true },
      });
    }));
});

describe("a run", () => {
  test("stores its frames and says so", () =>
    configured({}, async (runtime, folder) => {
      const states: string[] = [];
      runtime.on("state", ({ state }) => states.push(state));
      const published = runtime.events("published");
      const { runId } = await runtime.start();
      const summary = await runtime.stop();
      expect(summary).toMatchObject({ run_id: runId, complete: true });
      const { ledger, path } = summary.streams[0]!;
      expect(ledger).toMatchObject({ captured: 30, stored: 30, dropped: 0, in_flight: 0, array_frames: 30 });
      expect(path).toBe(join(folder, "out.zarr"));
      expect(states).toEqual(["Running", "Armed"]);
      expect((await published.next()).value).toMatchObject({ dataset: "out.zarr", run_id: runId, stream: 0 });
      expect(JSON.parse(await readFile(join(folder, "out.zarr/0/zarr.json"), "utf8"))).toMatchObject({
        shape: [30, 48, 64],
      });
      expect(await runtime.getLosses(0)).toEqual({ total: 0, from: 0, ranges: [], captured_end: null });
      expect(await runtime.listDatasets()).toMatchObject([{ name: "out.zarr", state: "closed", frames_stored: 30 }]);
      expect(await runtime.getDatasetInfo("out.zarr")).toMatchObject({ shape: [30, 48, 64], dtype: "uint8" });
    }));

  test("a start while one runs is refused, and the run goes on", () =>
    configured({ frames: 100 }, async (runtime) => {
      await runtime.start();
      await expect(runtime.start()).rejects.toBeInstanceOf(RunStateError);
      await expect(runtime.setConfiguration(smallDocument({ frames: 3 }))).rejects.toMatchObject({
        code: "already_running",
      });
      expect((await runtime.stop()).streams[0]!.ledger.stored).toBe(100);
    }));

  test("the event loop runs while stop waits", () =>
    configured({ frames: 100, exposure_time_us: 5000 }, async (runtime) => {
      await runtime.start();
      let ticks = 0;
      const clock = setInterval(() => (ticks += 1), 10);
      await runtime.stop();
      clearInterval(clock);
      expect(ticks).toBeGreaterThan(5);
    }));

  test("abort ends it now and stores what was captured", () =>
    configured({ frames: 2 ** 53 }, async (runtime) => {
      await runtime.start();
      await sleep(200);
      const { ledger } = (await runtime.abort()).streams[0]!;
      expect(ledger.stored).toBeGreaterThan(0);
      expect(ledger).toMatchObject({ captured: ledger.stored, dropped: 0, in_flight: 0 });
      expect(await runtime.getState()).toBe("Armed");
    }));

  test("giving up counts what was not stored", () =>
    configured({ frames: 2 ** 53, write_delay_ms: 200 }, async (runtime) => {
      await runtime.start();
      await sleep(500);
      const { ledger } = (await runtime.giveUp()).streams[0]!;
      expect(ledger.dropped).toBeGreaterThan(0);
      expect(ledger).toMatchObject({ captured: ledger.stored + ledger.dropped, in_flight: 0 });
    }));

  test("without recording nothing is written, and recording begins from there", () =>
    configured({ frames: 20 }, async (runtime, folder) => {
      await runtime.start({ record: false });
      expect(await runtime.getState()).toBe("Previewing");
      await sleep(100);
      expect(await readdir(folder)).toEqual([]);
      await runtime.start();
      expect(await runtime.getState()).toBe("Running");
      expect((await runtime.stop()).streams[0]!.ledger.stored).toBe(20);
    }));

  test("a trigger gives one frame, and without a run is refused", () =>
    configured(
      {
        frames: 2 ** 53,
        camera_settings: { input_triggers: { frame_start: { enable: true, line: 0, kind: "Input", edge: "Rising" } } },
      },
      async (runtime) => {
        await expect(runtime.executeTrigger(0)).rejects.toMatchObject({ code: "not_running" });
        await runtime.start();
        for (let count = 0; count < 3; count++) {
          await runtime.executeTrigger(0);
          while ((await runtime.getStats()).streams[0]!.ledger.stored <= count) await sleep(5);
        }
        await sleep(50);
        expect((await runtime.abort()).streams[0]!.ledger).toMatchObject({ captured: 3, stored: 3 });
      },
    ));

  test.each(["stop", "abort", "giveUp"] as const)("%s without a run does nothing", (call) =>
    configured({}, async (runtime) => {
      expect(await runtime[call]()).toMatchObject({ complete: true, streams: [] });
      expect(await runtime.getState()).toBe("Armed");
    }),
  );

  test("a trigger that the camera does not wait for is refused", () =>
    configured({}, async (runtime) => {
      await expect(runtime.executeTrigger(0)).rejects.toMatchObject({ code: "trigger_refused" });
    }));

  test("a stream that is not there is an error", () =>
    configured({}, async (runtime) => {
      await expect(runtime.snap(5)).rejects.toMatchObject({ code: "unknown_stream" });
      await expect(runtime.getLosses(5)).rejects.toMatchObject({ code: "unknown_stream" });
    }));

  test("what exists is not replaced, unless asked", () =>
    configured({}, async (runtime) => {
      await runtime.start();
      await runtime.stop();
      await expect(runtime.setConfiguration(smallDocument()).then(() => runtime.start())).rejects.toSatisfy(
        ({ code, problems }: InvalidConfigurationError) =>
          code === "exists" || problems.some((problem) => problem.code === "exists"),
      );
      const again = smallDocument({ frames: 7 });
      again.video[0]!.storage.settings.overwrite = true;
      await runtime.setConfiguration(again);
      await runtime.start();
      expect((await runtime.stop()).streams[0]!.ledger.stored).toBe(7);
    }));
});

describe("looking at frames", () => {
  test("a preview carries the frame, its histogram and its id", () =>
    configured({ camera: "simulated: radial sin", frames: 2 ** 53, exposure_time_us: 5000 }, async (runtime) => {
      await runtime.start({ record: false });
      let last = -1;
      for await (const { header, histogram, pixels } of runtime.previews({ stream: 0, maxWidth: 32, maxHeight: 32 })) {
        expect(header).toMatchObject({
          stream: 0,
          width: 32,
          height: 24,
          frameWidth: 64,
          frameHeight: 48,
          scale: 2,
          reduction: "mean",
          frameIndex: null,
        });
        expect(header.hardwareFrameId).toBeGreaterThan(last);
        last = header.hardwareFrameId;
        expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(64 * 48);
        expect(pixels).toHaveLength(32 * 24);
        if (header.hardwareFrameId > 3 && last > 0) break;
      }
      await runtime.abort();
    }));

  test("an observer gets whole frames and holds up nothing", () =>
    configured({ frames: 60, exposure_time_us: 3000 }, async (runtime) => {
      await runtime.start();
      const ids: number[] = [];
      for await (const frame of runtime.getAvailableData(0)) {
        expect(frame.pixels).toHaveLength(64 * 48);
        expect(frame.pixelType).toBe("U8");
        ids.push(frame.hardwareFrameId);
        if (ids.length === 5) break;
        await sleep(20);
      }
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect((await runtime.stop()).streams[0]!.ledger).toMatchObject({ stored: 60, dropped: 0 });
    }));

  test("an observer ends with its signal, though no frame comes", () =>
    configured({}, async (runtime) => {
      const leaving = new AbortController();
      const frame = runtime.getAvailableData(0, { signal: leaving.signal }).next();
      await sleep(20);
      leaving.abort();
      expect(await frame).toEqual({ done: true, value: undefined });
    }));

  test("speed is measured beside the target, and stop ends it", () =>
    configured({ exposure_time_us: 10_000, write_delay_ms: 40 }, async (runtime, folder) => {
      expect(await runtime.getSpeed()).toBeNull();
      const report = await runtime.measureSpeed();
      expect(report).toMatchObject({ streams: [{ stream: 0, name: "Camera 1", asked_fps: 100 }] });
      expect(report.streams[0]!.stored_fps).toBeLessThan(26);
      expect(report.configuration).toEqual(await runtime.getConfiguration());
      expect(await runtime.getSpeed()).toEqual(report);
      const refused = expect(runtime.measureSpeed()).rejects.toMatchObject({ code: "cancelled" });
      await sleep(200);
      expect(await runtime.getState()).toBe("Measuring");
      await runtime.abort();
      await refused;
      expect(await readdir(folder)).toEqual([]);
    }));

  test("a snap is one frame, unsaved; a snapshot is a TIFF that nothing replaces", () =>
    configured({}, async (runtime, folder) => {
      const { header, pixels } = await runtime.snap();
      expect(header).toMatchObject({ width: 64, height: 48, scale: 1, frameIndex: null });
      expect(pixels).toHaveLength(64 * 48);
      expect(await readdir(folder)).toEqual([]);
      expect(await runtime.saveSnapshot()).toEqual({
        name: "snapshot_001.tif",
        path: join(folder, "snapshot_001.tif"),
      });
      expect((await runtime.saveSnapshot()).name).toBe("snapshot_002.tif");
      const file = await readFile(join(folder, "snapshot_001.tif"));
      expect(file.subarray(0, 4).toString("latin1")).toBe("II*\0");
      await expect(runtime.saveSnapshot(0, "snapshot_001.tif")).rejects.toMatchObject({ code: "exists" });
      for (const name of ["../a.tif", "a/b.tif", ".tif", "a.txt", "C:a.tif"]) {
        await expect(runtime.saveSnapshot(0, name)).rejects.toMatchObject({ code: "invalid_params" });
      }
    }));

  test("closing ends every wait", () =>
    withFolder(async (dataDir) => {
      const runtime = new NativeRuntime({ dataDir });
      await runtime.setConfiguration(smallDocument());
      const preview = runtime.previews({ stream: 0, maxWidth: 8, maxHeight: 8 }).next();
      const frame = runtime.getAvailableData(0).next();
      const event = runtime.events("run_ended").next();
      await sleep(20);
      await runtime.close();
      expect(await frame).toMatchObject({ done: true });
      expect(await event).toMatchObject({ done: true });
      expect(await preview).toMatchObject({ done: true });
      await expect(runtime.start()).rejects.toMatchObject({ code: "closed" });
    }));
});

test("fifty cycles of start and stop leave threads, handles and memory as they were", { timeout: 60_000 }, () =>
  withFolder(async (folder) => {
    const script = fileURLToPath(new URL("./cycles.ts", import.meta.url));
    const args = ["--expose-gc", "--import", import.meta.resolve("tsx"), script, folder];
    const { stdout } = await execute(process.execPath, args);
    type Figures = { threads: number; handles: number; kB: number };
    const { before, after } = JSON.parse(stdout) as Record<"before" | "after", Figures>;
    expect(await readdir(folder)).toHaveLength(60);
    expect(after.threads).toBe(before.threads);
    expect(after.handles).toBe(before.handles);
    expect(after.kB - before.kB).toBeLessThanOrEqual(8 * 1024);
  }),
);
