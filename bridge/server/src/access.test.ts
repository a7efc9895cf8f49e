import type { IncomingMessage } from "node:http";

import { describe, expect, test } from "vitest";

import { AccessPolicy } from "./access.ts";

const policy = new AccessPolicy(8421, {
  read: ["https://viewer.example"],
  control: ["https://site.example"],
});
const request = (headers: Record<string, string>) =>
  ({
    headers,
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  }) as unknown as IncomingMessage;

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
    "192.168.1.5:8421",
    "0.0.0.0:8421",
    "localhost:8421@rebound.example",
    "",
  ])("refuses %s", (host) => {
    expect(policy.checkHost(request({ host }))).toMatchObject({ status: 403 });
  });
  test("refuses none", () => expect(policy.checkHost(request({}))).toMatchObject({ status: 403 }));
  test("without a port only where the port is the web's own", () => {
    expect(new AccessPolicy(80, {}).checkHost(request({ host: "localhost" }))).toBeNull();
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

describe("Origin of a file request", () => {
  const host = "127.0.0.1:8421";
  test.each([
    ["https://viewer.example", "data"],
    ["https://site.example", "everything"],
  ])("says what %s may: %s", (origin, may) => {
    expect(policy.checkReader(request({ host, origin }))).toEqual({ denial: null, foreign: { origin, may } });
  });
  test("an origin that was named for both may do all", () => {
    const both = new AccessPolicy(8421, { read: ["https://site.example"], control: ["https://site.example"] });
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
