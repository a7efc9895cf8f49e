// What every answer tells a browser, whatever was asked and however it ends: one table of all routes and all their ends.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Bridge, startBridge } from "../src/index.ts";
import { type RawAnswer, get, rawRequest } from "./raw-http.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const VIEWER = "https://viewer.example";
const SITE = "https://site.example";
const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Protocol": "zarrcam.v1",
};
let folder: string;
let bridge: Bridge;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zarrcam-headers-"));
  await mkdir(join(folder, "data/a.zarr"), { recursive: true });
  await writeFile(join(folder, "data/a.zarr/zarr.json"), "{}");
  await writeFile(join(folder, "data/evil.html"), "<script>alert(1)</script>");
  await mkdir(join(folder, "page/assets"), { recursive: true });
  await writeFile(join(folder, "page/index.html"), "<!doctype html><title>zarrcam</title>");
  await writeFile(join(folder, "page/assets/app-1a2b.js"), "export {}");
  await writeFile(join(folder, "page/assets/data.worker-1a2b.js"), "export {}");
  bridge = await startBridge({
    runtime: new ScriptedRuntime(join(folder, "data")).asHost(),
    port: 0,
    pageDir: join(folder, "page"),
    allowedOrigins: { read: [VIEWER], control: [SITE] },
    version: "test",
  });
});
afterAll(async () => {
  await bridge.close();
  await rm(folder, { recursive: true });
});

type Asked = [status: number, method: string, target: string, headers?: Record<string, string>];
const RANGE = { Range: "bytes=0-0" };
const BEYOND = { Range: "bytes=999-" };
const SAME = { "If-None-Match": "*" };
const OTHER = { "If-Match": '"other"' };
const FRAME = "/data/live.zarr/@live/0/c/0/0/0";

/** Every route with every end that it has. */
const ROUTES: Asked[] = [
  [200, "GET", "/"],
  [200, "HEAD", "/"],
  [206, "GET", "/", RANGE],
  [304, "GET", "/", SAME],
  [412, "GET", "/", OTHER],
  [416, "GET", "/", BEYOND],
  [405, "POST", "/"],
  [200, "GET", "/datasets"],
  [200, "GET", "/assets/app-1a2b.js"],
  [200, "GET", "/assets/data.worker-1a2b.js"],
  [304, "GET", "/assets/app-1a2b.js", SAME],
  [404, "GET", "/assets/none.js"],
  [200, "GET", "/hello"],
  [200, "GET", "/hello", { Origin: SITE }],
  [403, "GET", "/hello", { Origin: "https://evil.example" }],
  [204, "OPTIONS", "/hello", { Origin: SITE }],
  [403, "OPTIONS", "/hello", { Origin: "https://evil.example" }],
  [200, "GET", "/data/a.zarr/zarr.json"],
  [200, "HEAD", "/data/a.zarr/zarr.json"],
  [206, "GET", "/data/a.zarr/zarr.json", RANGE],
  [304, "GET", "/data/a.zarr/zarr.json", SAME],
  [412, "GET", "/data/a.zarr/zarr.json", OTHER],
  [416, "GET", "/data/a.zarr/zarr.json", BEYOND],
  [200, "GET", "/data/a.zarr/zarr.json", { Origin: VIEWER }],
  [204, "OPTIONS", "/data/a.zarr/zarr.json", { Origin: VIEWER }],
  [403, "GET", "/data/a.zarr/zarr.json", { Origin: "https://evil.example" }],
  [403, "GET", "/data/a.zarr/zarr.json", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }],
  [200, "GET", "/data/evil.html"],
  [404, "GET", "/data/none"],
  [404, "GET", "/data"],
  [405, "PUT", "/data/a.zarr/zarr.json"],
  [400, "GET", "/data/../secret"],
  [200, "GET", "/data/a.zarr/@files"],
  [200, "HEAD", "/data/a.zarr/@files"],
  [200, "GET", FRAME],
  [206, "GET", FRAME, RANGE],
  [304, "GET", FRAME, SAME],
  [416, "GET", FRAME, BEYOND],
  [404, "GET", "/data/live.zarr/@live/none"],
  [200, "HEAD", "/streams/0/frames"],
  [400, "GET", "/streams/0/frames?what=1"],
  [404, "GET", `/sessions/${"A".repeat(22)}/previews`],
  [400, "GET", `/sessions/${"A".repeat(22)}/previews?x`],
  [403, "GET", "/sessions/x/previews", { Origin: VIEWER }],
  [400, "POST", "/uploads?name=../x&files=1&bytes=1"],
  [405, "GET", "/uploads"],
  [404, "GET", `/uploads/${"0".repeat(32)}`],
  [411, "PUT", `/uploads/${"0".repeat(32)}/a`],
  [403, "POST", "/uploads?name=x&files=1&bytes=1", { Origin: "https://evil.example" }],
  [426, "GET", "/ws"],
  [403, "GET", "/ws", { ...UPGRADE, Origin: "https://evil.example" }],
  [400, "GET", "/ws", { ...UPGRADE, "Sec-WebSocket-Protocol": "other" }],
  [400, "GET", "/ws?notifications=none-of-ours", UPGRADE],
  [404, "GET", "/other", UPGRADE],
  [403, "GET", "/", { Host: "rebound.example" }],
  [403, "GET", "/ws", { ...UPGRADE, Host: "rebound.example" }],
  [431, "GET", "/", { X: "x".repeat(20_000) }],
];

function expectGuarded({ headers }: RawAnswer): void {
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  });
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toMatch(/default-src '(none|self)'/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("'unsafe-inline'");
  expect(policy).not.toContain("'unsafe-eval'");
  expect(headers["permissions-policy"]).toMatch(/camera=\(self\).*geolocation=\(\).*microphone=\(\)/);
}

describe("an answer says what a browser may do with it", () => {
  test.each(ROUTES)("%i %s %s %j", async (status, method, target, headers = {}) => {
    const answer = (await get(bridge.port, target, headers, method))!;
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    // Who may read it from elsewhere is told, and nobody else; a cookie of theirs never counts.
    const { Origin: origin } = headers;
    const allowed = status !== 403 && (origin === VIEWER || origin === SITE);
    expect(answer.headers["access-control-allow-origin"]).toBe(allowed ? origin : undefined);
    expect(answer.headers["cross-origin-resource-policy"]).toBe(allowed ? "cross-origin" : "same-origin");
    expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    expect(answer.headers).not.toHaveProperty("x-powered-by");
    expect(answer.headers).not.toHaveProperty("server");
  });

  test("also where it was no request", async () => {
    const answer = (await rawRequest(bridge.port, "what is this\r\n\r\n"))!;
    expect(answer.status).toBe(400);
    expectGuarded(answer);
  });
});

test("scripts run from the page's own files alone, but for wasm; the data's worker alone reads from other servers", async () => {
  const policyOf = async (target: string) => (await get(bridge.port, target))!.headers["content-security-policy"]!;
  const part = (policy: string, name: string) => new RegExp(`${name} ([^;]*)`).exec(policy)?.[1];
  const wasm = "'self' 'wasm-unsafe-eval'";
  expect(part(await policyOf("/"), "script-src")).toBe(wasm);
  expect(part(await policyOf("/assets/data.worker-1a2b.js"), "script-src")).toBe(wasm);
  expect(part(await policyOf("/"), "connect-src")).not.toContain("https:");
  expect(part(await policyOf("/assets/data.worker-1a2b.js"), "connect-src")).toContain("https:");
  // What lies in the data folder is no page, whatever it is called.
  const data = (await get(bridge.port, "/data/evil.html"))!.headers;
  expect(data["content-security-policy"]).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
  expect(data["content-type"]).toBe("application/octet-stream");
});
