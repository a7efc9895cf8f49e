import type { ServerResponse } from "node:http";

/** Codecs are wasm, workers may come as blobs, styles are files or set by scripts (CSSOM); nothing comes from elsewhere. */
const policy = (servers = "", scripts = "'self' 'wasm-unsafe-eval'"): string =>
  [
    "default-src 'self'",
    `script-src ${scripts}`,
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ws://localhost:* ws://127.0.0.1:*${servers}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
const PAGE_POLICY = policy();
/**
 * A worker has the policy that its own script came with. That of the data alone reads from other servers, an `.ozx` by its address, and
 * from addresses that are data themselves, as its zstd decoder is.
 */
const DATA_WORKER_POLICY = policy(" data: https: http://localhost:* http://127.0.0.1:*");
/** The overview shows camera computers that its user names: it may connect to any. What it loads and runs comes from here. */
const RIGS_POLICY = policy(" http: https: ws: wss:", "'self'");
const DATA_WORKER = /^data\.worker-[\w-]+\.js$/;

/** A dataset is data: a page that lies in the folder must not run with the bridge's rights. So is whatever is refused. */
const DATA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

/** What the page uses of the browser is for itself alone; of the rest nobody in it gets anything. */
const PERMISSIONS = [
  ...["camera", "usb", "clipboard-write", "fullscreen"].map((feature) => `${feature}=(self)`),
  ..."accelerometer bluetooth display-capture geolocation gyroscope hid magnetometer microphone midi payment serial"
    .split(" ")
    .map((feature) => `${feature}=()`),
].join(", ");

/**
 * What every answer says to a browser, whatever it is: a file, a refusal, a 304.
 *
 * @param segments of the path that was asked for; null: it was not looked at, or is none
 */
export function securityHeaders(segments: readonly string[] | null): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": policyOf(segments),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}

export function setSecurityHeaders(response: ServerResponse, segments: readonly string[] | null): void {
  for (const [name, value] of Object.entries(securityHeaders(segments))) response.setHeader(name, value);
}

/** The head of an answer that is written by hand, where there is no `ServerResponse`: it ends its connection. */
export function bareHead(statusLine: string, headers: Readonly<Record<string, string | number>>): string {
  const all = { Connection: "close", "Cache-Control": "no-store", ...securityHeaders(null), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${statusLine}\r\n${lines.join("")}\r\n`;
}

function policyOf(segments: readonly string[] | null): string {
  if (segments === null || segments[0] === "data") return DATA_POLICY;
  if (segments.length === 1 && segments[0] === "rigs.html") return RIGS_POLICY;
  const isDataWorker = segments.length === 2 && segments[0] === "assets" && DATA_WORKER.test(segments[1] ?? "");
  return isDataWorker ? DATA_WORKER_POLICY : PAGE_POLICY;
}
