// Control over the wire: two who were paired, one who may look, and the camera computer.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { AuditPage, ControlState, MethodName } from "@zarrcam/protocol";
import { methods, needsControl } from "@zarrcam/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { LanBridge, hasOther } from "./lan-bridge.ts";
import { RawClient } from "./raw-client.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

let folder: string;
let runtime: ScriptedRuntime;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-control-"));
  runtime = new ScriptedRuntime(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => null,
    ({ data, message }: { data: { code: string }; message: string }) => ({ code: data.code, message }),
  );
const told = (client: RawClient) => client.notifications("control").at(-1) as ControlState | undefined;

test("methods that need control are those that touch cameras, configuration or run", () => {
  const needing = (Object.keys(methods) as MethodName[]).filter((name) => needsControl(name, methods[name].role));
  expect(needing.sort()).toEqual([
    "execute_trigger",
    "give_up",
    "measure_speed",
    "save_snapshot",
    "set_configuration",
    "snap",
    "start",
  ]);
});

describe("on the camera computer alone", () => {
  let bridge: Bridge;
  beforeEach(async () => {
    bridge = await startBridge({ runtime: runtime.asHost(), port: 0, pageDir: null, version: "test" });
  });
  afterEach(() => bridge.close());

  test("scripts and pages work side by side, and nothing is logged", async () => {
    const [one, other] = [await RawClient.open(bridge), await RawClient.open(bridge)];
    for (const client of [one, other, one]) await client.call("set_configuration", { configuration: {} });
    const me = { id: "this_computer", name: "Camera computer" };
    expect(one.notifications("hello")[0]).toMatchObject({ control: { holder: null, controllers: [me], ended: null } });
    expect(told(other)).toMatchObject({ holder: me, requests: [] });
    expect(await one.call("access.audit")).toMatchObject({ entries: [], path: null });
    await one.close();
    await other.close();
  });
});

describe.skipIf(!hasOther)("with others", () => {
  let lan: LanBridge;
  let anna: RawClient;
  let ben: RawClient;
  let ids: { anna: string; ben: string };
  let clock: { aheadMs: number };
  beforeEach(async () => {
    clock = { aheadMs: 0 };
    await mkdir(join(folder, "state"));
    lan = await LanBridge.start(runtime.asHost(), {
      stateDir: join(folder, "state"),
      controlClock: () => performance.timeOrigin + performance.now() + clock.aheadMs,
    });
    const [a, b] = [await lan.pairScript("control", "Anna"), await lan.pairScript("control", "Ben")];
    ids = { anna: a.id, ben: b.id };
    anna = await lan.socket(a);
    ben = await lan.socket(b);
  });
  afterEach(() => lan.close());
  const change = (client: RawClient) => client.call("set_configuration", { configuration: {} });

  test("one at a time, and who is refused learns who, how long and the way", async () => {
    await change(anna);
    await ben.until(() => told(ben)?.holder?.name === "Anna");
    expect(await refusal(change(ben))).toEqual({
      code: "not_in_control",
      message: expect.stringMatching(
        /^Anna has control, for 0 s\. Request control \(control\.request\)\. Stop works without it\.$/,
      ) as string,
    });
    expect((await refusal(lan.admin.call("start", { record: true })))?.message).toContain("or take it (control.take)");
    // A call whose parameters are wrong takes nothing, and Stop is everybody's.
    expect((await refusal(ben.call("abort")))?.code).toBe("internal");
    expect((await refusal(ben.call("control.take")))?.code).toBe("forbidden");
    expect(told(ben)?.holder?.name).toBe("Anna");
    const guest = await lan.socket(await lan.pairScript("observe", "Guest"));
    for (const method of ["start", "stop", "control.request", "control.keep"])
      expect((await refusal(guest.call(method)))?.code).toBe("forbidden");
    expect(guest.notifications("hello")[0]).toMatchObject({ control: { holder: { name: "Anna" } } });
    expect(told(anna)?.controllers.map(({ name }) => name)).not.toContain("Guest");
  });

  test("asked for, kept, handed over, taken", async () => {
    await change(anna);
    expect(await ben.call("control.request")).toMatchObject({ holder: { name: "Anna" }, requests: [{ name: "Ben" }] });
    await anna.until(() => told(anna)?.requests.length === 1);
    expect((await refusal(ben.call("control.refuse", { id: ids.ben })))?.code).toBe("not_in_control");
    expect(await anna.call("control.refuse", { id: ids.ben })).toMatchObject({ requests: [] });
    expect((await refusal(anna.call("control.hand_over", { to: "nobody" })))?.code).toBe("invalid_params");
    expect(await anna.call("control.hand_over", { to: ids.ben })).toMatchObject({ holder: { name: "Ben" } });
    expect((await refusal(change(anna)))?.message).toContain("You had it until 0 s ago: you handed it over.");
    await lan.admin.call("control.take");
    await ben.until(() => told(ben)?.ended?.how === "taken");
    expect(ben.notifications("log").map(({ message }) => message)).toContain("Camera computer took control from Ben.");
    expect((await refusal(change(ben)))?.message).toContain("Camera computer took it");
    expect(await lan.admin.call("control.release")).toMatchObject({ holder: null });
    await change(anna);
  });

  test("silence ends it where its connection has gone, too", async () => {
    await change(anna);
    await anna.close();
    await ben.until(() => told(ben)?.controllers.every(({ name }) => name !== "Anna") ?? false);
    expect((await refusal(change(ben)))?.code).toBe("not_in_control");
    clock.aheadMs += 60_000;
    await lan.admin.call("control.keep");
    await ben.until(() => told(ben)?.holder === null);
    expect(told(ben)?.ended).toMatchObject({ name: "Anna", how: "silence", to: null });
    await change(ben);
  });

  test("who is revoked, or may only look, loses it at once, connected or not", async () => {
    await change(anna);
    await ben.call("control.request");
    await lan.admin.call("access.set_role", { id: ids.anna, role: "observe" });
    await ben.until(() => told(ben)?.holder?.name === "Ben");
    expect(told(ben)?.ended).toMatchObject({ name: "Anna", how: "revoked", to: "Ben" });
    await ben.close();
    await lan.admin.call("access.revoke", { id: ids.ben });
    await anna.until(() => told(anna)?.holder === null);
  });

  test("the audit log has who, what and from where, of what was refused, too, and nothing secret", async () => {
    await change(anna);
    await refusal(change(ben));
    await refusal(ben.call("control.take"));
    await lan.admin.call("control.take");
    await anna.close();
    for (let times = 0; times < 20; times++) await lan.ask("/data/secret-name");
    const { entries, path, problem } = await lan.admin.call<AuditPage>("access.audit", { count: 1000 });
    const lines = entries.reverse().map(({ name, action, refused = "" }) => `${name} ${action} ${refused}`.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        "Anna connect",
        "Anna control.began",
        "Anna set_configuration",
        "Ben set_configuration not_in_control",
        "Ben control.take forbidden",
        "Anna control.ended",
        "Camera computer control.began",
        "Camera computer control.take",
      ]),
    );
    expect(entries.find(({ action }) => action === "set_configuration")?.address).toMatch(/^127\.0\.0\.\d+$/);
    expect(entries.find(({ action }) => action === "GET /data/{name}/…")).toMatchObject({ id: null, refused: "401" });
    expect(entries.length).toBeLessThan(30);
    expect([path, problem]).toEqual([join(folder, "state", "audit.jsonl"), null]);
    await lan.close();
    const text = await readFile(join(folder, "state", "audit.jsonl"), "utf8");
    expect(text).toContain('"disconnect"');
    expect(text).not.toContain("secret-name");
    expect(text).not.toMatch(/[\w-]{22}\.[\w-]{43}|Bearer|token"/);
  });
});
