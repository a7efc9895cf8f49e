import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { RendererChoice } from "../core/renderer-choice.ts";
import { type GpuAbsence, GpuUnavailableError } from "../render/gpu.ts";
import { Backends, type Device } from "./backends.ts";
import type { Backend } from "./messages.ts";

class FakeDevice implements Device {
  destroyed = false;
  end: (why: GpuAbsence) => void = () => undefined;
  readonly ended = new Promise<GpuAbsence>((resolve) => (this.end = resolve));
  destroy(): void {
    this.destroyed = true;
  }
}

type Answer = FakeDevice | GpuAbsence | "silence" | Promise<FakeDevice>;
const missing: GpuAbsence = { reason: "No adapter.", remedy: "Switch it on.", missing: true };
const lost: GpuAbsence = { reason: "The device was lost.", remedy: "" };

/** Answers in turn, the last one for ever. */
function backends(...answers: Answer[]) {
  const asked: { choice: RendererChoice; atMs: number }[] = [];
  const told: Backend[] = [];
  const all = new Backends<FakeDevice>(
    (choice) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] as Answer;
      asked.push({ choice, atMs: performance.now() });
      if (answer === "silence") return new Promise(() => undefined);
      if (answer instanceof FakeDevice || answer instanceof Promise) return Promise.resolve(answer);
      return Promise.reject(new GpuUnavailableError(answer));
    },
    (backend) => told.push(backend),
  );
  const kinds = () => told.map(({ kind }) => kind);
  return { all, asked, told, kinds };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

it("takes an adapter that was not there at opening, once it is", async () => {
  const device = new FakeDevice();
  const { all, asked, told, kinds } = backends(missing, missing, device);
  all.choose("auto");
  await pass(0);
  expect(told).toEqual([{ kind: "canvas2d", absence: missing, generation: 1 }]);
  await pass(1000);
  expect([asked.length, told.length]).toEqual([2, 1]);
  await pass(2000);
  expect([all.gpu, kinds()]).toEqual([device, ["canvas2d", "webgpu"]]);
  await pass(1e6);
  expect(asked.length).toBe(3);
});

it("asks less and less often, and at once when the page is in sight again; not in one moment twice", async () => {
  const { all, asked } = backends(missing);
  all.choose("auto");
  await pass(10_000_000);
  const rests = asked.slice(1).map(({ atMs }, at) => atMs - (asked[at]?.atMs ?? 0));
  expect(rests.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
  expect(Math.max(...rests)).toBe(300_000);
  const before = asked.length;
  for (let times = 0; times < 20; times++) all.wake();
  await pass(0);
  expect(asked.length - before).toBeLessThanOrEqual(1);
  await pass(600);
  all.wake();
  await pass(0);
  expect(asked.length - before).toBeGreaterThanOrEqual(1);
});

it("does not ask a browser again that has no WebGPU, nor one that has given a device", async () => {
  const none = backends({ reason: "This browser has no WebGPU.", remedy: "", lasting: true });
  none.all.choose("auto");
  await pass(1e7);
  none.all.wake();
  await pass(1e7);
  expect(none.asked.length).toBe(1);
  const one = backends(new FakeDevice());
  one.all.choose("auto");
  await pass(1000);
  one.all.wake();
  await pass(1000);
  expect([one.asked.length, one.kinds()]).toEqual([1, ["webgpu"]]);
});

it("says that a reload may help where the browser gives a device that was lost not back, and goes on asking", async () => {
  const [first, second, third] = [new FakeDevice(), new FakeDevice(), new FakeDevice()];
  const { all, told, kinds } = backends(first, second, missing, missing, third);
  all.choose("webgpu");
  await pass(0);
  first.end(lost);
  await pass(0);
  expect(told.at(-1)?.absence?.remedy).toMatch(/asked for again by itself/);
  await pass(1000);
  expect(all.gpu).toBe(second);
  second.end(lost);
  await pass(2000);
  expect(told.at(-1)?.absence?.reason).toBe(lost.reason);
  expect(told.at(-1)?.absence?.remedy).toMatch(/a reload of the page/);
  const generation = told.at(-1)?.generation ?? 0;
  // The canvas of the moment of loss may never reach the screen: once, another is made. No word is said twice.
  await pass(3999);
  expect(told.at(-1)?.generation).toBe(generation + 1);
  const words = told.length;
  await pass(1);
  expect(told.length).toBe(words);
  await pass(8000);
  expect([all.gpu, kinds().at(-1)]).toEqual([third, "webgpu"]);
  expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([true, true, false]);
});

it("takes a device that is lost while it comes, or is destroyed by whomever, as lost", async () => {
  const [dying, next] = [new FakeDevice(), new FakeDevice()];
  dying.end({ reason: "The graphics device was lost.", remedy: "" });
  const { all, kinds } = backends(dying, next);
  all.choose("auto");
  await pass(0);
  expect(kinds()).toEqual(["webgpu", "canvas2d"]);
  await pass(1000);
  expect(all.gpu).toBe(next);
  // The last ended on its own account: nobody is told of a device that is no longer in force.
  all.refuse(dying, lost);
  expect(all.gpu).toBe(next);
});

it("draws meanwhile where the browser does not answer, asks again, and takes what comes late", async () => {
  const late = new FakeDevice();
  let answer: (device: FakeDevice) => void = () => undefined;
  const { all, asked, told } = backends(new Promise<FakeDevice>((resolve) => (answer = resolve)), "silence");
  all.choose("auto");
  await pass(2000);
  expect(told.map(({ kind }) => kind)).toEqual(["canvas2d"]);
  expect(told[0]?.absence?.reason).toMatch(/not answered/);
  await pass(60_000);
  expect(asked.length).toBeGreaterThan(1);
  answer(late);
  await pass(0);
  expect([all.gpu, told.at(-1)?.kind]).toEqual([late, "webgpu"]);
  // Those that are still silent then have nothing more to say.
  await pass(1e6);
  expect([all.gpu, told.at(-1)?.kind]).toEqual([late, "webgpu"]);
});

it("keeps one device of several that come", async () => {
  const [one, two] = [new FakeDevice(), new FakeDevice()];
  let answer: (device: FakeDevice) => void = () => undefined;
  const { all } = backends(new Promise<FakeDevice>((resolve) => (answer = resolve)), one);
  all.choose("auto");
  await pass(12_000);
  expect(all.gpu).toBe(one);
  answer(two);
  await pass(0);
  expect([all.gpu, one.destroyed, two.destroyed]).toEqual([one, false, true]);
});

it("forgets what was asked for another choice", async () => {
  const device = new FakeDevice();
  let answer: (device: FakeDevice) => void = () => undefined;
  const { all, told } = backends(new Promise<FakeDevice>((resolve) => (answer = resolve)));
  all.choose("auto");
  all.choose("canvas2d");
  answer(device);
  await pass(1e6);
  expect([all.gpu, device.destroyed, told]).toEqual([null, true, [{ kind: "canvas2d", absence: null, generation: 1 }]]);
});

it("makes another 2-D canvas where one is of no use, and none where WebGPU draws", async () => {
  const { all, told } = backends(missing);
  all.choose("auto");
  await pass(0);
  all.renew();
  expect(told.map(({ generation }) => generation)).toEqual([1, 2]);
  const gpu = backends(new FakeDevice());
  gpu.all.choose("auto");
  await pass(0);
  gpu.all.renew();
  expect(gpu.told.length).toBe(1);
});
