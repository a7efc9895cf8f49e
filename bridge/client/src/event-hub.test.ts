import { expect, test } from "vitest";

import { EventHub } from "./event-hub.ts";

interface Events {
  number: number;
  word: string;
}

test("a listener hears its event until it leaves", () => {
  const hub = new EventHub<Events>();
  const heard: number[] = [];
  const off = hub.on("number", (value) => heard.push(value));
  hub.emit("number", 1);
  hub.emit("word", "one");
  off();
  hub.emit("number", 2);
  expect(heard).toEqual([1]);
});

test("an iterator gives what came, in order, and ends with the hub", async () => {
  const hub = new EventHub<Events>();
  const events = hub.iterate("number");
  hub.emit("number", 1);
  hub.emit("number", 2);
  const third = events
    .next()
    .then(() => events.next())
    .then(() => events.next());
  await Promise.resolve();
  hub.close();
  expect(await third).toEqual({ done: true, value: undefined });
  expect(await hub.iterate("number").next()).toEqual({ done: true, value: undefined });
});

test("an iterator ends with its signal, and after break hears nothing more", async () => {
  const hub = new EventHub<Events>();
  const controller = new AbortController();
  const waiting = hub.iterate("word", controller.signal).next();
  controller.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });

  setTimeout(() => hub.emit("number", 7));
  for await (const value of hub.iterate("number")) {
    expect(value).toBe(7);
    break;
  }
});
