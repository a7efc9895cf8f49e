import type { Socket } from "node:net";

import { expect, test } from "vitest";

import {
  besideARecording,
  describeOnLinux,
  getRequest,
  goOn,
  rawConnection,
  rawConnections,
  readAnswers,
  sleep,
} from "./victim.ts";

const FRAME = "/data/frames.zarr/@live/0/c/3/0/0";
const destroyAll = (sockets: Socket[]) => sockets.forEach((socket) => socket.destroy());

describeOnLinux("HTTP, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording({ frames: 10, bigFile: true });

  test("@live, 1,000 requests at once on each of four connections that read nothing", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "pipelined @live, unread",
      async () => {
        const sockets = await rawConnections(recording.victim.port, 4);
        for (const socket of sockets) socket.write(getRequest(recording.victim.port, FRAME).repeat(1000));
        await goOn(1500);
        destroyAll(sockets);
      },
      200,
    );
  });

  test("@live, 60 requests at once: every answer, one after the other", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "pipelined @live, read",
      async () => {
        const socket = await rawConnection(recording.victim.port);
        socket.write(getRequest(recording.victim.port, FRAME).repeat(60));
        const answers = await readAnswers(socket, 60);
        const [first] = answers;
        expect(first?.body.length).toBeGreaterThan(4_000_000);
        for (const { status, body } of answers) {
          expect(status).toBe(200);
          expect(body.equals(first!.body)).toBe(true);
        }
        socket.destroy();
      },
      200,
    );
  });

  test("files: 1,000 requests at once on each of 20 connections that read nothing", { timeout: 60_000 }, async () => {
    const { handles } = await recording.victim.under(
      "pipelined files, unread",
      async () => {
        const sockets = await rawConnections(recording.victim.port, 20);
        for (const socket of sockets) socket.write(getRequest(recording.victim.port, "/data/big.bin").repeat(1000));
        await goOn(1500);
        destroyAll(sockets);
      },
      300,
    );
    expect(handles).toBeLessThan(120);
  });

  test("mixed requests at once on one connection: each its own answer, in order", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "pipelined mixture",
      async () => {
        const socket = await rawConnection(recording.victim.port);
        const targets: [target: string, more: string, status: number][] = [
          [FRAME, "Range: bytes=-68\r\n", 206],
          ["/data/big.bin", "Range: bytes=0-99999\r\n", 206],
          ["/data/none", "", 404],
          ["/data/frames.zarr/zarr.json", "", 200],
          ["/data/../x", "", 400],
        ];
        const all = Array.from({ length: 50 }, () => targets).flat();
        socket.write(all.map(([target, more]) => getRequest(recording.victim.port, target, more)).join(""));
        const answers = await readAnswers(socket, all.length);
        expect(answers.map(({ status }) => status)).toEqual(all.map(([, , status]) => status));
        socket.destroy();
      },
      200,
    );
  });

  test(
    "1,500 connections: idle, with half a request, with an answer that they do not read",
    { timeout: 90_000 },
    async () => {
      await recording.victim.under(
        "1,500 connections held",
        async () => {
          const [idle, slow, stopped] = [
            await rawConnections(recording.victim.port, 500),
            await rawConnections(recording.victim.port, 500),
            await rawConnections(recording.victim.port, 500),
          ];
          for (const socket of slow) socket.write("GET / HTTP/1.1\r\nHost: 127");
          for (const socket of stopped) socket.write(getRequest(recording.victim.port, "/data/big.bin"));
          await goOn(2000);
          destroyAll([...idle, ...slow, ...stopped]);
        },
        300,
      );
    },
  );

  test("500 large downloads that begin together all come to their end", { timeout: 240_000 }, async () => {
    await recording.victim.under(
      "500 downloads",
      async () => {
        const sockets = await rawConnections(recording.victim.port, 500);
        const size = 4 << 20;
        const more = `Range: bytes=0-${size - 1}\r\n`;
        const lengths = sockets.map(async (socket) => {
          let length = -1;
          socket.write(getRequest(recording.victim.port, "/data/big.bin", more));
          socket.on("data", (data) => {
            if (length < 0) length = data.length - (data.indexOf("\r\n\r\n") + 4);
            else length += data.length;
            if (length === size) socket.destroy();
          });
          await new Promise((resolve) => socket.once("close", resolve));
          return length;
        });
        expect(new Set(await Promise.all(lengths))).toEqual(new Set([size]));
      },
      300,
    );
  });

  test("bodies without end, and heads that come letter by letter", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "slow and endless requests",
      async () => {
        const sockets = await rawConnections(recording.victim.port, 150);
        const half = "x".repeat(64 << 10);
        sockets.forEach((socket, at) => {
          socket.resume();
          const host = `Host: 127.0.0.1:${recording.victim.port}\r\n`;
          if (at % 3 === 0) socket.write(`POST /data/big.bin HTTP/1.1\r\n${host}Content-Length: 1000000000000\r\n\r\n`);
          else if (at % 3 === 1) socket.write(`PUT / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n10000\r\n`);
          else socket.write("GET / HT");
        });
        for (let round = 0; round < 30; round++) {
          sockets.forEach((socket, at) => socket.write(at % 3 === 2 ? "x" : half));
          await sleep(100);
        }
        destroyAll(sockets);
      },
      200,
    );
  });

  test("connections that are reset in the middle of bodies, again and again", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "resets",
      async () => {
        for (let round = 0; round < 20; round++) {
          const sockets = await rawConnections(recording.victim.port, 40);
          sockets.forEach((socket, at) => {
            socket.write(getRequest(recording.victim.port, at % 2 === 0 ? FRAME : "/data/big.bin").repeat(3));
          });
          await sleep(50);
          sockets.forEach((socket) => socket.resetAndDestroy());
        }
      },
      200,
    );
  });

  test(
    "heads of requests as large as they may be, with hundreds of ranges and fields",
    { timeout: 60_000 },
    async () => {
      await recording.victim.under(
        "large heads",
        async () => {
          const ranges = Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(",");
          const fields = Array.from({ length: 500 }, (_, at) => `x${at}: y\r\n`).join("");
          const sockets = await rawConnections(recording.victim.port, 20);
          await Promise.all(
            sockets.map(async (socket) => {
              const target = "/data/frames.zarr/zarr.json";
              const one = getRequest(recording.victim.port, target, `Range: bytes=${ranges}\r\n`);
              socket.write((one + getRequest(recording.victim.port, target, fields)).repeat(100));
              const answers = await readAnswers(socket, 200);
              expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
              socket.destroy();
            }),
          );
        },
        200,
      );
    },
  );

  test("connections that a client holds beyond its time are ended by the bridge", { timeout: 60_000 }, async () => {
    await recording.victim.under(
      "half a head for ever",
      async () => {
        const sockets = await rawConnections(recording.victim.port, 30);
        let open = sockets.length;
        for (const socket of sockets) {
          socket.on("close", () => (open -= 1));
          socket.on("data", () => undefined);
          socket.write("GET / HT");
        }
        // Whoever does not close its own side is closed all the same.
        await expect.poll(() => open, { timeout: 20_000 }).toBe(0);
      },
      100,
    );
  });
});

describeOnLinux.each([1024, 256])("HTTP, where a process may have %d handles", (most) => {
  const recording = besideARecording({ handles: most, frames: 10, bigFile: true });

  test("connections and files leave half of them to the recording", { timeout: 60_000 }, async () => {
    const { handles } = await recording.victim.under(
      `700 connections with 20 downloads each, ${most} handles`,
      async () => {
        const sockets = await rawConnections(recording.victim.port, 700);
        for (const socket of sockets) socket.write(getRequest(recording.victim.port, "/data/big.bin").repeat(20));
        await goOn(2000);
        destroyAll(sockets);
      },
      300,
      most < 1024,
    );
    // Connections and those that come beyond them, files, the watcher, the recording, Node's own.
    expect(handles).toBeLessThan(most * 0.55 + 64 + 40);
  });
});
