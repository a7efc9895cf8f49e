import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LivePort } from "./live-port.ts";
import { LiveServer, type LiveSource, leave } from "./live-server.ts";

const WHOLE = { kind: "whole" } as const;
const { signal } = new AbortController();

function pair(source: LiveSource, share = 1) {
  const server = new LiveServer(source, share);
  const { port1, port2 } = new MessageChannel();
  server.connect(port2);
  return { server, port: new LivePort(port1), other: port2 };
}

const source = (get: LiveSource["get"]): LiveSource => ({ runId: "run", get, ask: () => Promise.resolve("said") });

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("questions are answered one after the other, in the order in which they came", async () => {
  let under = 0;
  const { server, port } = pair(
    source(async (key) => {
      expect((under += 1)).toBe(1);
      await Promise.resolve();
      under -= 1;
      return { bytes: new TextEncoder().encode(key), totalBytes: key.length, etag: "" };
    }),
  );
  const texts = await Promise.all(
    ["a", "b", "c"].map((key) => port.get("run", key, WHOLE, signal).then((found) => found?.bytes)),
  );
  expect(texts.map((bytes) => new TextDecoder().decode(bytes ?? undefined))).toEqual(["a", "b", "c"]);
  await server.close();
});

test("answers take no more of the thread than their share", async () => {
  const { server, port } = pair(
    source((key) => {
      // So long it takes.
      vi.advanceTimersByTime(10);
      return Promise.resolve({ bytes: null, totalBytes: 0, etag: key });
    }),
    0.2,
  );
  const answered: string[] = [];
  for (const key of ["a", "b"])
    void port.get("run", key, WHOLE, signal).then((found) => answered.push(found?.etag ?? ""));
  await vi.waitFor(() => expect(answered).toEqual(["a"]), { interval: 0 });
  await vi.advanceTimersByTimeAsync(39);
  expect(answered).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(2);
  await vi.waitFor(() => expect(answered).toEqual(["a", "b"]), { interval: 0 });
  await server.close();
});

test("what is taken back is not answered", async () => {
  let give = (): void => undefined;
  const first = new Promise<void>((resolve) => (give = resolve));
  const asked: string[] = [];
  const { server, port } = pair(
    source(async (key) => {
      asked.push(key);
      if (key === "first") await first;
      return null;
    }),
  );
  const controller = new AbortController();
  const [one, two] = [port.get("run", "first", WHOLE, signal), port.get("run", "second", WHOLE, controller.signal)];
  await vi.waitFor(() => expect(asked).toEqual(["first"]), { interval: 0 });
  controller.abort();
  await expect(two).rejects.toThrow("aborted");
  // A message of another channel that was sent later comes later.
  const later = new MessageChannel();
  await new Promise((resolve) => {
    later.port2.onmessage = resolve;
    later.port1.postMessage(null);
  });
  later.port1.close();
  give();
  expect(await one).toBeNull();
  expect(await port.get("run", "third", WHOLE, signal)).toBeNull();
  expect(asked).toEqual(["first", "third"]);
  await server.close();
});

test("a worker that is silent for long counts as gone, and so does one that says that it does not answer", async () => {
  const { port } = pair(source(() => new Promise(() => undefined)));
  const waiting = port.get("run", "key", WHOLE, signal);
  const said = expect(waiting).rejects.toThrow("has ended");
  await vi.advanceTimersByTimeAsync(13_000);
  await said;
  expect(port.isGone).toBe(true);
  const { port1, port2 } = new MessageChannel();
  const refused = new LivePort(port1);
  leave(port2);
  await expect(refused.ask({ info: {} })).rejects.toThrow("has ended");
});
