import type { ServerResponse } from "node:http";

/** Codecs are wasm, workers may come as blobs, styles are set by scripts; nothing comes from elsewhere. */
const policy = (scripts: string, servers = ""): string =>
  [
    "default-src 'self'",
    `script-src 'self' ${scripts}`,
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ws://localhost:* ws://127.0.0.1:*${servers}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
const PAGE_POLICY = policy("'wasm-unsafe-eval'");
/**
 * A worker has the policy that its own script came with. That of the data decodes Blosc with a module whose
 * bindings are made by `Function`; it sees no document, and its scripts come from here all the same. It alone reads from
 * other servers: an `.ozx` by its address.
 */
const DATA_WORKER_POLICY = policy("'wasm-unsafe-eval' 'unsafe-eval'", " https: http://localhost:* http://127.0.0.1:*");
/** The overview shows camera computers that its user names: it may connect to any. What it loads and runs comes from here. */
const RIGS_POLICY = policy("", " http: https: ws: wss:");
const DATA_WORKER = /^data\.worker-[\w-]+\.js$/;

/** A dataset is data: a page that lies in the folder must not run with the bridge's rights. */
const DATA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

export function setSecurityHeaders(response: ServerResponse, segments: readonly string[]): void {
  response.setHeader("Content-Security-Policy", policyOf(segments));
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
}

function policyOf(segments: readonly string[]): string {
  if (segments[0] === "data") return DATA_POLICY;
  if (segments.length === 1 && segments[0] === "rigs.html") return RIGS_POLICY;
  const isDataWorker = segments.length === 2 && segments[0] === "assets" && DATA_WORKER.test(segments[1] ?? "");
  return isDataWorker ? DATA_WORKER_POLICY : PAGE_POLICY;
}
