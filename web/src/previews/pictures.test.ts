// The picture of a frame in the page is the bridge's, byte for byte.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { PixelType } from "@zarrcam/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type * as addon from "../../../native/node/index.d.ts";
import { hasCore, loadCore } from "../recorder/core.fixture.ts";
import { CorePreviews } from "./core-previews.ts";

const PIXEL_TYPES: PixelType[] = ["U8", "U16", "I8", "I16", "F32", "U10", "U12", "U14"];
const CAMERAS = ["simulated: radial sin", "simulated: uniform random"];
const SIZES = [
  { maxWidth: 8192, maxHeight: 8192 },
  { maxWidth: 40, maxHeight: 8192 },
  { maxWidth: 1, maxHeight: 1 },
  { maxWidth: 20, maxHeight: 20, region: { x: 11, y: 5, width: 47, height: 33 } },
  { maxWidth: 8192, maxHeight: 8192, region: { x: 90, y: 60, width: 500, height: 1 } },
];

describe.skipIf(!hasCore)("a picture in the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "zarrcam-pictures-"));
  let native: addon.NativeRuntime;
  const call = (method: string, params: object) => native.call(method, JSON.stringify(params));
  beforeAll(() => {
    const path = fileURLToPath(new URL("../../../native/node/zarrcam.node", import.meta.url));
    const { NativeRuntime } = createRequire(import.meta.url)(path) as typeof addon;
    native = new NativeRuntime(JSON.stringify({ data_dir: folder }), () => undefined);
  });
  afterAll(async () => {
    await native.close();
    rmSync(folder, { recursive: true });
  });

  test.each(PIXEL_TYPES.map((type, n) => [type, CAMERAS[n % 2] ?? ""] as const))(
    "is the native core's, byte for byte: %s, %s",
    async (pixelType, camera) => {
      const settings = { shape: [101, 67], pixel_type: pixelType };
      await call("set_configuration", {
        configuration: {
          video: [
            { camera: { identifier: { kind: "Camera", name: camera }, settings }, storage: {}, max_frame_count: 5 },
          ],
        },
      });
      await call("start", { record: false });
      await native.nextPreview(JSON.stringify({ stream: 0, max_width: 10, max_height: 10 }));
      await call("stop", {});
      // What the run left is the same for all who look.
      const frame = await native.nextFrame(0, null, 1);

      const core = await loadCore();
      const previews = new CorePreviews(core);
      const pixels = core.allocate(frame.data.length);
      core.view(pixels).set(frame.data);
      previews.offer({
        stream: 0,
        run: frame.runNumber,
        frameIndex: frame.frameIndex === null ? null : BigInt(frame.frameIndex),
        hardwareId: BigInt(frame.hardwareId),
        hardwareClockNs: frame.hardwareClockNs,
        unixNs: frame.unixNs,
        width: frame.width,
        height: frame.height,
        pixelType: frame.pixelType as PixelType,
        pixels,
      });
      for (const [n, size] of SIZES.entries()) previews.ask(7 + n, { stream: 0, ...size }, null);
      const { pictures, waitMs } = previews.next();
      expect([pictures.length, waitMs]).toEqual([SIZES.length, null]);
      for (const { subscription, message } of pictures) {
        const { maxWidth, maxHeight, region = null } = SIZES[subscription - 7] ?? { maxWidth: 0, maxHeight: 0 };
        const size = { max_width: maxWidth, max_height: maxHeight, region };
        const theirs = await native.nextPreview(JSON.stringify({ stream: 0, subscription, ended_run: true, ...size }));
        expect(Buffer.compare(theirs.data, message), `request ${subscription - 7}`).toBe(0);
      }
      previews.close();
      core.release(pixels);
    },
  );

  test("counts the frames between, and saved ones have their index", async () => {
    const core = await loadCore();
    const previews = new CorePreviews(core);
    const pixels = core.allocate(6);
    const offer = (n: number) =>
      previews.offer({
        ...{ stream: 2, run: 3, frameIndex: BigInt(n), hardwareId: 2n ** 60n, hardwareClockNs: 2n ** 63n, unixNs: 0n },
        ...{ width: 3, height: 2, pixelType: "U8", pixels },
      });
    for (let n = 0; n < 5; n++) offer(n);
    previews.ask(9, { stream: 2, maxWidth: 9, maxHeight: 9 }, 2, true);
    const [picture] = previews.next().pictures;
    const view = new DataView(picture?.message.buffer ?? new ArrayBuffer(0));
    expect([view.getBigUint64(64, true), view.getBigUint64(112, true)]).toEqual([4n, 2n]);
    expect([view.getBigUint64(56, true), view.getBigUint64(72, true)]).toEqual([2n ** 60n, 2n ** 63n]);
    expect(picture?.sequence).toBe(5);
    expect(() => {
      previews.offer({
        ...{ stream: 2, run: 3, frameIndex: null, hardwareId: 0n, hardwareClockNs: 0n, unixNs: 0n },
        ...{ width: 3, height: 3, pixelType: "U8", pixels },
      });
    }).toThrow("A frame of 3 x 3 px is 9 bytes, not 6.");
    previews.close();
  });
});
