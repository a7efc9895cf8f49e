import type { IncomingMessage } from "node:http";

import { describe, expect, test } from "vitest";

import { AccessPolicy } from "./access.ts";
import { type Listener, type ListenerKind, cameBy, loopbackListener } from "./listeners/listener.ts";

const names = () => ["rig3", "rig3.local", "192.168.1.5", "[fd00::5]"];
const listeners: Record<ListenerKind, Listener> = {
  loopback: loopbackListener(8421),
  lan: { kind: "lan", scheme: "https", port: 8421, names },
  insecure: { kind: "insecure", scheme: "http", port: 8421, names },
};
const policy = new AccessPolicy({
  read: ["https://viewer.example"],
  control: ["https://site.example"],
});
const request = (headers: Record<string, string>, listener: Listener = listeners.loopback) => {
  const socket = {};
  cameBy(socket, listener);
  return {
    headers,
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    socket,
  } as unknown as IncomingMessage;
};

describe("Host", () => {
  test.each(["localhost:8421", "127.0.0.1:8421", "[::1]:8421", "LOCALHOST:8421"])("takes %s", (host) => {
    expect(policy.checkHost(request({ host }))).toBeNull();
  });
  test.each([
    "rebound.example:8421",
    "localhost.rebound.example:8421",
    "127.0.0.1.rebound.example:8421",
    "localhost:8422",
    "localhost",
    "rig3:8421",
    "192.168.1.5:8421",
    "0.0.0.0:8421",
    "localhost:8421@rebound.example",
    "",
  ])("refuses %s", (host) => {
    expect(policy.checkHost(request({ host }))).toMatchObject({ status: 403 });
  });
  test("refuses none", () => expect(policy.checkHost(request({}))).toMatchObject({ status: 403 }));
  test("without a port only where the port is the web's own", () => {
    expect(new AccessPolicy({}).checkHost(request({ host: "localhost" }, loopbackListener(80)))).toBeNull();
  });
  test.each(["lan", "insecure"] as const)("of another computer (%s) names this one as the network does", (kind) => {
    for (const host of ["rig3:8421", "RIG3.local:8421", "192.168.1.5:8421", "[fd00::5]:8421"]) {
      expect(policy.checkHost(request({ host }, listeners[kind])), host).toBeNull();
    }
    for (const host of [
      "localhost:8421",
      "127.0.0.1:8421",
      "192.168.1.6:8421",
      "rig3",
      "rig3.local.rebound.example:8421",
    ]) {
      expect(policy.checkHost(request({ host }, listeners[kind])), host).toMatchObject({ status: 403 });
    }
  });
  test("who came by no door is let in by none", () => {
    const asked = { headersDistinct: { host: ["localhost:8421"] }, socket: {} } as unknown as IncomingMessage;
    expect(() => policy.checkHost(asked)).toThrow("a door that nobody knows");
  });
});

describe("Origin of the control socket", () => {
  const host = "127.0.0.1:8421";
  test("takes scripts, the own page and the pages that were named for it", () => {
    expect(policy.checkSocketOrigin(request({ host }))).toBeNull();
    expect(policy.checkSocketOrigin(request({ host, origin: "https://site.example" }))).toBeNull();
    expect(policy.checkSocketOrigin(request({ host, origin: "http://127.0.0.1:8421" }))).toBeNull();
  });
  test.each([
    "https://rebound.example",
    "http://127.0.0.1:3000",
    "http://localhost:8421",
    "https://127.0.0.1:8421",
    "null",
    "http://site.example",
    "https://site.example.rebound.example",
    // May read data, and no more.
    "https://viewer.example",
  ])("refuses %s", (origin) => {
    expect(policy.checkSocketOrigin(request({ host, origin }))).toMatchObject({ status: 403 });
  });
});

test("the own page of another computer came over https, where it is served so", () => {
  const host = "rig3.local:8421";
  const asked = (origin: string, kind: ListenerKind) =>
    policy.checkSocketOrigin(request({ host, origin }, listeners[kind]));
  expect(asked("https://rig3.local:8421", "lan")).toBeNull();
  expect(asked("http://rig3.local:8421", "lan")).toMatchObject({ status: 403 });
  expect(asked("http://rig3.local:8421", "insecure")).toBeNull();
});

describe("Origin of a file request", () => {
  const host = "127.0.0.1:8421";
  test.each([
    ["https://viewer.example", "data"],
    ["https://site.example", "everything"],
  ])("says what %s may: %s", (origin, may) => {
    expect(policy.checkReader(request({ host, origin }))).toEqual({ denial: null, foreign: { origin, may } });
  });
  test("an origin that was named for both may do all", () => {
    const both = new AccessPolicy({ read: ["https://site.example"], control: ["https://site.example"] });
    const asked = request({ host, origin: "https://site.example" });
    expect(both.checkReader(asked)).toMatchObject({ foreign: { may: "everything" } });
  });
  test("refuses other origins", () => {
    const asked = request({ host, origin: "https://rebound.example" });
    expect(policy.checkReader(asked)).toMatchObject({ denial: { status: 403 } });
  });
  test.each(["cross-site", "same-site"])("refuses a %s image, takes a link", (site) => {
    const headers = { host, "sec-fetch-site": site };
    expect(policy.checkReader(request({ ...headers, "sec-fetch-mode": "no-cors" }))).toMatchObject({
      denial: { status: 403 },
    });
    expect(policy.checkReader(request({ ...headers, "sec-fetch-mode": "navigate" }))).toEqual({
      denial: null,
      foreign: null,
    });
  });
  test.each(["same-origin", "none"])("takes %s", (site) => {
    const asked = request({ host, "sec-fetch-site": site, "sec-fetch-mode": "no-cors" });
    expect(policy.checkReader(asked)).toEqual({ denial: null, foreign: null });
  });
});
