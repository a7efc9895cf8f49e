import { expect, test } from "vitest";
import { BarredError, type BrowserSide, passTo } from "./bridge-access.ts";

const BRIDGE = "http://127.0.0.1:8421";
const hello = { version: "1", protocol: "zarrcam.v1", may_control: true };

class FakeBrowser implements BrowserSide {
  pageOrigin = "https://site.example";
  isSecure = true;
  status = { state: "granted" as PermissionState, onchange: null as (() => void) | null };
  knows = ["loopback-network", "local-network", "local-network-access"];
  asked: string[] = [];
  introduced = 0;
  answer: () => Promise<typeof hello> = () => Promise.resolve(hello);
  waited: number[] = [];

  introduce = () => {
    this.introduced += 1;
    return this.answer();
  };
  permission = (name: string) => {
    this.asked.push(name);
    if (!this.knows.includes(name)) return Promise.reject(new TypeError(name));
    return Promise.resolve(this.status as unknown as PermissionStatus);
  };
  wait = (ms: number) => {
    this.waited.push(ms);
    return new Promise<void>(() => undefined);
  };
}

async function barrier(browser: FakeBrowser, byUser = true, origin = BRIDGE): Promise<BarredError> {
  const barred: unknown = await passTo(origin, { byUser }, browser).catch((error: unknown) => error);
  if (!(barred instanceof BarredError)) throw new Error("it was let through");
  return barred;
}

test("a page that was allowed by its user and by the bridge gets through", async () => {
  const browser = new FakeBrowser();
  expect(await passTo(BRIDGE, { byUser: false }, browser)).toEqual(hello);
  expect(browser.asked).toEqual(["loopback-network"]);
});

test("the permission is asked for by the newest name that the browser knows", async () => {
  const browser = new FakeBrowser();
  browser.knows = ["local-network-access"];
  await passTo("http://192.168.0.7:8421", { byUser: false }, browser);
  expect(browser.asked).toEqual(["local-network", "local-network-access"]);
  browser.knows = [];
  await passTo(BRIDGE, { byUser: false }, browser);
});

test("no question of the browser comes up by itself", async () => {
  const browser = new FakeBrowser();
  browser.status.state = "prompt";
  expect(await barrier(browser, false)).toMatchObject({ barrier: "unasked" });
  expect(browser.introduced).toBe(0);
  const told: string[] = [];
  await passTo(BRIDGE, { byUser: true, asking: () => told.push("asking") }, browser);
  expect([told, browser.introduced]).toEqual([["asking"], 1]);
});

test("a page that came from this computer is let through without a question", async () => {
  const browser = new FakeBrowser();
  browser.status.state = "prompt";
  browser.pageOrigin = "http://localhost:8000";
  const asking = () => expect.unreachable();
  expect(await passTo(BRIDGE, { byUser: false, asking }, browser)).toEqual(hello);
  browser.answer = () => Promise.reject(new Error("refused"));
  expect(await barrier(browser)).toMatchObject({ barrier: "silent" });
});

test.each([
  ["http://127.0.0.1:8421", "https://192.168.1.5:8421", false],
  ["https://192.168.1.5:8421", "https://192.168.1.6:8421", false],
  ["https://lab-scope.local:8421", "https://10.0.0.7:8421", false],
  ["https://192.168.1.5:8421", "http://127.0.0.1:8421", false],
  ["https://site.example", "https://192.168.1.5:8421", true],
  ["https://site.example", "http://127.0.0.1:8421", true],
])("whether the browser asks before %s reaches %s", async (pageOrigin, origin, asks) => {
  const browser = new FakeBrowser();
  Object.assign(browser, { pageOrigin });
  browser.status.state = "prompt";
  const told: string[] = [];
  await passTo(origin, { byUser: true, asking: () => told.push("asking") }, browser);
  expect(told).toEqual(asks ? ["asking"] : []);
  // What is not asked for stands in nobody's way.
  browser.status.state = "denied";
  const barred = await passTo(origin, { byUser: true }, browser).catch((error: BarredError) => error.barrier);
  expect(barred).toEqual(asks ? "denied" : hello);
});

test("a page of plain http is told that it is its own way that bars it", async () => {
  const browser = new FakeBrowser();
  Object.assign(browser, { pageOrigin: "http://site.example", isSecure: false });
  browser.status.state = "denied";
  // It may be of the same network all the same.
  expect(await passTo(BRIDGE, { byUser: false }, browser)).toEqual(hello);
  browser.answer = () => Promise.reject(new TypeError("Failed to fetch"));
  const barred = await barrier(browser);
  expect(barred.barrier).toBe("denied");
  expect(barred.message).toContain("Open this page over https");
});

test("denied: nothing is asked, the ways out are said, and it goes on when the user has changed it", async () => {
  const browser = new FakeBrowser();
  browser.status.state = "denied";
  const barred = await barrier(browser);
  expect(barred).toMatchObject({ barrier: "denied" });
  expect(barred.message).toMatch(/site's settings.*or open http:\/\/127\.0\.0\.1:8421 itself/);
  expect([browser.introduced, browser.waited]).toEqual([0, []]);
  browser.status.onchange?.();
  await barred.again;
});

test.each([
  ["says no", "denied", "denied"],
  ["closes the question", "prompt", "unanswered"],
] as const)("a user who %s", async (_what, after, expected) => {
  const browser = new FakeBrowser();
  browser.status.state = "prompt";
  browser.answer = () => {
    browser.status.state = after;
    return Promise.reject(new TypeError("Failed to fetch"));
  };
  expect((await barrier(browser)).barrier).toBe(expected);
});

test("a bridge that is not there, or does not know this origin: with the very words to start it", async () => {
  const browser = new FakeBrowser();
  browser.answer = () => Promise.reject(new TypeError("Failed to fetch"));
  const barred = await barrier(browser);
  expect(barred.barrier).toBe("silent");
  expect(barred.message).toContain("npm start -- --allow-control https://site.example");
  expect(browser.waited).toEqual([5000]);
});

test("a bridge that lets this origin read alone", async () => {
  const browser = new FakeBrowser();
  browser.answer = () => Promise.resolve({ ...hello, may_control: false });
  const barred = await barrier(browser);
  expect(barred.barrier).toBe("reader");
  expect(barred.message).toContain("npm start -- --allow-control https://site.example");
});
