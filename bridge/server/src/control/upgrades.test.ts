import type { IncomingMessage } from "node:http";

import { expect, test } from "vitest";

import { withoutUpgrade } from "./upgrades.ts";

test("a request without its offer to upgrade is otherwise the same, byte for byte", () => {
  const request = {
    method: "GET",
    url: "/a%20b?c",
    httpVersion: "1.1",
    rawHeaders: ["Host", "127.0.0.1:1", "CONNECTION", "keep-alive, Upgrade", "upgrade", "h2c", "X", "caf\u00e9"],
  } as unknown as IncomingMessage;
  expect(withoutUpgrade(request).toString("latin1")).toBe(
    "GET /a%20b?c HTTP/1.1\r\nHost: 127.0.0.1:1\r\nCONNECTION: keep-alive\r\nX: caf\u00e9\r\n\r\n",
  );
  expect(withoutUpgrade({ ...request, rawHeaders: ["Connection", "Upgrade"] } as IncomingMessage).toString()).toBe(
    "GET /a%20b?c HTTP/1.1\r\n\r\n",
  );
});
