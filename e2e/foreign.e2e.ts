import { createServer } from "node:http";
import { request } from "node:http";
import type { AddressInfo } from "node:net";

import { configure } from "./harness/setup.ts";
import { expect, test } from "./harness/test.ts";

/** A page of somebody else, on an origin of its own. */
async function foreignPage(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>Not yours</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

test("a page from another origin cannot open the control socket, nor read data, nor frame the page", async ({
  bridge,
  runtime,
  browser,
}) => {
  await configure(runtime, { name: "mine.zarr", points: 5 });
  await runtime.start();
  await runtime.stop();

  const foreign = await foreignPage();
  const page = await browser.newPage();
  await page.goto(foreign.url);
  const seen = await page.evaluate(async (url) => {
    const socket = (protocol: string | undefined) =>
      new Promise<string>((resolve) => {
        const made = new WebSocket(`${url.replace("http", "ws")}/ws`, protocol);
        made.onopen = () => resolve("open");
        made.onerror = () => resolve("refused");
      });
    const read = (target: string, init?: RequestInit) =>
      fetch(url + target, init).then(
        async (response) => `${response.status} ${await response.text()}`,
        () => "refused",
      );
    return {
      socket: await socket("zarrcam.v1"),
      plainSocket: await socket(undefined),
      page: await read("/"),
      data: await read("/data/mine.zarr/zarr.json"),
      ranged: await read("/data/mine.zarr/zarr.json", { headers: { Range: "bytes=0-9" } }),
      opaque: await fetch(`${url}/data/mine.zarr/zarr.json`, { mode: "no-cors" }).then(
        (response) => `${response.type} ${response.status}`,
        () => "refused",
      ),
    };
  }, bridge.url);
  expect(seen).toEqual({
    socket: "refused",
    plainSocket: "refused",
    page: "refused",
    data: "refused",
    ranged: "refused",
    opaque: "refused",
  });

  // Nor may it put the app into a frame and let its visitor press Record there.
  await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
  }, bridge.url);
  await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
  await expect(page.frames()[1]!.getByRole("button")).toHaveCount(0);
  expect((await runtime.getStats()).state).toBe("Armed");
  await page.close();
  foreign.close();
});

test("a name that was made to point here (DNS rebinding) is refused, by page, data and socket", async ({
  bridge,
  launchBrowser,
}) => {
  for (const target of ["/", "/data/", "/ws"]) {
    for (const host of ["rebound.example", `rebound.example:${bridge.port}`, "127.0.0.1.rebound.example"]) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const upgrade = target === "/ws" ? { Connection: "Upgrade", Upgrade: "websocket" } : {};
        request(
          {
            host: "127.0.0.1",
            port: bridge.port,
            path: target,
            headers: {
              Host: host,
              "Sec-WebSocket-Version": "13",
              "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
              "Sec-WebSocket-Protocol": "zarrcam.v1",
              ...upgrade,
            },
          },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        )
          .on("upgrade", () => resolve(101))
          .on("error", reject)
          .end();
      });
      expect({ target, host, status }).toEqual({ target, host, status: 403 });
    }
  }
  // Under the browser's own resolver: the name leads here, and the page is not given.
  const rebound = await launchBrowser({ resolve: `rebound.example 127.0.0.1` });
  const page = await rebound.newPage();
  const answer = await page.goto(`http://rebound.example:${bridge.port}/`);
  expect(answer?.status()).toBe(403);
});
