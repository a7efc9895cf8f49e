// Who looks at cameras of the page: both ends of the port, and the core between them.
import type { PreviewRequest } from "@zarrcam/client/remote";
import type { PreviewFrame } from "@zarrcam/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Buffer, Core } from "../recorder/core.ts";
import { hasCore, loadCore } from "../recorder/core.fixture.ts";
import { BrowserPreviews } from "./browser-previews.ts";
import type { Load } from "./core-previews.ts";
import { PortPreviews } from "./port-previews.ts";

const [WIDTH, HEIGHT] = [32, 16];
const REQUEST: PreviewRequest = { stream: 0, maxWidth: 8, maxHeight: 8 };

/** Whose turn had to be waited for has had it, and messages between ports have gone to and fro, however busy the machine is. */
async function arrived(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

describe.skipIf(!hasCore)("pictures of cameras in the page", () => {
  let core: Core;
  let previews: BrowserPreviews;
  let looking: PortPreviews;
  let pixels: Buffer;
  beforeEach(async () => {
    core = await loadCore();
    previews = new BrowserPreviews(core);
    const { port1, port2 } = new MessageChannel();
    previews.connect(port1);
    looking = new PortPreviews(port2);
    pixels = core.allocate(WIDTH * HEIGHT);
  });
  afterEach(() => {
    looking.close();
    previews.close();
  });

  /** A frame of one value, as the run loop gives it. */
  function offer(value: number, { load = "free", run = 1 }: { load?: Load; run?: number } = {}): void {
    previews.withdraw(0);
    core.view(pixels).fill(value);
    previews.offer(
      {
        ...{ stream: 0, run, frameIndex: null, hardwareId: BigInt(value), hardwareClockNs: 0n },
        unixNs: BigInt(Date.now()) * 1_000_000n,
        ...{ width: WIDTH, height: HEIGHT, pixelType: "U8", pixels },
      },
      load,
    );
  }

  /** What has come, and how the credit of the oldest goes back. */
  async function look(request: PreviewRequest = REQUEST) {
    const seen: PreviewFrame[] = [];
    const taken: (() => void)[] = [];
    const subscription = await looking.subscribePreview(request, (frame) => {
      seen.push(frame);
      return new Promise<void>((resolve) => taken.push(resolve));
    });
    await arrived();
    return { seen, taken, subscription, values: () => seen.map(({ pixels: [first] }) => first) };
  }

  test("begin with the frame that is there, and go on with the newest when there is credit", async () => {
    offer(1);
    const { seen, taken, values } = await look();
    expect(seen[0]?.header).toMatchObject({ width: 8, height: 4, frameWidth: WIDTH, skipped: 0, run: 1 });
    for (const value of [2, 3, 4]) offer(value);
    await arrived();
    expect(values()).toEqual([1]);
    taken.shift()?.();
    await arrived();
    expect([values(), seen[1]?.header.skipped]).toEqual([[1, 4], 2]);
  });

  test("of a frame that has gone there are none", async () => {
    offer(1);
    previews.withdraw(0);
    core.view(pixels).fill(99);
    const { values } = await look();
    expect(values()).toEqual([]);
    offer(2);
    await arrived();
    expect(values()).toEqual([2]);
  });

  test("who asks for another size gets the same frame once more", async () => {
    const { seen, taken, subscription } = await look();
    offer(5);
    await arrived();
    await subscription.update({ maxWidth: 32, maxHeight: 32, region: { x: 4, y: 4, width: 8, height: 8 } });
    await arrived();
    // There is no credit for a second one before the first was shown.
    expect(seen).toHaveLength(1);
    taken.shift()?.();
    await arrived();
    expect(seen[1]?.header).toMatchObject({ width: 8, height: 8, hardwareFrameId: 5, skipped: 0 });
  });

  test("the last frame of a run stays, for who asks for it", async () => {
    previews.begin();
    offer(6);
    previews.end(0);
    core.view(pixels).fill(0);
    const none = await look();
    expect(none.values()).toEqual([]);
    const late = await look({ ...REQUEST, endedRun: true });
    expect(late.values()).toEqual([6]);
    late.taken.shift()?.();
    await arrived();
    await late.subscription.update({ maxWidth: 4, maxHeight: 4 });
    await arrived();
    expect(late.seen[1]?.header).toMatchObject({ width: 4, skipped: 0 });
    previews.begin();
    const after = await look({ ...REQUEST, endedRun: true });
    expect(after.values()).toEqual([]);
    offer(7, { run: 2 });
    await arrived();
    expect(after.values()).toEqual([7]);
  });

  test("a closed subscription gets nothing, and who never acknowledges four at most", async () => {
    const { values, subscription } = await look();
    const closed = await look();
    await closed.subscription.close();
    await arrived();
    for (let value = 1; value < 50; value++) {
      offer(value);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await arrived();
    expect(values().length).toBeLessThanOrEqual(4);
    expect(closed.values()).toEqual([]);
    await subscription.close();
  });

  test("a single picture is of the next frame, at full size, and out of turn", async () => {
    offer(1);
    const snapped = previews.snap(0);
    offer(2, { load: "losing" });
    const message = await snapped;
    expect(new DataView(message?.buffer ?? new ArrayBuffer(0)).getUint32(24, true)).toBe(WIDTH);
    expect(message?.at(-1)).toBe(2);
    const none = previews.snap(0);
    previews.cancelSnaps();
    expect(await none).toBeNull();
  });

  test("give way to storage", async () => {
    const seen: number[] = [];
    await looking.subscribePreview(REQUEST, (frame) => void seen.push(frame.pixels[0] ?? 0));
    await arrived();
    const until = performance.now() + 1500;
    for (let value = 0; performance.now() < until; value = (value + 1) % 250) {
      offer(value, { load: { frames: 60, capacity: 64 } });
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    // Half as many every 100 ms, down to 6 a second.
    expect(seen.length).toBeLessThan(30);
    expect(previews.limitPerS).toBe(6);
  });

  test("where nobody looks the core is not asked", async () => {
    const offered = vi.spyOn(core, "ask");
    for (let value = 0; value < 100; value++) offer(value);
    expect(offered).not.toHaveBeenCalled();
    const { values, subscription } = await look();
    expect(values()).toEqual([99]);
    await subscription.close();
    await arrived();
    offered.mockClear();
    offer(1);
    expect(offered).not.toHaveBeenCalled();
  });
});
