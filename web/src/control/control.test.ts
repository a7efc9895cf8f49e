import type { ControlState, You } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { Control } from "./control.svelte.ts";
import { AWAY_MS, UserPresence } from "./user-presence.ts";

const [anna, ben] = [
  { id: "a", name: "Anna" },
  { id: "this_computer", name: "Camera computer" },
];
const you = (kind: You["kind"], role: You["role"] = "control"): You =>
  kind === "this_computer" ? { ...ben, role: "admin", kind } : { ...anna, role, kind };

function scene(who: You | null, parts: Partial<ControlState> = {}) {
  const clock = { ms: 0, visible: true };
  const calls: string[] = [];
  const said: string[] = [];
  const port = {
    you: who,
    controlState: {
      unix_ms: 0,
      holder: null,
      requests: [],
      controllers: [],
      ended: null,
      ...parts,
    } as ControlState | null,
    isConnected: true,
    callControl: (method: string, params: object) => {
      calls.push(`${method} ${JSON.stringify(params)}`);
      return Promise.reject(new Error("Anna has control."));
    },
    say: (text: string) => void said.push(text),
  };
  const presence = new UserPresence(
    () => clock.ms,
    () => clock.visible,
  );
  return { control: new Control(port, presence), presence, port, calls, said, clock };
}
const held = (by: typeof anna) => ({ ...by, since_unix_ms: 0, active_unix_ms: 0 });

test("nothing of it is shown where only the camera computer is", () => {
  expect(scene(null).control.isShared).toBe(false);
  expect(scene(you("this_computer"), { controllers: [ben], holder: held(ben) }).control.isShared).toBe(false);
  expect(scene(you("this_computer"), { controllers: [ben, anna] }).control.isShared).toBe(true);
  expect(scene(you("this_computer"), { controllers: [ben], holder: held(anna) }).control.isShared).toBe(true);
  expect(scene(you("device", "observe"), { controllers: [ben] }).control.isShared).toBe(true);
});

test("what is refused says who has control, and the way to it", () => {
  expect(scene(you("device")).control).toMatchObject({ standing: "free", refusal: null });
  expect(scene(you("device"), { holder: held(anna) }).control).toMatchObject({ standing: "mine", refusal: null });
  expect(scene(you("device"), { holder: held(ben) }).control).toMatchObject({
    standing: "other",
    refusal: "Camera computer has control: ask for it at the top of the page",
  });
  const requests = [{ ...anna, since_unix_ms: 7 }];
  expect(scene(you("device"), { holder: held(ben), requests }).control).toMatchObject({
    standing: "waiting",
    askedUnixMs: 7,
  });
  expect(scene(you("this_computer"), { holder: held(ben), requests }).control).toMatchObject({
    standing: "asked",
    refusal: null,
  });
});

test("somebody at the page keeps control, an empty chair does not", async () => {
  const { control, presence, port, calls, clock } = scene(you("device"), { holder: held(anna) });
  const keeps = async () => {
    calls.length = 0;
    await control.keep();
    return calls.length > 0;
  };
  expect(await keeps()).toBe(true);
  clock.ms += AWAY_MS;
  expect(await keeps()).toBe(false);
  presence.touched();
  expect(await keeps()).toBe(true);
  clock.visible = false;
  expect(await keeps()).toBe(false);
  clock.visible = true;
  port.controlState = { ...port.controlState!, holder: held(ben) };
  expect(await keeps()).toBe(false);
});

test("what the camera computer refuses is said", async () => {
  const { control, said, calls } = scene(you("device"), { holder: held(ben) });
  await control.request();
  expect([calls, said]).toEqual([["control.request {}"], ["Anna has control."]]);
  expect(control.busy).toBe(false);
});

test("ages are of the camera computer's clock", () => {
  const { control } = scene(you("device"), { holder: held(ben) });
  const now = Date.now();
  control.told(null, { unix_ms: now - 3_600_000, holder: null, requests: [], controllers: [], ended: null });
  expect(Math.abs(control.ageOf(now - 3_600_000 - 5000, now) - 5000)).toBeLessThan(2000);
});
