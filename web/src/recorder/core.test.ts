// The core of the page beside the addon: the same answers to the same questions, and the same pictures.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { DEFAULT_CONFIGURATION, EXAMPLES, STORAGE_DEVICES, type Validation } from "@zarrcam/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type * as addon from "../../../native/node/index.d.ts";
import { SimulatedCamera } from "../cameras/simulated-camera.ts";
import { type Core, CoreError } from "./core.ts";
import { coreBytes, hasCore, hasZstd, loadCore } from "./core.fixture.ts";

const PIXEL_TYPES = ["U8", "U10", "U12", "U14", "U16", "I8", "I16", "F32"];
const zarrDevices = STORAGE_DEVICES.filter(({ format }) => format.startsWith("zarr")).map(({ name }) => name);

describe.skipIf(!hasCore)("the core for the browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "zarrcam-core-"));
  let core: Core;
  let native: addon.NativeRuntime;
  beforeAll(async () => {
    core = await loadCore();
    const path = fileURLToPath(new URL("../../../native/node/zarrcam.node", import.meta.url));
    const { NativeRuntime } = createRequire(import.meta.url)(path) as typeof addon;
    native = new NativeRuntime(JSON.stringify({ data_dir: folder }), () => undefined);
  });
  afterAll(async () => {
    await native.close();
    rmSync(folder, { recursive: true });
  });
  const ask = async <T>(method: string, params: object): Promise<T> =>
    JSON.parse(await native.call(method, JSON.stringify(params))) as T;

  test("is no larger than 1 MB on its way", () => {
    expect(gzipSync(coreBytes()).length).toBeLessThan(1_000_000);
  });

  test("begins with the bridge's document", () => {
    expect(core.call("default_configuration")).toEqual(DEFAULT_CONFIGURATION);
  });

  /** What depends on the machine: memory on its cores, and what stands on its disk. */
  const withoutMachine = ({ problems, plans, resolved }: Validation) => ({
    problems: problems.filter(({ code }) => code !== "disk_full"),
    resolved,
    plans: plans.map((plan) => plan && { ...plan, memory_bound_bytes: null }),
  });
  async function expectSame(configuration: object): Promise<void> {
    const expected = withoutMachine(await ask<Validation>("validate", { configuration }));
    expect(withoutMachine(core.call("validate", { configuration }))).toEqual(expected);
  }

  test.each(EXAMPLES.filter(({ id }) => id !== "tiff"))("says of $id what the addon says", ({ configuration }) =>
    expectSame(configuration),
  );

  const dimension = fc.record({
    name: fc.constantFrom("x", "y", "z", "c", "t", ""),
    kind: fc.constantFrom("Space", "Channel", "Time", "Other"),
    array_size_px: fc.integer({ min: 0, max: 3000 }),
    chunk_size_px: fc.integer({ min: 0, max: 3000 }),
    shard_size_chunks: fc.integer({ min: 0, max: 4 }),
  });
  const anyDocument = fc.record({
    video: fc.array(
      fc.record({
        camera: fc.record({
          identifier: fc.record({
            kind: fc.constantFrom("Camera", "Storage"),
            name: fc.constantFrom("simulated: radial sin", "simulated: uniform random"),
          }),
          settings: fc.record({
            shape: fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 3000 })),
            pixel_type: fc.constantFrom(...PIXEL_TYPES),
            // So slow that no machine is too slow for it.
            exposure_time_us: fc.constantFrom(9e5, 2e6),
            binning: fc.constantFrom(1, 2, 3),
          }),
        }),
        storage: fc.record({
          identifier: fc.record({ kind: fc.constant("Storage"), name: fc.constantFrom(...zarrDevices) }),
          settings: fc.record(
            {
              uri: fc.constantFrom("a.zarr", "b.zarr"),
              acquisition_dimensions: fc.array(dimension, { maxLength: 5 }),
              multiscale: fc.record({
                method: fc.constantFrom("mean", "max"),
                max_levels: fc.integer({ min: 0, max: 4 }),
              }),
              compression: fc.record({
                codec: fc.constantFrom("none", hasZstd ? "zstd" : "blosc-lz4", "blosc-lz4", "lzma"),
                level: fc.integer({ min: -2, max: 23 }),
                shuffle: fc.constantFrom("none", "byte", "bit"),
              }),
              unknown_field: fc.constant(1),
            },
            { requiredKeys: ["uri"] },
          ),
        }),
        max_frame_count: fc.constantFrom(0, 1, 100, 1e6),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  });

  test("says of any document what the addon says", () =>
    fc.assert(fc.asyncProperty(anyDocument, expectSame), { numRuns: 100 }));

  test("suggests the bridge's layouts", async () => {
    const { configuration } = EXAMPLES[1] ?? { configuration: DEFAULT_CONFIGURATION };
    await ask("set_configuration", { configuration });
    for (const use of ["planes", "time_courses", "cloud"])
      expect(core.call("suggest", { configuration, stream: 0, use })).toEqual(await ask("suggest", { stream: 0, use }));
  });

  test("says why it refuses", () => {
    const refused = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        if (error instanceof CoreError) return error;
      }
      throw new Error("it was accepted");
    };
    const stream = refused(() =>
      core.call("suggest", { configuration: DEFAULT_CONFIGURATION, stream: 7, use: "planes" }),
    );
    expect([stream.code, stream.message]).toEqual(["invalid_params", "The configuration has no stream 7; it has 1."]);
    expect(refused(() => core.call("no_such_call")).code).toBe("invalid_params");
    const camera = refused(() => new SimulatedCamera(core, "simulated: empty", { shape: [0, 5] }, 0));
    expect([camera.code, camera.path]).toEqual(["camera", "shape[0]"]);
  });

  test.each(
    ["uniform random", "radial sin", "empty"].flatMap((kind) => PIXEL_TYPES.map((type) => [kind, type] as const)),
  )("shows what the camera computer's %s shows, %s", async (kind, pixelType) => {
    const frames = 3;
    const name = `simulated: ${kind}`;
    const settings = { shape: [67, 41] as [number, number], pixel_type: pixelType as "U8", exposure_time_us: 7000 };
    const uri = `${kind}-${pixelType}.raw`;
    const stream = {
      camera: { identifier: { kind: "Camera", name }, settings },
      storage: { identifier: { kind: "Storage", name: "raw" }, settings: { uri } },
      max_frame_count: frames,
    };
    await ask("set_configuration", { configuration: { video: [stream] } });
    await ask("start", { record: true });
    await ask("stop", {});
    const expected = readFileSync(join(folder, uri));

    const camera = new SimulatedCamera(core, name, settings, 0);
    const buffer = core.allocate(camera.frameBytes);
    const shown: Uint8Array[] = [];
    camera.start();
    while (shown.length < frames) {
      const polled = camera.poll();
      if (polled.kind === "exposed") {
        expect(polled.stamp).toEqual({ hardwareId: BigInt(shown.length), hardwareClockNs: BigInt(shown.length * 7e6) });
        camera.read(buffer);
        shown.push(core.view(buffer).slice());
      } else await new Promise((resolve) => setTimeout(resolve, 1));
    }
    camera.close();
    core.release(buffer);
    expect(Buffer.concat(shown).equals(expected)).toBe(true);
  });
});
