import { CONTROL_ANSWER_MS, CONTROL_SILENCE_MS, MAX_CONTROL_REQUESTS } from "@zarrcam/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Lease, type LeaseState } from "./lease.ts";

const [anna, ben, camera] = [
  { id: "a", name: "Anna" },
  { id: "b", name: "Ben" },
  { id: "this_computer", name: "Camera computer" },
];

/** What is told to others when it changes: all but when who has control was heard last. */
const seen = ({ holder, ...rest }: LeaseState) => ({ ...rest, holder: holder && { ...holder, active_unix_ms: 0 } });

function begin() {
  const clock = { ms: 1_000_000 };
  const lease = new Lease(() => clock.ms);
  lease.setControllers([anna, ben, camera]);
  const holder = () => lease.state.holder?.id ?? null;
  const wait = (ms: number) => void (clock.ms += ms);
  return { lease, holder, wait, clock };
}

describe("the first call", () => {
  test("takes control, and another's is refused with who has it", () => {
    const { lease, holder, wait } = begin();
    expect(lease.use(anna)).toBeNull();
    wait(12_000);
    expect(lease.use(ben)).toEqual({
      holder: expect.objectContaining(anna) as object,
      forMs: 12_000,
      ended: null,
      endedForMs: 0,
    });
    expect(lease.use(anna)).toBeNull();
    expect(holder()).toBe("a");
    expect(lease.state.holder).toMatchObject({ ...anna, since_unix_ms: 1_000_000, active_unix_ms: 1_012_000 });
  });
});

describe("silence", () => {
  test("ends control to the millisecond, whether or not somebody looked before", () => {
    const { lease, holder, wait } = begin();
    lease.use(anna);
    expect(lease.dueMs).toBe(1_000_000 + CONTROL_SILENCE_MS);
    wait(CONTROL_SILENCE_MS - 1);
    expect(holder()).toBe("a");
    wait(1);
    expect(lease.use(ben)).toBeNull();
    expect(lease.state).toMatchObject({ holder: ben, ended: { ...anna, how: "silence", to: null } });
    // Whoever lost it is told how.
    wait(5000);
    expect(lease.use(anna)).toMatchObject({ holder: ben, ended: { how: "silence" }, endedForMs: 5000 });
  });

  test("is not of who says that they are there, but that takes no control", () => {
    const { lease, holder, wait } = begin();
    lease.keep(anna);
    expect(holder()).toBeNull();
    lease.use(anna);
    for (let times = 0; times < 5; times++) {
      wait(CONTROL_SILENCE_MS - 1);
      lease.keep(ben);
      lease.keep(anna);
    }
    expect(holder()).toBe("a");
  });

  test("is not of who records and is connected; of who has left it counts from there on", () => {
    const { lease, holder, wait } = begin();
    lease.use(anna);
    lease.setRecorder("a");
    expect(lease.dueMs).toBeNull();
    wait(36_000_000);
    expect(holder()).toBe("a");
    lease.setControllers([ben, camera]);
    wait(CONTROL_SILENCE_MS - 1);
    expect(holder()).toBe("a");
    wait(1);
    expect(holder()).toBeNull();
  });

  test("counts from the end of the recording", () => {
    const { lease, holder, wait } = begin();
    lease.use(anna);
    lease.setRecorder("a");
    wait(36_000_000);
    lease.setRecorder(null);
    wait(CONTROL_SILENCE_MS - 1);
    expect(holder()).toBe("a");
    wait(1);
    expect(holder()).toBeNull();
  });
});

describe("a request", () => {
  test("of a control that nobody has is granted, else it waits for the answer", () => {
    const { lease, holder } = begin();
    lease.request(anna);
    expect(holder()).toBe("a");
    lease.request(ben);
    expect(lease.state.requests).toEqual([{ ...ben, since_unix_ms: 1_000_000 }]);
    expect(lease.refuse(ben, "b")).toBe(false);
    expect(lease.refuse(anna, "b")).toBe(true);
    expect(lease.state).toMatchObject({ holder: anna, requests: [] });
    lease.request(ben);
    expect(lease.handOver(anna, "b")).toBe("handed_over");
    expect(lease.state).toMatchObject({ holder: ben, requests: [], ended: { ...anna, how: "handed_over", to: "Ben" } });
  });

  test("that is not answered is agreed to, but not while who has control is at work or records", () => {
    const { lease, holder, wait } = begin();
    lease.use(anna);
    lease.request(ben);
    wait(CONTROL_SILENCE_MS - 1);
    lease.use(anna);
    const idle = (ms: number) => {
      for (let at = 0; at < ms; at += 20_000) {
        wait(20_000);
        lease.keep(anna);
      }
    };
    lease.setRecorder("a");
    idle(CONTROL_ANSWER_MS * 10);
    expect(holder()).toBe("a");
    lease.setRecorder(null);
    idle(CONTROL_ANSWER_MS - 20_000);
    expect(holder()).toBe("a");
    idle(20_000);
    expect(lease.state).toMatchObject({ holder: ben, ended: { how: "unanswered", to: "Ben" } });
  });

  test("goes with who made it, and is withdrawn by them", () => {
    const { lease } = begin();
    lease.use(anna);
    lease.request(ben);
    lease.setControllers([anna]);
    expect(lease.state.requests).toEqual([]);
    lease.setControllers([anna, ben]);
    lease.request(ben);
    lease.release(ben);
    expect(lease.state).toMatchObject({ holder: anna, requests: [] });
  });

  test("gets what is released, the oldest first", () => {
    const { lease } = begin();
    lease.use(anna);
    lease.request(ben);
    lease.request(camera);
    lease.release(anna);
    expect(lease.state).toMatchObject({ holder: ben, requests: [camera], ended: { how: "released", to: "Ben" } });
  });

  test("is one a person, and few in all", () => {
    const { lease } = begin();
    const many = Array.from({ length: 100 }, (_, at) => ({ id: `p${at}`, name: `P${at}` }));
    lease.setControllers([anna, ...many]);
    lease.use(anna);
    expect(many.filter((one) => lease.request(one) && lease.request(one))).toHaveLength(MAX_CONTROL_REQUESTS);
    expect(lease.state.requests).toHaveLength(MAX_CONTROL_REQUESTS);
  });
});

test("control is handed only to who is there", () => {
  const { lease } = begin();
  lease.use(anna);
  expect(lease.handOver(ben, "b")).toBe("not_in_control");
  expect(lease.handOver(anna, "nobody")).toBe("not_there");
  expect(lease.state.holder).toMatchObject(anna);
});

test("an admin takes it at once, and who lost it is told by whom", () => {
  const { lease } = begin();
  lease.use(anna);
  lease.take(camera);
  expect(lease.state).toMatchObject({ holder: camera, ended: { ...anna, how: "taken", to: "Camera computer" } });
  expect(lease.use(anna)).toMatchObject({ ended: { how: "taken", to: "Camera computer" } });
});

test("who may control no more has no control, no request and no place", () => {
  const { lease } = begin();
  lease.use(anna);
  lease.request(ben);
  lease.remove("a");
  expect(lease.state).toMatchObject({ holder: ben, controllers: [ben, camera], ended: { ...anna, how: "revoked" } });
});

test("a new name is everybody's at once", () => {
  const { lease } = begin();
  lease.use(anna);
  lease.setControllers([{ id: "a", name: "Anna (microscope room)" }]);
  expect(lease.state.holder?.name).toBe("Anna (microscope room)");
});

test("whatever is done, in whatever order: one has control at most, who asks is there, and whoever is refused is not who has it", () => {
  const who = fc.constantFrom(anna, ben, camera, { id: "d", name: "Dora" });
  const step = fc.oneof(
    ...(["use", "keep", "request", "release", "take", "refuse", "handOver", "remove", "records"] as const).map((kind) =>
      fc.record({ kind: fc.constant(kind), who, other: who }),
    ),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 200_000 }) }),
    fc.record({ kind: fc.constant("there" as const), there: fc.uniqueArray(who, { selector: ({ id }) => id }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { lease, wait, clock } = begin();
      let there = [anna, ben, camera];
      for (const step of steps) {
        const { version } = lease;
        const before = lease.state;
        // Time alone changes nothing before it says so.
        const due = lease.dueMs;
        if (step.kind === "wait") {
          wait(step.ms);
          const after = lease.state;
          if (due === null || clock.ms < due) expect(seen(after)).toEqual(seen(before));
          else expect(after.holder?.id).not.toBe(before.holder?.id);
        } else if (step.kind === "there") {
          there = step.there;
          lease.setControllers(there);
        } else {
          const { kind, who, other } = step;
          if (kind === "records") lease.setRecorder(who.id);
          else if (kind === "remove") {
            lease.remove(who.id);
            there = there.filter(({ id }) => id !== who.id);
            expect(lease.state.holder?.id).not.toBe(who.id);
            expect(lease.state.requests.map(({ id }) => id)).not.toContain(who.id);
          } else if (kind === "handOver" || kind === "refuse") lease[kind](who, other.id);
          // Who is not connected makes no call.
          else if (there.some(({ id }) => id === who.id)) {
            const answer = lease[kind](who);
            if (kind === "use") expect(answer === null).toBe(lease.state.holder?.id === who.id);
            if (kind === "take") expect(lease.state.holder?.id).toBe(who.id);
          }
        }
        const { holder, requests } = lease.state;
        const ids = requests.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).not.toContain(holder?.id);
        for (const id of ids) expect(there.map((one) => one.id)).toContain(id);
        if (holder === null) expect(ids).toEqual([]);
        else expect(clock.ms - holder.active_unix_ms).toBeLessThan(CONTROL_SILENCE_MS);
        // What others can see changes only with the version.
        if (lease.version === version) expect(seen(lease.state)).toEqual(seen(before));
      }
    }),
    { numRuns: 300 },
  );
});
