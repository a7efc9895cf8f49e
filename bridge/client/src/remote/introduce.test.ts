import { afterEach, describe, expect, test, vi } from "vitest";

import { addressSpaceOf, introduce } from "./introduce.ts";

describe("where a host lies", () => {
  test.each(["localhost", "LOCALHOST", "rig.localhost", "127.0.0.1", "127.8.9.1", "[::1]"])("%s: here", (host) =>
    expect(addressSpaceOf(host)).toBe("loopback"),
  );
  test.each([
    "10.1.2.3",
    "192.168.0.7",
    "172.16.0.1",
    "172.31.9.9",
    "169.254.1.1",
    "rig.local",
    "[fd00::1]",
    "[fe80::1]",
  ])("%s: in the local network", (host) => expect(addressSpaceOf(host)).toBe("local"));
  test.each([
    "172.32.0.1",
    "11.0.0.1",
    "8.8.8.8",
    "rig-2.lab.example",
    "local.example",
    "[2001:db8::1]",
    "127.example",
  ])("%s: anywhere", (host) => expect(addressSpaceOf(host)).toBeNull());
});

describe("asking a bridge who it is", () => {
  afterEach(() => vi.unstubAllGlobals());
  const asked: Request[] = [];
  const answering = (answer: () => Promise<Response>) =>
    vi.stubGlobal("fetch", (request: Request) => {
      asked.push(request);
      return answer();
    });
  const hello = { version: "0.1.0", protocol: "zarrcam.v1", may_control: false };

  test("is one plain request, to the address of any of its own", async () => {
    answering(() => Promise.resolve(Response.json(hello)));
    expect(await introduce("ws://127.0.0.1:8421/ws?notifications=")).toEqual(hello);
    expect(asked.at(-1)).toMatchObject({
      url: "http://127.0.0.1:8421/hello",
      method: "GET",
      mode: "cors",
      credentials: "same-origin",
      cache: "no-store",
    });
    await introduce("wss://rig.example/ws");
    expect(asked.at(-1)?.url).toBe("https://rig.example/hello");
  });
  test("names the address space to browsers that know it", async () => {
    answering(() => Promise.resolve(Response.json(hello)));
    const made: unknown[] = [];
    const Plain = Request;
    vi.stubGlobal(
      "Request",
      class extends Plain {
        constructor(address: URL, options: RequestInit & { targetAddressSpace?: string }) {
          if (options.targetAddressSpace === "local") throw new TypeError("no such address space");
          super(address, options);
          made.push(options.targetAddressSpace);
        }
      },
    );
    for (const host of ["localhost:8421", "192.168.0.7:8421", "rig.example"]) await introduce(`http://${host}/`);
    expect(made).toEqual(["loopback", undefined, undefined]);
  });
  test.each([
    ["nobody", () => Promise.reject(new TypeError("Failed to fetch")), "No zarrcam answers this page"],
    ["another server", () => Promise.resolve(new Response("<html>")), "No zarrcam answers this page"],
    ["a bridge of another version", () => Promise.resolve(Response.json({ version: 2 })), "is no zarrcam of this"],
    ["a refusal", () => Promise.resolve(new Response("no", { status: 403 })), "is no zarrcam of this"],
  ])("%s is said", async (_who, answer, message) => {
    answering(answer);
    await expect(introduce("http://127.0.0.1:8421")).rejects.toMatchObject({
      code: "disconnected",
      message: expect.stringContaining(message) as string,
    });
  });
  test("may be given up", async () => {
    const leave = new AbortController();
    answering(() => Promise.reject(leave.signal.reason as Error));
    leave.abort();
    await expect(introduce("http://127.0.0.1:8421", { signal: leave.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});
