import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { errorMessage, parseRequest, resultMessage } from "./envelope.ts";

describe("parseRequest", () => {
  test("takes a request and a notification", () => {
    expect(parseRequest('{"jsonrpc":"2.0","id":"a","method":"stop"}')).toEqual({
      ok: true,
      request: { jsonrpc: "2.0", id: "a", method: "stop" },
    });
    expect(parseRequest('{"jsonrpc":"2.0","method":"preview.ack","params":{"subscription":1}}')).toEqual({
      ok: true,
      request: { jsonrpc: "2.0", method: "preview.ack", params: { subscription: 1 } },
    });
  });

  test.each([
    ["{", null, -32700],
    ["", null, -32700],
    ["null", null, -32600],
    ["[]", null, -32600],
    ['[{"jsonrpc":"2.0","id":1,"method":"stop"}]', null, -32600],
    ['{"id":4,"method":"stop"}', 4, -32600],
    ['{"jsonrpc":"1.0","id":4,"method":"stop"}', 4, -32600],
    ['{"jsonrpc":"2.0","id":4}', 4, -32600],
    ['{"jsonrpc":"2.0","id":4,"method":7}', 4, -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"stop"}', null, -32600],
    ['{"jsonrpc":"2.0","id":null,"method":"stop"}', null, -32600],
    ['{"jsonrpc":"2.0","id":"x","method":"stop","params":[1]}', "x", -32600],
    ['{"jsonrpc":"2.0","id":"x","method":"stop","extra":1}', "x", -32600],
  ])("refuses %s", (text, id, number) => {
    expect(parseRequest(text)).toMatchObject({ ok: false, id, number });
  });

  test.each([
    ['"params":{"configuration":{"video":[{"name":"a","name":"b"}]}}', "video[0].name"],
    ['"params":{"revision":1,"revision":2}', "revision"],
    ['"id":5', "id"],
  ])("refuses what is given twice: %s", (rest, path) => {
    const refused = parseRequest(`{"jsonrpc":"2.0","id":4,"method":"validate",${rest}}`);
    expect(refused).toMatchObject({ ok: false, id: rest === '"id":5' ? 5 : 4, number: -32600, path });
  });

  test("throws at no text", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRequest(text)));
  });
});

test("answers are JSON-RPC", () => {
  expect(JSON.parse(resultMessage(1, null))).toEqual({ jsonrpc: "2.0", id: 1, result: null });
  expect(JSON.parse(errorMessage("a", "exists", "There is one.", { path: "video[0]" }))).toEqual({
    jsonrpc: "2.0",
    id: "a",
    error: { code: -32006, message: "There is one.", data: { code: "exists", path: "video[0]" } },
  });
});
