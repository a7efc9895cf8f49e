import type { Socket } from "node:net";

import { expect, test } from "vitest";

import {
  Client,
  type Victim,
  besideARecording,
  describeOnLinux,
  goOn,
  rawConnection,
  sleep,
  until,
  upgradeRequest,
} from "./victim.ts";

const SESSIONS = 55;

/** What `ws` holds of a socket: to stop reading for good, and to write frames by hand. */
const socketOf = (client: Client): Socket => (client.socket as unknown as { _socket: Socket })._socket;
const open = (victim: Victim, count: number) =>
  Promise.all(Array.from({ length: count }, () => Client.open(victim.port)));
const endAll = (clients: Client[]) => clients.forEach(({ socket }) => socket.terminate());
const send = (client: Client, method: string, params: object = {}, id?: number) =>
  client.socket.send(JSON.stringify({ jsonrpc: "2.0", method, params, ...(id === undefined ? {} : { id }) }));

/** A frame of a client: masked with zeros, of less than 126 bytes. */
function frame(opcode: number, text = "", { final = true, compressed = false } = {}): Buffer {
  const head = Buffer.from([(final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode, 0x80 | text.length, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from(text)]);
}

describeOnLinux("the control socket, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording({ frames: 5 });

  test("55 sessions with 16 previews of full size each that they never read", { timeout: 90_000 }, async () => {
    await recording.victim.under(
      "880 previews, unread",
      async () => {
        const clients = await open(recording.victim, SESSIONS);
        for (const client of clients) {
          socketOf(client).pause();
          for (let at = 0; at < 16; at++)
            send(client, "preview.subscribe", { stream: 0, max_width: 1920 + at, max_height: 1080 });
        }
        await goOn(2500);
        endAll(clients);
      },
      400,
    );
  });

  test("55 sessions that ask for snaps and never read them", { timeout: 90_000 }, async () => {
    await recording.victim.under(
      "1,650 snaps, unread",
      async () => {
        const clients = await open(recording.victim, SESSIONS);
        for (const client of clients) {
          socketOf(client).pause();
          for (let at = 0; at < 30; at++) send(client, "snap", { stream: 0 }, at);
        }
        await goOn(2500);
        endAll(clients);
      },
      400,
    );
  });

  test("who reads gets pictures while others hold all the room there is", { timeout: 90_000 }, async () => {
    await recording.victim.under(
      "a reader beside 50 who do not read",
      async () => {
        const stalled = await open(recording.victim, 50);
        for (const client of stalled) {
          socketOf(client).pause();
          for (let at = 0; at < 4; at++)
            send(client, "preview.subscribe", { stream: 0, max_width: 1920 + at, max_height: 1080 });
        }
        await sleep(1000);
        const reader = await Client.open(recording.victim.port);
        let pictures = 0;
        reader.socket.on("message", (data: Buffer, isBinary) => {
          if (!isBinary) return;
          pictures += 1;
          send(reader, "preview.ack", {
            subscription: data.readUInt32LE(8),
            frame: Number(data.readBigUInt64LE(56)),
          });
        });
        send(reader, "preview.subscribe", { stream: 0, max_width: 1920, max_height: 1080 });
        await until(() => Promise.resolve(pictures > 10), "pictures for who reads");
        await goOn(1000);
        endAll([...stalled, reader]);
      },
      400,
    );
  });

  test("answers that nobody reads: requests are no longer read", { timeout: 90_000 }, async () => {
    await recording.victim.under(
      "20 x 20,000 requests, unread",
      async () => {
        const clients = await open(recording.victim, 20);
        const requests = frame(1, '{"jsonrpc":"2.0","id":1,"method":"get_capabilities"}');
        for (const client of clients) {
          socketOf(client).pause();
          socketOf(client).write(Buffer.concat(Array.from({ length: 20_000 }, () => requests)));
        }
        await goOn(2000);
        endAll(clients);
      },
      400,
    );
  });

  test.each([
    ["datasets.list", {}],
    ["datasets.info", { name: "frames.zarr" }],
    ["datasets.losses", { name: "frames.zarr" }],
    ["validate", { configuration: {} }],
    ["set_configuration", { configuration: {}, revision: 0 }],
    ["save_snapshot", { stream: 9 }],
    ["measure_speed", {}],
    ["get_stats", {}],
    ["select", { kind: "Camera", name: ".*" }],
  ])("40 sessions ask for %s again and again", { timeout: 60_000 }, async (method, params) => {
    await recording.victim.under(
      `floods of ${method}`,
      async () => {
        const clients = await open(recording.victim, 40);
        let over = false;
        const ask = async (client: Client) => {
          while (!over) await client.call(method, params).catch(() => undefined);
        };
        const asking = clients.flatMap((client) => Array.from({ length: 30 }, () => ask(client)));
        await goOn(1000);
        over = true;
        endAll(clients);
        await Promise.all(asking);
      },
      200,
    );
  });

  test("previews that come and go thousands of times", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "subscribing and unsubscribing",
      async () => {
        const clients = await open(recording.victim, 10);
        let over = false;
        const cycle = async (client: Client) => {
          while (!over) {
            const { subscription } = await client.call<{ subscription: number }>("preview.subscribe", {
              stream: 0,
              max_width: 1920,
              max_height: 1080,
            });
            await client.call("preview.unsubscribe", { subscription });
          }
        };
        const cycling = clients.map((client) => cycle(client).catch(() => undefined));
        await goOn(1500);
        over = true;
        await Promise.all(cycling);
        endAll(clients);
      },
      300,
    );
  });

  test("pings without end, to a client that reads no pong", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "pings",
      async () => {
        const clients = await open(recording.victim, 10);
        const pings = Buffer.concat(Array.from({ length: 10_000 }, () => frame(9, "x".repeat(100))));
        for (const client of clients) {
          socketOf(client).pause();
          for (let at = 0; at < 5; at++) socketOf(client).write(pings);
        }
        await goOn(1500);
        endAll(clients);
      },
      200,
    );
  });

  test(
    "messages in fragments, endless or compressed: the session ends, with its reason",
    { timeout: 60_000 },
    async () => {
      await recording.victim.under(
        "fragments",
        async () => {
          const codeAfter = async (bytes: Buffer): Promise<number> => {
            const client = await Client.open(recording.victim.port);
            const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
            socketOf(client).write(bytes);
            return closed;
          };
          const fragments = Buffer.concat([
            frame(1, "x", { final: false }),
            ...Array.from({ length: 5000 }, () => frame(0, "x", { final: false })),
          ]);
          const codes = await Promise.all([codeAfter(fragments), codeAfter(frame(1, "{}", { compressed: true }))]);
          expect(codes).toEqual([1008, 1002]);
        },
        200,
      );
    },
  );

  test("64 sessions: the next is told, and who was there stays", { timeout: 60_000 }, async () => {
    const clients = await open(recording.victim, 63);
    const refused = await rawConnection(recording.victim.port);
    refused.write(upgradeRequest(recording.victim.port));
    const answer = await new Promise<string>((resolve) => refused.once("data", (data) => resolve(data.toString())));
    expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*64 sessions are open already/);
    expect(await clients[0]!.call("get_state")).toEqual({ state: "Running" });
    expect(await recording.victim.watcher.call("get_state")).toEqual({ state: "Running" });
    endAll(clients);
    await expect
      .poll(() =>
        recording.victim.askAsNew().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  test("handshakes of foreign pages, a thousand and more", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "refused handshakes",
      async () => {
        for (let round = 0; round < 15; round++) {
          const sockets = await Promise.all(Array.from({ length: 100 }, () => rawConnection(recording.victim.port)));
          for (const socket of sockets)
            socket.write(upgradeRequest(recording.victim.port, "/ws", "Origin: http://evil.example\r\n"));
          // Held by the client: the bridge has to end them.
        }
        await goOn(1250);
      },
      200,
    );
  });
});
