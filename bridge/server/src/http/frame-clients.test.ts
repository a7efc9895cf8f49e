import { type Server, createServer } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";

import { afterEach, expect, test } from "vitest";

import { MAX_FRAME_CLIENTS, MAX_FRAME_CLIENTS_OF_ONE } from "@zarrcam/protocol";

import { thisComputer } from "../access/principal.ts";
import { FrameClients, framesTarget } from "./frame-clients.ts";

const somebody = { id: "desk", name: "Desk", role: "observe", kind: "device", address: "10.0.0.2" } as const;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A bridge of `clients` alone; the answer to its only request. */
async function ask(clients: FrameClients): Promise<{ socket: Socket; sent: Promise<void> }> {
  let took: (sent: Promise<void>) => void;
  const sent = new Promise<void>((resolve) => (took = resolve));
  const target = { stream: 0, nextRun: false, backPressure: false };
  server = createServer((request, response) => took(clients.send(request, response, target, somebody)));
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => undefined).write("GET /streams/0/frames HTTP/1.1\r\nHost: here\r\n\r\n");
  return { socket, sent };
}

test.each([
  ["/streams/3/frames", { stream: 3, nextRun: false, backPressure: false }],
  ["/streams/0/frames?run=next", { stream: 0, nextRun: true, backPressure: false }],
  ["/streams/0/frames?back_pressure=true&run=next", { stream: 0, nextRun: true, backPressure: true }],
  ["/streams/0", null],
  ["/streams/1e3/frames", null],
  ["/data/streams/0/frames", null],
])("%s", (url, target) => {
  expect(framesTarget(url.split("?")[0]!.slice(1).split("/"), url)).toEqual(target);
});

test.each(["run=next&run=last", "run", "stream=0"])("what is asked for wrongly is refused: %s", (query) => {
  expect(() => framesTarget(["streams", "0", "frames"], `/streams/0/frames?${query}`)).toThrow("?run=next");
});

test("a client that takes nothing is cut off after its time, and its frames are given up", async () => {
  let closed = 0;
  const frames = { read: (into: Buffer) => Promise.resolve(into.length), close: () => void (closed += 1) };
  const kept: Socket[] = [];
  const clients = new FrameClients({ openFrames: () => Promise.resolve(frames) }, (socket) => kept.push(socket), 100);
  const { socket, sent } = await ask(clients);
  socket.pause();
  await sent;
  expect([clients.count, kept.length]).toEqual([0, 1]);
  expect(closed).toBeGreaterThan(0);
  await new Promise((resolve) => socket.once("close", resolve).resume());
});

test("what was read ends as HTTP says, and no client is left", async () => {
  const pieces = ["abc", "de", ""];
  const frames = {
    read: (into: Buffer) => Promise.resolve(into.write(pieces.shift() ?? "")),
    close: () => undefined,
  };
  const clients = new FrameClients({ openFrames: () => Promise.resolve(frames) }, () => undefined);
  const { socket, sent } = await ask(clients);
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => (heard += text));
  await new Promise((resolve) => socket.once("close", resolve));
  await sent;
  expect(heard).toMatch(/\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/);
  expect(clients.count).toBe(0);
});

test("where the core fails in the middle the connection breaks, and it is no end", async () => {
  let reads = 0;
  const frames = {
    read: (into: Buffer) =>
      (reads += 1) > 1 ? Promise.reject(new Error("closed")) : Promise.resolve(into.write("abc")),
    close: () => undefined,
  };
  const clients = new FrameClients({ openFrames: () => Promise.resolve(frames) }, () => undefined);
  const { sent } = await ask(clients);
  await expect(sent).rejects.toThrow("closed");
  expect(clients.count).toBe(0);
});

test("one desk takes no more than its share, and others find room", async () => {
  const clients = new FrameClients({ openFrames: () => new Promise(() => undefined) }, () => undefined);
  const target = { stream: 0, nextRun: true, backPressure: false };
  server = createServer((request, response) => {
    const who =
      request.headers["x-desk"] === undefined
        ? thisComputer("127.0.0.1")
        : { ...somebody, id: String(request.headers["x-desk"]) };
    clients.send(request, response, target, who).catch((error: Error) => response.writeHead(429).end(error.message));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const open = (who: string) =>
    connect(port, "127.0.0.1")
      .on("error", () => undefined)
      .write(`GET / HTTP/1.1\r\nHost: here\r\n${who}\r\n`);
  const refused = async (headers: Record<string, string>) =>
    (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
  for (let at = 0; at < MAX_FRAME_CLIENTS_OF_ONE; at++) open("X-Desk: a\r\n");
  await expect.poll(() => clients.count).toBe(MAX_FRAME_CLIENTS_OF_ONE);
  expect(await refused({ "x-desk": "a" })).toContain(
    `${MAX_FRAME_CLIENTS_OF_ONE} clients of "Desk" take frames already`,
  );
  open("X-Desk: b\r\n");
  open("");
  await expect.poll(() => clients.count).toBe(MAX_FRAME_CLIENTS);
  expect(await refused({})).toContain(`${MAX_FRAME_CLIENTS} clients take frames already`);
});
