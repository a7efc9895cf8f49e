import { beforeEach, expect, test } from "vitest";
import { SiteVersion } from "./site-version.svelte.ts";

/** A worker that answers "take over" as it is told, and says what it was asked. */
class FakeWorker extends EventTarget {
  state: ServiceWorkerState = "installing";
  others = 0;
  asked: unknown[] = [];
  postMessage(message: unknown, [port]: MessagePort[]): void {
    this.asked.push(message);
    port?.postMessage(this.others);
  }
  become(state: ServiceWorkerState): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}
class FakeRegistration extends EventTarget {
  waiting: FakeWorker | null = null;
  installing: FakeWorker | null = null;
  looked = 0;
  update = () => Promise.resolve(void (this.looked += 1));
  find(): FakeWorker {
    this.installing = new FakeWorker();
    this.dispatchEvent(new Event("updatefound"));
    return this.installing;
  }
}
class FakeWorkers extends EventTarget {
  controller: object | null = {};
  registration = new FakeRegistration();
  ready = Promise.resolve(this.registration);
  register = () => Promise.resolve(this.registration);
}

let workers: FakeWorkers;
let locks: string[];
let recording: boolean;
let port: { isRecording(): boolean; did: string[]; say(text: string): void; reload(): void };
let look: () => void;
let version: SiteVersion;

beforeEach(() => {
  [workers, locks, recording] = [new FakeWorkers(), [], false];
  const did: string[] = [];
  port = { isRecording: () => recording, did, say: () => void did.push("say"), reload: () => void did.push("reload") };
  version = make(workers);
});
const make = (given: FakeWorkers | undefined) =>
  new SiteVersion(port, {
    workers: given as never,
    workerUrl: new URL("https://site.example/site-worker.js"),
    locks: () => Promise.resolve(locks),
    every: (_ms, each) => (look = each),
  });

test("the first worker keeps the page, and is no newer version", async () => {
  workers.controller = null;
  await version.begin();
  const first = workers.registration.find();
  first.become("installed");
  workers.controller = first;
  workers.dispatchEvent(new Event("controllerchange"));
  expect([version.isKept, version.offered, port.did]).toEqual([true, false, []]);
});

test("a newer version is offered, and taken only when its user says so", async () => {
  await version.begin();
  const newer = workers.registration.find();
  expect(version.offered).toBe(false);
  newer.become("installed");
  expect([version.offered, port.did, newer.asked]).toEqual([true, ["say"], []]);
  await version.take();
  expect(newer.asked).toEqual(["take over"]);
  workers.dispatchEvent(new Event("controllerchange"));
  expect(port.did).toEqual(["say", "reload"]);
});

test("one that waited already when the page came is offered, too", async () => {
  workers.registration.waiting = new FakeWorker();
  await version.begin();
  expect(version.offered).toBe(true);
});

test.each([
  ["of the page's own cameras", () => (recording = true)],
  ["that any page of the site writes", () => locks.push("zarrcam /embryo.zarr")],
])("a recording %s is not cut off", async (_what, record) => {
  workers.registration.waiting = new FakeWorker();
  await version.begin();
  record();
  await version.take();
  expect(workers.registration.waiting.asked).toEqual([]);
  expect(version.problem).toContain("when the recording has ended");
  locks.length = 0;
  recording = false;
  await version.take();
  expect([version.problem, workers.registration.waiting.asked]).toEqual([null, ["take over"]]);
});

test("other pages that run on the old version are waited for", async () => {
  workers.registration.waiting = new FakeWorker();
  workers.registration.waiting.others = 2;
  await version.begin();
  await version.take();
  expect(version.problem).toContain("2 other pages");
});

test("while something is recorded no newer version is looked for", async () => {
  await version.begin();
  recording = true;
  look();
  expect(workers.registration.looked).toBe(0);
  recording = false;
  look();
  expect(workers.registration.looked).toBe(1);
});

test("a browser that keeps no page says so, and goes on", async () => {
  const without = make(undefined);
  await without.begin();
  expect([without.isKept, without.problem]).toEqual([false, expect.stringContaining("keeps no page")]);
  workers.register = () => Promise.reject(new Error("a file is not as it was built"));
  await version.begin();
  expect(version.problem).toContain("a file is not as it was built");
});
