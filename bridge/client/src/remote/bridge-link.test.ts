import { notificationMessage } from "@zarrcam/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { BridgeLink, type ConnectionChange } from "./bridge-link.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

type Listener = (event: object) => void;

/** A network: sockets that open, break, or say nothing, as it is told. */
function network() {
  const sockets: FakeSocket[] = [];
  const state = { up: true };
  class FakeSocket {
    binaryType = "";
    readonly sent: string[] = [];
    readonly #listeners = new Map<string, Listener[]>();
    constructor() {
      sockets.push(this);
      setTimeout(() => {
        if (state.up) this.tell("message", { data: notificationMessage("hello", { client: "client 1" }) });
        else this.tell("error", {});
      }, 1);
    }
    addEventListener(name: string, listener: Listener): void {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    }
    tell(name: string, event: object): void {
      for (const listener of this.#listeners.get(name) ?? []) listener(event);
    }
    send(text: string): void {
      this.sent.push(text);
    }
    close(): void {
      // Nobody there: the browser goes on waiting for its goodbye.
    }
  }
  const last = () => sockets.at(-1)!;
  return { sockets, state, last, webSocket: FakeSocket as unknown as WebSocketConstructor };
}

async function linkOf({ webSocket }: { webSocket: WebSocketConstructor }) {
  const changes: ConnectionChange["state"][] = [];
  const link: BridgeLink = await opened(
    BridgeLink.open(
      "ws://127.0.0.1:1/ws",
      { webSocket, reconnect: true },
      {
        notification: () => undefined,
        binary: () => undefined,
        opened: (_, again) => again && link.reportConnected(),
        lost: () => undefined,
        ended: () => undefined,
      },
    ),
  );
  link.onChange(({ state }) => changes.push(state));
  return { link, changes };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
async function opened<T>(opening: Promise<T>): Promise<T> {
  await pass(5);
  return opening;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("tries again after longer and longer waits, each less a random part; when woken up, at once", async () => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  const { state, sockets, last, ...net } = network();
  const { link, changes } = await linkOf(net);
  state.up = false;
  last().tell("close", { code: 1006, reason: "" });
  const triedAfterMs: number[] = [];
  for (let ms = 0; ms < 20_000; ms++) {
    const before = sockets.length;
    await pass(1);
    if (sockets.length > before) triedAfterMs.push(ms);
  }
  const waits = triedAfterMs.slice(1).map((at, index) => at - triedAfterMs[index]!);
  expect(waits.slice(0, 4).map((wait) => Math.round(wait / 100) * 100)).toEqual([500, 1000, 2000, 4000]);
  random.mockReturnValue(1);
  // Half of the wait that is due, however it falls.
  const before = sockets.length;
  await pass(4100);
  await pass(2100);
  expect(sockets.length).toBeGreaterThanOrEqual(before + 2);

  state.up = true;
  const tries = sockets.length;
  link.wake();
  await pass(3);
  expect(sockets.length).toBe(tries + 1);
  expect(changes).toEqual(["reconnecting", "connected"]);
  link.close();
});

test("woken up, it tries the connection that is there, and makes another where nothing comes", async () => {
  const { state, sockets, last, ...net } = network();
  const { link, changes } = await linkOf(net);
  link.wake();
  link.wake();
  expect(last().sent).toHaveLength(1);
  last().tell("message", { data: notificationMessage("log", { message: "" }) });
  await pass(30_000);
  expect(changes).toEqual([]);

  link.wake();
  const asleep = last();
  await pass(11_000);
  expect(changes).toEqual(["reconnecting", "connected"]);
  expect(sockets).toHaveLength(2);
  // What the old one says late is nobody's.
  asleep.tell("close", { code: 1006, reason: "" });
  await pass(1000);
  expect(changes).toEqual(["reconnecting", "connected"]);
  link.close();
  void state;
});
