// The table of what strangers try over a page or a program on this computer, and how each is refused. What floods, stalls or
// breaks is beside it: `http.test.ts`, `sessions.test.ts`, `previews.test.ts`, `frames.test.ts`, `fuzz.test.ts`.
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import {
  Client,
  type Victim,
  besideARecording,
  describeOnLinux,
  getRequest,
  rawConnection,
  readAnswers,
  upgradeRequest,
} from "./victim.ts";

const EVIL = "Origin: https://evil.example\r\n";
const SECRET = "nobody may read this";
/** How often each is tried, so that a fault that comes once in a while is met. */
const TIMES = 20;

interface Attempt {
  what: string;
  request: (port: number) => string;
  /** Any of these, and no other; 0: the connection is ended without a word. */
  status: number[];
}
const host = (name: string, target = "/", more = "") => `GET ${target} HTTP/1.1\r\nHost: ${name}\r\n${more}\r\n`;
const post = (port: number, target: string, more: string, body = "", method = "POST") =>
  `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const UPLOAD = "/uploads?name=evil.zarr&files=1&bytes=1";

/** One that a page of another origin makes, with each way in which browsers say so. */
const OTHER_PAGES = [
  "https://evil.example",
  "null",
  "http://127.0.0.1:1",
  "https://127.0.0.1:PORT",
  "http://127.0.0.1:PORT.evil.example",
  "http://evil.example:PORT",
  "file://",
];

const ATTEMPTS: Attempt[] = [
  ...OTHER_PAGES.flatMap((origin): Attempt[] => {
    const line = (port: number) => `Origin: ${origin.replace("PORT", String(port))}\r\n`;
    return [
      { what: `socket from ${origin}`, request: (port) => upgradeRequest(port, "/ws", line(port)), status: [403] },
      {
        what: `data for ${origin}`,
        request: (port) => getRequest(port, "/data/secret.json", line(port)),
        status: [403],
      },
      { what: `upload from ${origin}`, request: (port) => post(port, UPLOAD, line(port)), status: [403] },
    ];
  }),
  ...["/", "/hello", "/data/victim.zarr/zarr.json", "/streams/0/frames", "/uploads", "/sessions/x/previews"].map(
    (target): Attempt => ({
      what: `${target} for another page`,
      request: (port) => getRequest(port, target, EVIL),
      status: [403],
    }),
  ),
  {
    what: "preflight of another page",
    request: (port) =>
      getRequest(port, "/data/x", `${EVIL}Access-Control-Request-Method: PUT\r\n`).replace("GET", "OPTIONS"),
    status: [403],
  },
  ...["cross-site", "same-site"].flatMap((site): Attempt[] =>
    ["no-cors", "cors", "websocket"].map((mode) => ({
      what: `${mode} of a ${site} page that names no origin`,
      request: (port) =>
        getRequest(port, "/data/secret.json", `Sec-Fetch-Site: ${site}\r\nSec-Fetch-Mode: ${mode}\r\n`),
      status: [403],
    })),
  ),

  // A name of somebody else's that was made to lead here.
  ...[
    "evil.example",
    "evil.example:PORT",
    "127.0.0.1.evil.example:PORT",
    "localhost.evil.example:PORT",
    "127.0.0.2:PORT",
    "127.0.0.1:1",
    "0.0.0.0:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "localhost@evil.example:PORT",
    "localhost:PORT, evil.example",
    "",
  ].flatMap((name): Attempt[] =>
    ["/", "/data/secret.json", "/hello"].map((target) => ({
      what: `host ${name}, ${target}`,
      request: (port) => host(name.replace("PORT", String(port)), target),
      status: [400, 403],
    })),
  ),
  { what: "no host", request: () => "GET / HTTP/1.1\r\n\r\n", status: [400, 403] },
  { what: "no host, of before there were hosts", request: () => "GET / HTTP/1.0\r\n\r\n", status: [403] },
  { what: "two hosts", request: (port) => getRequest(port, "/", "Host: evil.example\r\n"), status: [400, 403] },
  { what: "a whole address", request: (port) => getRequest(port, "http://evil.example/"), status: [400] },

  // What a form or a picture of another page can send without asking.
  ...["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"].map((type): Attempt => ({
    what: `form as ${type}`,
    request: (port) => post(port, UPLOAD, `${EVIL}Content-Type: ${type}\r\nSec-Fetch-Site: cross-site\r\n`, "a=b"),
    status: [403],
  })),
  {
    what: "form of a page that hides its origin",
    request: (port) => post(port, UPLOAD, "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"),
    status: [403],
  },
  { what: "commands as a body", request: (port) => post(port, "/", "", '{"method":"stop"}'), status: [405] },
  {
    what: "commands to the socket's address",
    request: (port) => post(port, "/ws", "", '{"method":"stop"}'),
    status: [405],
  },

  // Ways out of the data folder.
  ...[
    "/data/../secret.json",
    "/data/..%2fsecret.json",
    "/data/%2e%2e/secret.json",
    "/data/%2e%2e%2fsecret.json",
    "/data/%252e%252e/secret.json",
    "/data/....//secret.json",
    "/data/..;/secret.json",
    "/data/..\\secret.json",
    "/data/%5c..%5csecret.json",
    "/data/%c0%ae%c0%ae/secret.json",
    "/data//etc/passwd",
    "/data/%2fetc%2fpasswd",
    "/data/C:/windows/win.ini",
    "/data/link/secret.json",
    "/data/folder/secret.json",
    "/data/victim.zarr/@live/../../../secret.json",
    "/data/victim.zarr/@live/%2e%2e/%2e%2e/secret.json",
    "/data/..%2f/@files",
    "/data/folder/@files",
    "/data/.hidden",
    "/data/victim.zarr/0/.zarrcam/lock",
    "/data/secret.json%00.zarr",
    "/assets/../../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/../../../../etc/passwd",
  ].map((target): Attempt => ({ what: target, request: (port) => getRequest(port, target), status: [400, 404] })),
  ...["../evil.zarr", "/tmp/evil.zarr", "a/../../evil.zarr", ".evil", "a\u0000b"].map((name): Attempt => ({
    what: `upload as ${JSON.stringify(name)}`,
    request: (port) => post(port, `/uploads?name=${encodeURIComponent(name)}&files=1&bytes=1`, ""),
    status: [400],
  })),
  {
    what: "upload through a link",
    request: (port) => post(port, "/uploads/../data/x?at=0", "", "x", "PUT"),
    status: [400],
  },

  // Two meanings of one request.
  ...[
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "X: a\rGET /data/secret.json HTTP/1.1\r\n",
    "X: a\u0000b\r\n",
  ].map((more): Attempt => ({
    what: JSON.stringify(more),
    request: (port) => getRequest(port, "/", more),
    status: [0, 400, 501],
  })),
  {
    what: "more head than there may be",
    request: (port) => getRequest(port, "/", `X: ${"x".repeat(20_000)}\r\n`),
    status: [431],
  },
  ...["TRACE", "CONNECT", "PATCH", "PROPFIND"].map((method): Attempt => ({
    what: method,
    request: (port) => getRequest(port, "/").replace("GET", method),
    status: method === "CONNECT" ? [0] : [405],
  })),
];

/** The first answer, or null where the connection was ended without one. */
async function answerOf(port: number, request: string): Promise<{ status: number; body: Buffer } | null> {
  const socket = await rawConnection(port);
  socket.write(request, "latin1");
  const [answer = null] = await readAnswers(socket, 1).catch(() => []);
  socket.destroy();
  return answer;
}

describeOnLinux("strangers, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording({ frames: 2 });

  test(`${ATTEMPTS.length} ways in are refused, each time`, { timeout: 120_000 }, async () => {
    const { victim } = recording;
    const outside = join(dirname(victim.dataDir), `zarrcam-outside-${victim.pid}`);
    await mkdir(outside);
    await writeFile(join(outside, "secret.json"), SECRET);
    await symlink(join(outside, "secret.json"), join(victim.dataDir, "link"));
    await symlink(outside, join(victim.dataDir, "folder"));
    await writeFile(join(victim.dataDir, "secret.json"), '"for its own page alone"');
    await writeFile(join(victim.dataDir, ".hidden"), SECRET);
    try {
      await victim.under(
        "strangers",
        async () => {
          for (const { what, request, status } of ATTEMPTS) {
            const answers = await Promise.all(
              Array.from({ length: TIMES }, () => answerOf(victim.port, request(victim.port))),
            );
            for (const answer of answers) {
              expect(status, what).toContain(answer?.status ?? 0);
              expect(answer?.body.toString() ?? "", what).not.toMatch(
                /nobody may read|for its own page|root:|"name": "zarrcam/,
              );
            }
          }
        },
        200,
      );
    } finally {
      await rm(outside, { recursive: true });
    }
    // Nothing of it was carried out.
    expect(await victim.watcher.call("get_state")).toEqual({ state: "Running" });
  });

  test("bodies that unpack to gigabytes stay as they came", { timeout: 60_000 }, async () => {
    const { victim } = recording;
    const bomb = gzipSync(Buffer.alloc(256 << 20));
    await victim.under(
      "decompression bombs",
      async () => {
        const begun = await answerOf(
          victim.port,
          post(victim.port, `/uploads?name=bomb.zarr&files=1&bytes=${bomb.length}`, ""),
        );
        const { id } = JSON.parse(begun!.body.toString()) as { id: string };
        const piece = post(
          victim.port,
          `/uploads/${id}/c`,
          "Content-Encoding: gzip\r\n",
          bomb.toString("latin1"),
          "PUT",
        );
        expect(await answerOf(victim.port, piece)).toMatchObject({ status: 204 });
        const here = await answerOf(victim.port, getRequest(victim.port, `/uploads/${id}`));
        expect(JSON.parse(here!.body.toString())).toMatchObject({ here: [{ path: "c", bytes: bomb.length }] });
        await answerOf(victim.port, post(victim.port, `/uploads/${id}`, "", "", "DELETE"));
        // A socket that asks for compression is not given it.
        const socket = await rawConnection(victim.port);
        socket.write(upgradeRequest(victim.port, "/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
        const head = await new Promise<string>((resolve) =>
          socket.once("data", (data) => resolve(data.toString("latin1"))),
        );
        expect(head).toMatch(/^HTTP\/1\.1 101 /);
        expect(head).not.toContain("permessage-deflate");
        socket.destroy();
      },
      100,
    );
  });

  test("datasets whose files mean harm are listed and told of in few words", { timeout: 120_000 }, async () => {
    const { victim } = recording;
    const names = await plantHostileDatasets(victim);
    await victim.under(
      "hostile datasets",
      async () => {
        const client = await Client.open(victim.port);
        for (const method of ["datasets.list", "datasets.left_out"]) {
          expect(JSON.stringify(await client.call(method)).length, method).toBeLessThan(1 << 20);
        }
        for (const name of names) {
          for (const method of ["info", "losses", "settings", "description", "recover"]) {
            const answer = await client.call(`datasets.${method}`, { name }).catch((error: object) => error);
            expect(JSON.stringify(answer).length, `${method} of ${name}`).toBeLessThan(1 << 20);
            if (answer instanceof Error) expect(answer, name).not.toMatchObject({ data: { code: "internal" } });
          }
          const live = await answerOf(
            victim.port,
            getRequest(victim.port, `/data/${encodeURIComponent(name)}/@live/zarr.json`),
          );
          expect([200, 404, 500], name).toContain(live?.status);
        }
        client.socket.terminate();
      },
      400,
    );
    for (const name of names) await rm(join(victim.dataDir, name), { recursive: true });
  });
});

/** As somebody may have left them in the data folder, or uploaded them. @returns their names */
async function plantHostileDatasets({ dataDir }: Victim): Promise<string[]> {
  const array = (more: object) => ({
    zarr_format: 3,
    node_type: "array",
    shape: [4, 4],
    data_type: "uint8",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [4, 4] } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: 0,
    codecs: [{ name: "bytes" }],
    ...more,
  });
  const most = Number.MAX_SAFE_INTEGER;
  const deep = `${"[".repeat(2_000_000)}${"]".repeat(2_000_000)}`;
  const multiscales = [{ datasets: Array.from({ length: 100_000 }, (_, at) => ({ path: String(at) })) }];
  const documents: Record<string, string> = {
    "<script>alert(1)<$script>.zarr": JSON.stringify(array({ dimension_names: ["<img src=x onerror=alert(1)>", "x"] })),
    "gigantic.zarr": JSON.stringify(
      array({ shape: [most, most], chunk_grid: { name: "regular", configuration: { chunk_shape: [1, 1] } } }),
    ),
    "overflowing.zarr": JSON.stringify(
      array({ shape: [1e9, 1e9], chunk_grid: { name: "regular", configuration: { chunk_shape: [1e9, 1e9] } } }),
    ),
    "axes.zarr": JSON.stringify(array({ shape: Array.from({ length: 200_000 }, () => 1) })),
    "deep.zarr": deep,
    "deep-within.zarr": JSON.stringify(array({ attributes: "@" })).replace('"@"', deep),
    "levels.zarr": JSON.stringify({ zarr_format: 3, node_type: "group", attributes: { ome: { multiscales } } }),
    "long.zarr": JSON.stringify(array({ attributes: { text: "x".repeat(5 << 20) } })),
    "text.zarr": "no JSON at all",
    "names.zarr": JSON.stringify(
      array({ dimension_names: ["n".repeat(5 << 20), "x"], data_type: "t".repeat(5 << 20) }),
    ),
  };
  for (const [name, document] of Object.entries(documents)) {
    await mkdir(join(dataDir, name));
    await writeFile(join(dataDir, name, "zarr.json"), document);
  }
  // What says of itself that a run of ours wrote it.
  await mkdir(join(dataDir, "ours.zarr/0/.zarrcam"), { recursive: true });
  await writeFile(join(dataDir, "ours.zarr/zarr.json"), JSON.stringify({ zarr_format: 3, node_type: "group" }));
  for (const file of ["run.json", "stream.json", "end.json", "frames.log"])
    await writeFile(
      join(dataDir, "ours.zarr/0/.zarrcam", file),
      file === "frames.log" ? Buffer.alloc(1 << 20, 255) : deep,
    );
  return [...Object.keys(documents), "ours.zarr"];
}
