import type { Socket } from "node:net";

import { RemotePreviews, type WebSocketConstructor } from "@zarrcam/client/remote";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

import {
  Client,
  type Victim,
  besideARecording,
  describeOnLinux,
  getRequest,
  goOn,
  rawConnection,
  sleep,
  until,
} from "./victim.ts";

/** Node has none of its own before 22. */
const webSocket = WebSocket as unknown as WebSocketConstructor;
const send = (client: Client, method: string, params: object = {}) =>
  client.socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
const open = (victim: Victim, count: number) =>
  Promise.all(Array.from({ length: count }, () => Client.open(victim.port)));
const pathOf = ({ hello }: Client) => `/sessions/${hello["session"] as string}/previews`;

/** A stream of the session's pictures that is chosen; it reads its beginning, and no more. */
async function stalledStream({ port }: Victim, client: Client): Promise<Socket> {
  const socket = await rawConnection(port);
  socket.write(getRequest(port, pathOf(client)));
  await new Promise((resolve) => socket.once("data", resolve).once("close", resolve));
  socket.pause();
  expect(await client.call("preview.road", { road: "stream" })).toMatchObject({ road: "stream" });
  return socket;
}

describeOnLinux("streams of previews, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording();

  test(
    "50 that nobody reads, with 8 previews of full size each; who reads gets its pictures",
    { timeout: 90_000 },
    async () => {
      const { victim } = recording;
      await victim.under(
        "400 previews, streamed, unread",
        async () => {
          const clients = await open(victim, 50);
          const sockets = await Promise.all(clients.map((client) => stalledStream(victim, client)));
          for (const client of clients) {
            for (let at = 0; at < 8; at++)
              send(client, "preview.subscribe", { stream: 0, max_width: 1920 + at, max_height: 1080 });
            // Nor what comes by its socket once the stream is cut off.
            (client.socket as unknown as { _socket: Socket })._socket.pause();
          }
          await sleep(1000);
          const reader = await RemotePreviews.connect(`ws://127.0.0.1:${victim.port}/ws`, { webSocket });
          reader.fixRoad("stream");
          let pictures = 0;
          await reader.subscribePreview({ stream: 0, maxWidth: 1920, maxHeight: 1080 }, () => {
            if (reader.road === "stream") pictures += 1;
          });
          await until(() => Promise.resolve(pictures > 10), "ten pictures for who reads");
          await goOn(500);
          reader.close();
          for (const { socket } of clients) socket.terminate();
          for (const socket of sockets) socket.destroy();
        },
        400,
      );
    },
  );

  test(
    "streams that are opened by the thousand, of one session, of none, of strangers",
    { timeout: 60_000 },
    async () => {
      const { victim } = recording;
      await victim.under(
        "streams opened again and again",
        async () => {
          const { port } = victim;
          const client = await Client.open(port);
          send(client, "preview.subscribe", { stream: 0, max_width: 1920, max_height: 1080 });
          const own = pathOf(client);
          const foreign = "Origin: https://evil.example\r\n";
          const kinds: [path: string, headers: string, status: number][] = [
            [own, "", 200],
            [own, foreign, 403],
            [`/sessions/${"A".repeat(22)}/previews`, "", 404],
            ["/sessions/client%201/previews", "", 404],
          ];
          let over = false;
          let count = 0;
          const opening = Array.from({ length: 16 }, async (_, at) => {
            for (let turn = at; !over; turn++) {
              const [path, headers, status] = kinds[turn % kinds.length]!;
              const socket = await rawConnection(port);
              const answered = new Promise<string>((resolve) => {
                socket.once("data", (data: Buffer) => resolve(data.toString("latin1", 9, 12)));
                socket.once("close", () => resolve("closed"));
              });
              socket.write(getRequest(port, path, headers));
              expect([String(status), "closed"]).toContain(await answered);
              if (status === 200) send(client, "preview.road", { road: "stream" });
              if (turn % 3 === 0) socket.resetAndDestroy();
              else socket.destroy();
              count += 1;
            }
          });
          await goOn(2500);
          over = true;
          await Promise.all(opening);
          expect(count).toBeGreaterThan(300);
          // The session is none the worse.
          expect(await client.call("preview.road", { road: "socket" })).toEqual({ road: "socket", pictures: 0 });
          client.socket.terminate();
        },
        200,
      );
    },
  );

  test(
    "sessions that change the road as fast as they can, and are killed in the middle of pictures",
    { timeout: 60_000 },
    async () => {
      const { victim } = recording;
      await victim.under(
        "roads changed again and again",
        async () => {
          let over = false;
          const changing = Array.from({ length: 10 }, async () => {
            while (!over) {
              const client = await Client.open(victim.port);
              for (let at = 0; at < 4; at++)
                send(client, "preview.subscribe", { stream: 0, max_width: 1920, max_height: 1080 });
              const socket = await stalledStream(victim, client);
              if (Math.random() < 0.5) socket.resume();
              for (let at = 0; at < 50; at++) send(client, "preview.road", { road: at % 2 ? "stream" : "socket" });
              await sleep(50 * Math.random());
              client.socket.terminate();
              socket.resetAndDestroy();
            }
          });
          await goOn(2500);
          over = true;
          await Promise.all(changing);
        },
        400,
      );
    },
  );
});
