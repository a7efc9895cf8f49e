import { closeCodes } from "@zarrcam/protocol";
import { beforeEach, expect, test, vi } from "vitest";

import { NotPairedError } from "../errors.ts";
import { BridgeLink, type ConnectionChange } from "./bridge-link.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** Sockets of a bridge that a test lets in or refuses. */
class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  static letsIn = true;
  binaryType = "blob";
  readyState = 0;

  constructor() {
    super();
    FakeSocket.all.push(this);
    const greeting = JSON.stringify({ jsonrpc: "2.0", method: "hello", params: {} });
    const event = FakeSocket.letsIn ? new MessageEvent("message", { data: greeting }) : new Event("error");
    queueMicrotask(() => this.dispatchEvent(event));
  }
  send(): void {}
  close(): void {}
  end(code: number): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" }));
  }
}

let changes: ConnectionChange[];
let shutOut: boolean;
const open = async (): Promise<BridgeLink> => {
  const nothing = () => undefined;
  const link = await BridgeLink.open(
    "wss://rig/ws",
    {
      webSocket: FakeSocket as unknown as WebSocketConstructor,
      reconnect: true,
      isShutOut: () => Promise.resolve(shutOut),
    },
    { notification: nothing, binary: nothing, opened: nothing, lost: nothing, ended: nothing },
  );
  link.onChange((change) => changes.push(change));
  return link;
};

beforeEach(() => {
  [FakeSocket.all, FakeSocket.letsIn, shutOut, changes] = [[], true, false, []];
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test("a revoked session is not made again", async () => {
  await open();
  FakeSocket.all[0]?.end(closeCodes.revoked);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(changes).toMatchObject([{ state: "closed", reason: { code: "not_paired" } }]);
  expect(changes[0]?.reason).toBeInstanceOf(NotPairedError);
  expect(FakeSocket.all).toHaveLength(1);
});

test("who was revoked while the connection was down learns it at the next try, and tries no more", async () => {
  await open();
  FakeSocket.letsIn = false;
  FakeSocket.all[0]?.end(1006);
  await vi.advanceTimersByTimeAsync(1000);
  expect(changes.map(({ state }) => state)).toEqual(["reconnecting"]);
  shutOut = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(changes.at(-1)).toMatchObject({ state: "closed", reason: { code: "not_paired" } });
  const { length } = FakeSocket.all;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all).toHaveLength(length);
});

test("a first connection that is refused says whether it was for want of pairing", async () => {
  FakeSocket.letsIn = false;
  await expect(open()).rejects.toMatchObject({ code: "disconnected" });
  shutOut = true;
  await expect(open()).rejects.toBeInstanceOf(NotPairedError);
});
