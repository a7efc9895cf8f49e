import type { Invitation, NewInvitation, PairedDevice } from "@zarrcam/protocol";
import { beforeEach, expect, test } from "vitest";
import type { Question } from "../ui/questions.svelte.ts";
import { AccessDesk, type AccessDeskPort } from "./access-desk.svelte.ts";

const device = (id: string, name: string): PairedDevice => ({
  id,
  name,
  kind: "device",
  role: "observe",
  paired_unix_ms: 1,
  last_seen_unix_ms: 2,
  address: "192.168.1.20",
  connected: true,
  origin: null,
});
const open = (id: string): Invitation => ({
  id,
  role: "observe",
  name: null,
  uses_left: 1,
  made_unix_ms: 1,
  expires_unix_ms: 2,
});

/** A camera computer that keeps devices and invitations, and notes what it is asked for. */
function scene() {
  const calls: string[] = [];
  const questions: Question[] = [];
  const state = {
    devices: [device("a", "Anna's tablet")],
    invitations: [] as Invitation[],
    links: ["https://rig-2.local:8421/#pair=SECRET&pin=x"],
    answer: true,
    mayAdmin: true,
  };
  const answers: Record<string, (params: { id?: string; invitation?: string }) => unknown> = {
    "access.devices": () => state.devices,
    "access.invitations": () => state.invitations,
    "access.invite": (): NewInvitation => {
      state.invitations = [...state.invitations, open("new")];
      return {
        invitation: "new",
        token: "SECRET",
        fingerprint: "x",
        expires_unix_ms: 1,
        role: "observe",
        links: state.links,
      };
    },
    "access.withdraw": ({ invitation }) => {
      state.invitations = state.invitations.filter(({ id }) => id !== invitation);
      return {};
    },
    "access.rename": () => ({}),
    "access.set_role": () => ({}),
    "access.revoke": ({ id }) => {
      state.devices = state.devices.filter((one) => one.id !== id);
      return {};
    },
  };
  const port = {
    isConnected: true,
    isAlone: false,
    you: { id: "me", name: "Camera computer", role: "admin", kind: "this_computer" },
    permissions: { may: () => state.mayAdmin, refusal: () => null },
    callAccess: (method: string, params: object) => {
      const of = JSON.stringify(params);
      calls.push(of === "{}" ? method : `${method} ${of}`);
      return Promise.resolve(answers[method]?.(params));
    },
    leave: () => Promise.resolve(void calls.push("leave")),
    ask: (question: Question) => {
      questions.push(question);
      return Promise.resolve(state.answer);
    },
    say: (text: string) => void calls.push(`say ${text}`),
  };
  return { calls, questions, state, port, desk: new AccessDesk(port as unknown as AccessDeskPort) };
}

let now: ReturnType<typeof scene>;
beforeEach(() => (now = scene()));
const doings = () => now.calls.filter((call) => !/^access\.(devices|invitations)$/.test(call));

test("an invitation is made as it was chosen, and shown until it is used", async () => {
  const { desk, state } = now;
  desk.role = "control";
  desk.uses = 2;
  await desk.refresh();
  await desk.invite();
  expect(doings()).toEqual(['access.invite {"role":"control","uses":2,"expires_s":900}']);
  expect(desk.made).toMatchObject({ uses: 2, links: state.links });
  // Somebody used it up.
  state.devices = [...state.devices, device("b", "Ben's telephone")];
  state.invitations = [];
  desk.changed();
  await expect.poll(() => desk.made).toBeNull();
  expect(desk.outcome).toEqual({ text: "Ben's telephone came in.", bad: false });
});

test("a camera computer that is in no network keeps no invitation", async () => {
  now.state.links = [];
  await now.desk.invite();
  expect(doings().at(-1)).toBe('access.withdraw {"invitation":"new"}');
  expect(now.desk.made).toBeNull();
  expect(now.desk.outcome).toMatchObject({ bad: true, text: expect.stringContaining("in no network") as string });
});

test("a device is sent away after a question alone, which says what happens", async () => {
  const { desk, state, questions } = now;
  const [tablet] = state.devices as [PairedDevice];
  await desk.refresh();
  state.answer = false;
  await desk.revoke(tablet);
  expect(doings()).toEqual([]);
  state.answer = true;
  await desk.revoke(tablet);
  expect(doings()[0]).toBe('access.revoke {"id":"a"}');
  expect(questions[0]?.title).toBe("Send Anna's tablet away?");
  expect(questions[0]?.lines().join(" ")).toContain("A recording goes on");
  // Somebody else was quicker.
  expect(questions[0]?.isObsolete()).toBe(true);
});

test("a name is changed where it is another one", async () => {
  const [tablet] = now.state.devices as [PairedDevice];
  await now.desk.rename(tablet, "  ");
  await now.desk.rename(tablet, "Anna's tablet");
  await now.desk.rename(tablet, " Desk ");
  expect(doings()).toEqual(['access.rename {"id":"a","name":"Desk"}']);
});

test("what fails stands there, and nothing is asked by who may not ask", async () => {
  now.port.callAccess = () => Promise.reject(new Error("The list is damaged."));
  await now.desk.refresh();
  expect(now.desk.outcome).toEqual({ text: "The list is damaged.", bad: true });
  now.state.mayAdmin = false;
  now.desk.outcome = null;
  await now.desk.refresh();
  expect(now.desk.outcome).toBeNull();
});

test("a link whose time is over is taken away, and another can be made", async () => {
  await now.desk.invite();
  now.desk.expired();
  expect([now.desk.made, now.desk.outcome?.text]).toEqual([null, "The time of the link is over: make another."]);
});
