import {
  type InferOutput,
  finite,
  literal,
  looseObject,
  null_,
  number,
  optional,
  pipe,
  safeParse,
  strictObject,
  string,
  union,
  unknown,
} from "valibot";

import { duplicateKey } from "./duplicate-key.ts";
import { type RpcErrorData, PARSE_ERROR, type ErrorCode, errorNumbers } from "./errors.ts";
import { plainObject } from "./plain-object.ts";

const id = union([string(), pipe(number(), finite())]);

/** A request, or without `id` a notification of the client. Parameters are by name only. */
export const requestSchema = strictObject({
  jsonrpc: literal("2.0"),
  id: optional(id),
  method: string(),
  params: optional(plainObject),
});
export type RequestMessage = InferOutput<typeof requestSchema>;

/** What a client receives: an answer, or a notification. */
export const incomingSchema = union([
  strictObject({ jsonrpc: literal("2.0"), id, result: unknown() }),
  strictObject({
    jsonrpc: literal("2.0"),
    id: union([id, null_()]),
    error: looseObject({ code: number(), message: string(), data: optional(looseObject({ code: string() })) }),
  }),
  strictObject({ jsonrpc: literal("2.0"), method: string(), params: plainObject }),
]);
export type IncomingMessage = InferOutput<typeof incomingSchema>;

export type ParsedRequest =
  | { ok: true; request: RequestMessage }
  /** `id` is the request's where it could be read, so that the answer can name it. */
  | { ok: false; id: string | number | null; number: number; message: string; path?: string };

/** Never throws: the text may be anything. */
export function parseRequest(text: string): ParsedRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, id: null, number: PARSE_ERROR, message: "The message is not JSON." };
  }
  const parsed = safeParse(requestSchema, value);
  if (parsed.success) {
    const twice = duplicateKey(text);
    if (twice === null) return { ok: true, request: parsed.output };
    // Paths of a document begin in it, as in all that is said of it.
    const path = twice.replace(/^params\.(configuration\.)?/, "");
    const message = `${JSON.stringify(path)} is given twice, and only one can count: leave one out.`;
    return { ok: false, id: readableId(value), number: errorNumbers.invalid_message.rpc, message, path };
  }
  const message = Array.isArray(value)
    ? "Batches are not taken: send one request a message."
    : "The message is not a JSON-RPC 2.0 request with named parameters.";
  return { ok: false, id: readableId(value), number: errorNumbers.invalid_message.rpc, message };
}

function readableId(value: unknown): string | number | null {
  if (typeof value !== "object" || value === null || !("id" in value)) return null;
  return typeof value.id === "string" || typeof value.id === "number" ? value.id : null;
}

export function resultMessage(requestId: string | number, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id: requestId, result });
}
export function errorMessage(
  requestId: string | number | null,
  code: ErrorCode,
  message: string,
  data: Omit<RpcErrorData, "code"> = {},
  number: number = errorNumbers[code].rpc,
): string {
  return JSON.stringify({ jsonrpc: "2.0", id: requestId, error: { code: number, message, data: { code, ...data } } });
}
export function notificationMessage(name: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method: name, params });
}
