import type { IncomingMessage } from "node:http";

import { describe, expect, test } from "vitest";

import { type Listener, type ListenerKind, loopbackListener } from "../listeners/listener.ts";
import { AccessPolicy } from "./policy.ts";

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
const request = (headers: Record<string, string>, method = "GET") =>
  ({
    method,
    headers,
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  }) as unknown as IncomingMessage;
const checkHost = (headers: Record<string, string>, listener = listeners.loopback) =>
  policy.checkHost(request(headers), listener);

describe("Host", () => {
  test.each(["localhost:8421", "127.0.0.1:8421", "[::1]:8421", "LOCALHOST:8421"])("takes %s", (host) => {
    expect(checkHost({ host })).toBeNull();
  });
  test.each([
    "rebound.example:8421",
    "localhost.rebound.example:8421",
    "127.0.0.1.rebound.example:8421",
    "localhost:8422",
    "localhost",
    "192.168.1.5:8421",
    "0.0.0.0:8421",
    "localhost:8421@rebound.example",
    "",
  ])("refuses %s", (host) => {
    expect(checkHost({ host })).toMatchObject({ status: 403 });
  });
  test("refuses none", () => expect(checkHost({})).toMatchObject({ status: 403 }));
  test("without a port only where the port is the web's own", () => {
    expect(checkHost({ host: "localhost" }, loopbackListener(80))).toBeNull();
    const web: Listener = { ...listeners.lan, port: 443 };
    expect(checkHost({ host: "rig3.local" }, web)).toBeNull();
    expect(checkHost({ host: "rig3.local" }, { ...web, scheme: "http" })).toMatchObject({ status: 403 });
  });
  test.each(["lan", "insecure"] as const)("of another computer (%s) names this one as the network does", (kind) => {
    for (const host of ["rig3:8421", "RIG3.local:8421", "192.168.1.5:8421", "[fd00::5]:8421"]) {
      expect(checkHost({ host }, listeners[kind]), host).toBeNull();
    }
    for (const host of [
      "localhost:8421",
      "127.0.0.1:8421",
      "192.168.1.6:8421",
      "rig3",
      "rig3.local.rebound.example:8421",
      "rebound.example:8421",
    ]) {
      expect(checkHost({ host }, listeners[kind]), host).toMatchObject({ status: 403 });
    }
  });
});

const socket = { foreign: "control" } as const;
const data = { foreign: "read" } as const;
const page = { foreign: null } as const;
const token = { foreign: "token" } as const;
const host = "127.0.0.1:8421";

describe("Origin of the control socket", () => {
  const check = (headers: Record<string, string>) =>
    policy.checkPage(request({ host, ...headers }), listeners.loopback, socket).denial;
  test("takes scripts, the own page and the pages that were named for it", () => {
    expect(check({})).toBeNull();
    expect(check({ origin: "https://site.example" })).toBeNull();
    expect(check({ origin: "http://127.0.0.1:8421" })).toBeNull();
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
    expect(check({ origin })).toMatchObject({ status: 403 });
  });
});

test("the own page of another computer came over https, where it is served so", () => {
  const check = (origin: string, kind: ListenerKind) =>
    policy.checkPage(request({ host: "rig3.local:8421", origin }), listeners[kind], socket).denial;
  expect(check("https://rig3.local:8421", "lan")).toBeNull();
  expect(check("http://rig3.local:8421", "lan")).toMatchObject({ status: 403 });
  expect(check("http://rig3.local:8421", "insecure")).toBeNull();
  expect(check("https://rig3.local:9000", "lan")).toMatchObject({ status: 403 });
});

describe("Origin of a file request", () => {
  const check = (headers: Record<string, string>, method = "GET", route: typeof data | typeof page = data) =>
    policy.checkPage(request({ host, ...headers }, method), listeners.loopback, route);
  test.each([
    ["https://viewer.example", "data"],
    ["https://site.example", "everything"],
  ])("says what %s may: %s", (origin, may) => {
    expect(check({ origin })).toEqual({ denial: null, foreign: { origin, may } });
    expect(check({ origin }, "GET", page).denial).toMatchObject({ status: 403 });
  });
  test("an origin that was named for both may do all", () => {
    const both = new AccessPolicy({ read: ["https://site.example"], control: ["https://site.example"] });
    const asked = request({ host, origin: "https://site.example" });
    expect(both.checkPage(asked, listeners.loopback, data)).toMatchObject({ foreign: { may: "everything" } });
  });
  test("refuses other origins", () => {
    expect(check({ origin: "https://rebound.example" })).toMatchObject({ denial: { status: 403 } });
  });
  test.each(["cross-site", "same-site"])("refuses a %s image, takes a link, and no form", (site) => {
    const asked = (mode: string, method?: string) => check({ "sec-fetch-site": site, "sec-fetch-mode": mode }, method);
    expect(asked("no-cors").denial).toMatchObject({ status: 403 });
    expect(asked("navigate")).toEqual({ denial: null, foreign: null });
    expect(asked("navigate", "POST").denial).toMatchObject({ status: 403 });
  });
  test.each(["same-origin", "none"])("takes %s", (site) => {
    expect(check({ "sec-fetch-site": site, "sec-fetch-mode": "no-cors" })).toEqual({ denial: null, foreign: null });
  });
});

describe("a page that was given a token", () => {
  const origin = "https://rig7.example:8421";
  const check = (route: typeof data | typeof page | typeof socket | typeof token, from: string, of: string | null) =>
    policy.checkPage(request({ host, origin: from }), listeners.lan, route, of).denial;
  test("may ask for what has room for other pages, and no other page may", () => {
    expect(check(data, origin, origin)).toBeNull();
    expect(check(socket, origin, origin)).toBeNull();
    expect(check(page, origin, origin)).toMatchObject({ status: 403 });
    expect(check(data, origin, null)).toMatchObject({ status: 403 });
    expect(check(data, "https://other.example", origin)).toMatchObject({ status: 403 });
  });
  test.each(["https://192.168.1.7:8421", "https://rig7.local:8421", "https://rig7:8421", "https://[fd00::7]:8421"])(
    "%s may bring an invitation",
    (from) => {
      expect(check(token, from, null)).toBeNull();
      expect(check(socket, from, null)).toMatchObject({ status: 403 });
    },
  );
  test.each(["https://public.example", "https://8.8.8.8", "http://192.168.1.7:8421", "https://[2001:db8::1]", "null"])(
    "%s may not even ask",
    (from) => {
      expect(check(token, from, null)).toMatchObject({ status: 403 });
    },
  );
});
