import type { IncomingMessage, ServerResponse } from "node:http";

import { isZarrcamError } from "@zarrcam/client/native";
import { type ErrorCode, type Route, errorNumbers, routeOf, routes } from "@zarrcam/protocol";

import type { Access } from "../access/access.ts";
import { type Handlers, hasBody } from "./handlers.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { allowOrigin, sendText } from "./send.ts";
import { pathSegments } from "./url-path.ts";

/** What answers requests, and who says whether they are answered. */
export interface HttpOptions {
  access: Access;
  handlers: Handlers;
}

/** What a request was refused with that did what it may not, not for how things stand. */
const NOTED: ReadonlySet<ErrorCode> = new Set(["forbidden", "too_many_requests", "invalid_params"]);

/** Answers every HTTP request. Never rejects. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  try {
    await answer(request, response, options);
  } catch (error) {
    // In the middle of a body nothing can be said: the client sees it cut short.
    if (response.headersSent) response.destroy();
    else if (isZarrcamError(error)) sendText(response, errorNumbers[error.code].http, error.message);
    else sendText(response, 500, "The file could not be read.");
  }
}

/** Where all connections are taken by others who are being served. */
export function answerNoRoom(response: ServerResponse): Promise<void> {
  response.shouldKeepAlive = false;
  setSecurityHeaders(response, null);
  response.setHeader("Retry-After", "1");
  sendText(response, 503, "All connections are taken; this one ends. Ask again in a second.");
  return Promise.resolve();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { access, handlers }: HttpOptions,
): Promise<void> {
  const segments = pathSegments(request.url ?? "");
  setSecurityHeaders(response, segments);
  // What comes with a request is not read, but where it posts: the connection ends with the answer.
  const keptAlive = response.shouldKeepAlive;
  if (hasBody(request)) response.shouldKeepAlive = false;
  const host = access.checkHost(request);
  if (host) return sendText(response, host.status, host.message);
  if (segments === null) {
    access.refuse(request, 400, "no path downwards");
    return sendText(response, 400, "The path is not one of this server's.");
  }
  // A cache must not give one origin's answer to another.
  response.setHeader("Vary", "Origin");
  const name = routeOf(segments);
  const route: Route = routes[name];
  const admission = access.admit(request, name);
  const { denial, foreign, principal } = admission;
  // A page of another origin may read why it is refused where it may ask at all.
  if (foreign) allowOrigin(response, foreign.origin, route.methods);
  if (denial) {
    for (const [header, value] of Object.entries(denial.headers ?? {})) response.setHeader(header, value);
    return sendText(response, denial.status, denial.message);
  }
  if (foreign && request.method === "OPTIONS") return void response.writeHead(204).end();
  if (!(route.methods as readonly string[]).includes(request.method ?? "")) {
    const allowed = route.methods.join(", ");
    response.setHeader("Allow", allowed);
    access.refuse(request, 405, "not by this method", route.path, principal);
    const reads = "Files are read with GET and HEAD; everything else goes over the control socket.";
    return sendText(response, 405, allowed === "GET, HEAD" ? reads : `Here one asks with ${allowed}.`);
  }
  // Whoever loses the right to an answer loses the answer.
  if (principal) access.hold(response, principal, name);
  try {
    await handlers[name]({ request, response, segments, admission, keptAlive });
  } catch (error) {
    // In the log nothing is quoted that came with the request.
    if (isZarrcamError(error) && NOTED.has(error.code))
      access.refuse(request, errorNumbers[error.code].http, error.code, route.path, principal);
    throw error;
  }
}
