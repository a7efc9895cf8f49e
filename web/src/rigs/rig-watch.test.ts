import type { ConnectionChange } from "@zarrcam/client/remote";
import type { Hello } from "@zarrcam/protocol";
import { expect, test, vi } from "vitest";
import { BarredError } from "../connection/bridge-access.ts";
import { type RigPort, type RigRuntime, RigWatch } from "./rig-watch.svelte.ts";

const RIG = "https://192.168.1.5:8421";

const stream = { camera: { identifier: { kind: "Camera", name: "a" } } };
const hello = {
  state: "Armed",
  rig_name: "Light sheet",
  configuration: { video: [stream] },
  stats: { state: "Armed", streams: [] },
  last_run: null,
} as unknown as Hello;

class FakeRig {
  listeners = new Map<string, (data: unknown) => void>();
  changed: (change: ConnectionChange) => void = () => undefined;
  subscribed: object[] = [];
  unsubscribed = 0;
  answers = true;

  readonly runtime = {
    hello,
    on: (event: string, listener: (data: unknown) => void) => void this.listeners.set(event, listener),
    onConnection: (listener: (change: ConnectionChange) => void) => void (this.changed = listener),
    call: () => (this.answers ? Promise.resolve({ state: "Armed" }) : new Promise(() => undefined)),
    validate: () => Promise.resolve({ disk_free_bytes: [7e11] }),
    subscribePreview: (request: object) => {
      this.subscribed.push(request);
      return Promise.resolve({ close: () => (this.unsubscribed++, Promise.resolve()) });
    },
    close: () => this.changed({ state: "closed", reason: null }),
  } as unknown as RigRuntime;
}

/** A clock that stands until it is moved. */
function made(rig: FakeRig, pass: RigPort["pass"] = () => Promise.resolve()) {
  let nowMs = 0;
  let waiting: { untilMs: number; go: () => void }[] = [];
  const port = {
    pass: vi.fn(pass),
    dial: vi.fn(() => Promise.resolve(rig.runtime)),
    wait: (ms: number) => new Promise<void>((go) => void waiting.push({ untilMs: nowMs + ms, go })),
    now: () => nowMs,
  };
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const pastMs = async (ms: number) => {
    const end = nowMs + ms;
    for (;;) {
      await settle();
      const next = Math.min(...waiting.map(({ untilMs }) => untilMs));
      if (next > end) break;
      nowMs = next;
      const due = waiting.filter(({ untilMs }) => untilMs <= next);
      waiting = waiting.filter(({ untilMs }) => untilMs > next);
      for (const { go } of due) go();
    }
    nowMs = end;
    await settle();
  };
  return { watch: new RigWatch(RIG, port, false), port, pastMs };
}

test("a rig tells its name, its state and its disk, and its pictures are asked for once", async () => {
  const rig = new FakeRig();
  const { watch, pastMs } = made(rig);
  await pastMs(0);
  expect([watch.condition, watch.state, watch.hello?.rig_name, watch.diskFreeBytes]).toEqual([
    "connected",
    "Armed",
    "Light sheet",
    7e11,
  ]);
  rig.listeners.get("configuration")?.({ configuration: { video: [stream] } });
  await pastMs(10_000);
  expect(rig.subscribed).toHaveLength(1);
  watch.end();
});

test("out of sight no pictures are asked for, and what is shown is of before", async () => {
  const rig = new FakeRig();
  const { watch, pastMs } = made(rig);
  await pastMs(0);
  watch.setInSight(false);
  await pastMs(0);
  expect([rig.unsubscribed, watch.isLive]).toEqual([1, false]);
  watch.setInSight(true);
  expect(rig.subscribed).toHaveLength(2);
  watch.end();
});

test("a rig that goes is out of reach at once, and is tried again, less and less often", async () => {
  const rig = new FakeRig();
  const { watch, port, pastMs } = made(rig);
  await pastMs(0);
  port.dial.mockRejectedValue(new Error("nobody"));
  rig.changed({ state: "closed", reason: null });
  await pastMs(0);
  expect(watch.condition).toMatchObject({ reason: "lost" });
  await pastMs(1000);
  expect(watch.condition).toMatchObject({ reason: "unreachable", text: "nobody" });
  port.dial.mockClear();
  await pastMs(60_000);
  expect(port.dial.mock.calls.length).toBeLessThan(8);
  expect(port.dial.mock.calls.length).toBeGreaterThan(3);
  port.dial.mockResolvedValue(rig.runtime);
  watch.retry();
  await pastMs(0);
  expect(watch.condition).toBe("connected");
  watch.end();
});

test("a rig that says nothing any more is out of reach within seconds", async () => {
  const rig = new FakeRig();
  const { watch, port, pastMs } = made(rig);
  await pastMs(5000);
  expect(watch.condition).toBe("connected");
  rig.answers = false;
  port.dial.mockReturnValue(new Promise(() => undefined));
  await pastMs(6500);
  expect(watch.condition).toMatchObject({ reason: "lost" });
  watch.end();
});

test("what bars the way is told, and by itself the browser asks nobody", async () => {
  const rig = new FakeRig();
  const never = new Promise<void>(() => undefined);
  let barrier: "unasked" | null = "unasked";
  const { watch, port, pastMs } = made(rig, () =>
    barrier ? Promise.reject(new BarredError(barrier, "press", never)) : Promise.resolve(),
  );
  await pastMs(20_000);
  expect(watch.condition).toMatchObject({ reason: "unasked", text: expect.stringContaining("then Allow") as string });
  expect(port.pass.mock.calls.every(([, { byUser }]) => !byUser)).toBe(true);
  barrier = null;
  watch.retry();
  await pastMs(0);
  expect(port.pass.mock.lastCall?.[1].byUser).toBe(true);
  expect(watch.condition).toBe("connected");
  watch.end();
});

test("one that is looked at no more ends its connection, also where that is only being made", async () => {
  const rig = new FakeRig();
  const { watch, pastMs } = made(rig);
  const close = vi.spyOn(rig.runtime, "close");
  watch.end();
  await pastMs(60_000);
  expect(close.mock.calls.length).toBeGreaterThan(0);
  expect(rig.subscribed).toEqual([]);
});
