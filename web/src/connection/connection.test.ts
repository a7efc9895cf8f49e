import { NotPairedError, type RemoteRuntime } from "@zarrcam/client/remote";
import type { Configuration, Hello, RuntimeState, Stats } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BarredError } from "./bridge-access.ts";
import { Connection, type ConnectionListener } from "./connection.svelte.ts";

const stats = (state: RuntimeState, runId: string | null = null) =>
  ({ state, run_id: runId, streams: [] }) as unknown as Stats;
const hello = (change: Partial<Hello> = {}) =>
  ({
    version: "1",
    data_dir: "/data",
    client: "page-1",
    devices: [],
    configuration: { video: [] },
    revision: 3,
    state: "Armed",
    stats: stats("Armed"),
    log: [],
    ...change,
  }) as unknown as Hello;

/** A bridge that says what a test lets it say. */
class FakeRuntime {
  hello = hello();
  heard: Record<string, (data: never) => void> = {};
  asked: string[] = [];
  on = (event: string, listener: (data: never) => void) => void (this.heard[event] = listener);
  onHello = (listener: (data: never) => void) => void (this.heard["hello"] = listener);
  onConnection = (listener: (data: never) => void) => void (this.heard["connection"] = listener);
  bridge = { on: this.on };
  setConfiguration(configuration: Configuration, { revision }: { revision: number }) {
    this.asked.push("set_configuration");
    const applied = { configuration, revision: revision + 1 };
    this.say("configuration", { ...applied, changed_by: "page-1" });
    return Promise.resolve({ ...applied, capabilities: { video: [null] }, validation: { problems: [] } });
  }
  getCapabilities() {
    this.asked.push("capabilities");
    return Promise.resolve({ video: [] });
  }
  say(event: string, data: unknown): void {
    this.heard[event]?.(data as never);
  }
}

let bridge: FakeRuntime;
let said: string[];
let heard: string[];
let connection: Connection;

beforeEach(async () => {
  bridge = new FakeRuntime();
  said = [];
  heard = [];
  const listener: ConnectionListener = {
    hello: (_, before) => void heard.push(`hello after ${before === null ? "nothing" : before.revision}`),
    configuration: ({ revision }) => void heard.push(`configuration ${revision}`),
    state: (state, before) => void heard.push(`${before} to ${state}`),
    you: ({ role }, before) => void heard.push(`${before?.role ?? "nobody"} to ${role}`),
    accessChanged: () => void heard.push("access"),
    devices: () => void heard.push("devices"),
    stats: () => undefined,
    speed: () => undefined,
    runEnded: () => undefined,
    log: () => undefined,
    control: () => undefined,
  };
  const dial = () => Promise.resolve(bridge as unknown as RemoteRuntime);
  connection = new Connection("ws://127.0.0.1:8421/ws", { dial, say: (_, text) => said.push(text) }, listener);
  await connection.connect();
});
afterEach(() => vi.useRealTimers());

test("what the camera computer says is held in one place, before anybody hears it", () => {
  expect(connection.isConnected).toBe(true);
  expect(connection.bridge).toMatchObject({ dataDir: "/data", client: "page-1", runtimeState: "Armed" });
  expect(connection.bridge.applied?.revision).toBe(3);
  expect(heard).toEqual(["hello after nothing", "Closed to Armed"]);
});

test("a state comes once, whether it is told by itself or with statistics", () => {
  bridge.say("stats", stats("Running", "a"));
  bridge.say("state", { state: "Running" });
  expect(heard.slice(2)).toEqual(["Armed to Running"]);
  expect(connection.bridge).toMatchObject({ isRecording: true, stats: { run_id: "a" } });
});

test("a configuration that was overtaken on its way is not in force", () => {
  bridge.say("configuration", { configuration: { video: [] }, revision: 5, changed_by: "cli" });
  bridge.say("configuration", { configuration: { video: [] }, revision: 4, changed_by: "cli" });
  expect(connection.bridge.applied?.revision).toBe(5);
});

test("a write of this page is one call, with all that is shown of it; after one of somebody else the devices are asked", async () => {
  bridge.asked = [];
  const change = await connection.setConfiguration({ video: [] }, 3);
  expect([bridge.asked, change.revision]).toEqual([["set_configuration"], 4]);
  expect(connection.bridge).toMatchObject({ applied: { revision: 4 }, capabilities: { video: [null] } });
  bridge.say("configuration", { configuration: { video: [] }, revision: 5, changed_by: "cli" });
  await Promise.resolve();
  expect(bridge.asked).toEqual(["set_configuration", "capabilities"]);
});

test("cameras that came, or can do something else now, are known at once", () => {
  bridge.asked = [];
  const devices = [{ identifier: { id: [8, 0], kind: "Camera", name: "webcam gray: Integrated" } }];
  bridge.say("devices", { devices });
  expect([connection.bridge.devices, bridge.asked, heard.at(-1)]).toEqual([devices, ["capabilities"], "devices"]);
});

test("a broken connection says why, and the next one is no first one", () => {
  bridge.say("state", { state: "Running" });
  bridge.say("connection", { state: "reconnecting", reason: new Error("The bridge went away.") });
  expect([connection.state, connection.isConnected]).toEqual(["reconnecting", false]);
  expect(connection.reason).toContain("The bridge went away. This page tries again by itself");
  expect(said[0]).toContain("A recording goes on without this page.");
  bridge.say("connection", { state: "connected" });
  bridge.say("hello", hello({ revision: 1, state: "Previewing", stats: stats("Previewing") }));
  expect([connection.state, connection.reason, connection.bridge.applied?.revision]).toEqual(["connected", null, 1]);
  expect(said[1]).toMatch(/Connected again after \d+ s. The camera computer says: live, not saved./);
  expect(heard).toContain("hello after 3");
});

test("what this page may do is told once more when it changes", () => {
  bridge.say("hello", hello({ you: { id: "1", name: "tablet", role: "observe", kind: "device" } }));
  expect(connection.bridge.you?.role).toBe("observe");
  bridge.say("you", { id: "1", name: "tablet", role: "control", kind: "device" });
  bridge.say("access", {});
  expect([connection.bridge.you?.role, ...heard.slice(-2)]).toEqual(["control", "observe to control", "access"]);
});

test("a page that is not let in any more keeps what it knows, says so, and tries no more", async () => {
  bridge.say("connection", { state: "closed", reason: new NotPairedError("4401") });
  expect([connection.state, connection.isConnected]).toEqual(["shut_out", false]);
  expect(connection.reason).toContain("does not let this browser in any more");
  expect(said.at(-1)).toBe(connection.reason);
  expect(connection.bridge.applied?.revision).toBe(3);
  let tries = 0;
  const dial = () => Promise.reject(new NotPairedError(`try ${(tries += 1)}`));
  const late = new Connection("wss://rig/ws", { dial, say: () => undefined }, {} as ConnectionListener);
  await late.connect();
  expect([late.state, tries]).toEqual(["shut_out", 1]);
});

test("it is tried again until somebody answers", async () => {
  vi.useFakeTimers();
  let tries = 0;
  const dial = () =>
    tries++ === 0 ? Promise.reject(new Error("refused")) : Promise.resolve(bridge as unknown as RemoteRuntime);
  const silent = Object.fromEntries(
    ["hello", "configuration", "you", "accessChanged", "devices", "state", "stats", "speed", "runEnded", "log"].map(
      (name) => [name, () => undefined],
    ),
  ) as unknown as ConnectionListener;
  const late = new Connection("ws://127.0.0.1:1/ws", { dial, say: () => undefined }, silent);
  const connected = late.connect();
  await vi.advanceTimersByTimeAsync(100);
  expect(late.reason).toContain("does not answer at 127.0.0.1:1");
  await vi.advanceTimersByTimeAsync(2000);
  await connected;
  expect([late.state, tries]).toEqual(["connected", 2]);
  expect(new Connection(null, { dial, say: () => undefined }, silent).state).toBe("absent");
  expect(() => new Connection("ws://x/ws", { dial, say: () => undefined }, silent).required).toThrow("not connected");
});

test("what must be allowed first is said, and it goes on when it was", async () => {
  let allow = (): void => undefined;
  const again = new Promise<void>((resolve) => (allow = resolve));
  let tries = 0;
  const dial = () =>
    tries++ === 0
      ? Promise.reject(new BarredError("denied", "This browser does not let this site through.", again))
      : Promise.resolve(bridge as unknown as RemoteRuntime);
  const silent = Object.fromEntries(
    ["hello", "configuration", "you", "accessChanged", "devices", "state", "stats", "speed", "runEnded", "log"].map(
      (name) => [name, () => undefined],
    ),
  ) as unknown as ConnectionListener;
  const barred = new Connection("ws://127.0.0.1:1/ws", { dial, say: () => undefined }, silent);
  const connected = barred.connect();
  await vi.waitFor(() => expect(barred.state).toBe("barred"));
  expect(barred.reason).toBe("This browser does not let this site through.");
  allow();
  await connected;
  expect([barred.state, barred.reason, tries]).toEqual(["connected", null, 2]);
});
