import type { ServerResponse } from "node:http";

/** Lets a page of another origin read the answer. */
export function allowOrigin(response: ServerResponse, origin: string, methods: readonly string[]): void {
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Methods", methods.join(", "));
  // Never with cookies: another page shows the token that it was given.
  const headers = "Authorization, Content-Type, Range, If-Match, If-None-Match, If-Range, Cache-Control";
  response.setHeader("Access-Control-Allow-Headers", headers);
  response.setHeader("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, ETag");
  response.setHeader("Access-Control-Allow-Private-Network", "true");
  response.setHeader("Access-Control-Max-Age", "600");
  response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
}

export function sendText(response: ServerResponse, status: number, message: string): void {
  send(response, status, "text/plain; charset=utf-8", message + "\n");
}
export function sendJson(response: ServerResponse, status: number, value: object): void {
  send(response, status, "application/json", JSON.stringify(value) + "\n");
}
export function sendNothing(response: ServerResponse): void {
  response.writeHead(204, { "Cache-Control": "no-store" }).end();
}
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  content: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(content);
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": body.length,
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
