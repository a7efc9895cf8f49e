// Bytes that somebody sends to an HTTP port: requests of our routes, and what is wrong with them.
import fc from "fast-check";

const segment = fc.oneof(
  fc.constantFrom(
    "data",
    "hello",
    "uploads",
    "sessions",
    "streams",
    "ws",
    "assets",
    "frames.zarr",
    "zarr.json",
    "0",
    "c",
  ),
  fc.constantFrom(
    "@live",
    "@files",
    "..",
    ".",
    "%2e%2e",
    "%2f",
    "%00",
    "%",
    "%c0%af",
    "\\",
    "frames.log",
    ".zarrcam",
    "9",
  ),
  fc.string({ maxLength: 6 }),
  fc.webSegment({ size: "small" }),
);
const target = fc.oneof(
  fc
    .tuple(fc.array(segment, { maxLength: 5 }), fc.option(fc.webQueryParameters({ size: "small" }), { nil: "" }))
    .map(([parts, query]) => `/${parts.join("/")}${query === "" ? "" : `?${query}`}`),
  fc.constantFrom(
    "*",
    "http://127.0.0.1/",
    "http://evil.example/data",
    "//evil.example/",
    "/".repeat(300),
    "/uploads?name=a&files=1e9&bytes=-1",
  ),
);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("GET", "HEAD") },
  { weight: 3, arbitrary: fc.constantFrom("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT") },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const range = fc
  .array(
    fc.tuple(
      fc.oneof(fc.nat(100), fc.constantFrom("", "-1", 2 ** 53, "1e9", "0x1")),
      fc.oneof(fc.nat(100), fc.constant("")),
    ),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((ranges) => `Range: bytes=${ranges.map(([from, to]) => `${from}-${to}`).join(",")}`);
const line = fc.oneof(
  range,
  fc.constantFrom(
    "Content-Length: 5",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 5, 6",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 3",
    "Content-Encoding: gzip",
    "Expect: 100-continue",
    "Expect: 200-ok",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol: zarrcam.v1",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=8",
    "Origin: https://evil.example",
    "Origin: null",
    "Sec-Fetch-Site: cross-site",
    "Host: evil.example",
    "Cookie: a=b; __Host-zarrcam=x",
    "Authorization: Bearer x",
    "Authorization: Basic Og==",
    'If-None-Match: W/"x", *',
    "If-Range: x",
    "X-Forwarded-For: 127.0.0.1",
    " folded",
    "no colon",
    ": empty",
    `X: ${"y".repeat(9000)}`,
  ),
  fc.tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 12 })).map(([name, value]) => `${name}: ${value}`),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const body = fc.oneof(
  { weight: 4, arbitrary: fc.constant("") },
  fc.constantFrom(
    "5\r\nhello\r\n0\r\n\r\n",
    "ffffffffffffffff\r\nx",
    "5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
    "-1\r\n",
    "hello",
  ),
  fc.string({ maxLength: 40 }),
);
const host = fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
const version = fc.oneof(
  { weight: 9, arbitrary: fc.constant("HTTP/1.1") },
  { weight: 1, arbitrary: fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.1 x", "") },
);

/** A stream without an end of its own would be given until the client leaves, and has tests of its own. */
const isEndless = (where: string): boolean => /^\/streams\/+0+\/frames/.test(where) || where.startsWith("/sessions/");

const one = fc
  .record({ method, target, version, host, lines: fc.array(line, { maxLength: 4 }), body })
  .filter((request) => !isEndless(decodedOnce(request.target)));

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** All that goes over one connection: one request or a few, cut off anywhere, or no request at all. */
export function httpBytes(port: number): fc.Arbitrary<Buffer> {
  const text = fc.array(one, { minLength: 1, maxLength: 3 }).map((requests) =>
    requests
      .map((request) => {
        const lines = request.host ? [`Host: 127.0.0.1:${port}`, ...request.lines] : request.lines;
        return `${request.method} ${request.target} ${request.version}\r\n${lines.map((each) => `${each}\r\n`).join("")}\r\n${request.body}`;
      })
      .join(""),
  );
  const whole = text.map((all) => Buffer.from(all, "latin1"));
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 2, arbitrary: fc.tuple(whole, fc.nat(400)).map(([bytes, end]) => bytes.subarray(0, end)) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );
}
