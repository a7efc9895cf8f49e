import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Connections } from "./connections.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

class FakeSocket extends EventEmitter {
  destroyed = false;
  writableLength = 0;
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

/** Of a bridge for one connection that is taken by one that asks nothing; whether it makes room for the next. */
function makesRoom(before: (connections: Connections, first: Socket) => void): boolean {
  const connections = new Connections(1);
  const [first, second] = [new FakeSocket(), new FakeSocket()];
  connections.add(first as unknown as Socket);
  before(connections, first as unknown as Socket);
  vi.advanceTimersByTime(10_000);
  connections.add(second as unknown as Socket);
  expect(second.destroyed).toBe(false);
  return first.destroyed;
}

test("the connection that is needed least makes room, but for one whose answer cannot be asked for again", () => {
  expect(makesRoom(() => undefined)).toBe(true);
  expect(makesRoom((connections, first) => connections.keep(first))).toBe(false);
});
