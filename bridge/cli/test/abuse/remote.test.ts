// What strangers and people who were sent away do from other computers, over https.
import { readFile } from "node:fs/promises";
import { Agent, type RequestOptions, request } from "node:https";
import { type Socket, connect as connectPlain } from "node:net";
import { join } from "node:path";
import { type TLSSocket, connect } from "node:tls";

import type { AuditEntry, NewInvitation, NewToken } from "@zarrcam/protocol";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

import {
  OTHER,
  type Victim,
  besideARecording,
  describeOnLinux,
  getRequest,
  goOn,
  rawConnection,
  readAnswers,
  upgradeRequest,
} from "./victim.ts";

/** How many ask at the same time. */
const AT_ONCE = 16;
const FRAME = "/data/frames.zarr/@live/0/c/3/0/0";

/** Whoever trusts the bridge's certificate. */
class Outside implements Disposable {
  readonly ca: string;
  readonly port: number;
  readonly #agent: Agent;

  private constructor(port: number, ca: string) {
    this.port = port;
    this.ca = ca;
    this.#agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  }
  static async of({ port }: Victim): Promise<Outside> {
    const socket = await rawConnection(port);
    socket.write(getRequest(port, "/trust/authority.pem"));
    const [answer] = await readAnswers(socket, 1);
    socket.destroy();
    return new Outside(port, answer!.body.toString());
  }

  /** @param from the address that it comes from, of loopback */
  ask(
    path: string,
    headers: Record<string, string>,
    body?: string,
    from?: string,
  ): Promise<{ status: number; text: string }> {
    const { port, ca } = this;
    const method = body === undefined ? "GET" : "POST";
    const agent = from === undefined ? this.#agent : false;
    const local = from === undefined ? {} : { localAddress: from };
    const options: RequestOptions & { servername: string } = {
      host: OTHER,
      port,
      ca,
      servername: "",
      agent,
      path,
      method,
      headers,
      ...local,
    };
    return new Promise((resolve, reject) => {
      const asked = request(options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on("error", reject);
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }
  post(path: string, body: object, from?: string): Promise<{ status: number; text: string }> {
    return this.ask(path, { "content-type": "application/json" }, JSON.stringify(body), from);
  }
  socket(token: string): WebSocket {
    const headers = { authorization: `Bearer ${token}` };
    const options = { ca: this.ca, servername: "", headers };
    const socket = new WebSocket(`wss://${OTHER}:${this.port}/ws`, "zarrcam.v1", options);
    return socket.on("error", () => undefined);
  }
  /** An encrypted connection, by hand: `null` where it came to none. */
  secure(): Promise<TLSSocket | null> {
    return new Promise((resolve) => {
      const socket = connect({
        host: OTHER,
        port: this.port,
        ca: this.ca,
        servername: "",
        checkServerIdentity: () => undefined,
      });
      socket.once("secureConnect", () => resolve(socket));
      socket.once("error", () => resolve(null));
      socket.on("error", () => undefined);
    });
  }
  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Does it again and again, so many at a time, for as long as an attack goes on. @returns how often */
async function again(work: (at: number) => Promise<unknown>): Promise<number> {
  let [over, count] = [false, 0];
  const one = async () => {
    while (!over) await work(count++);
  };
  const all = Array.from({ length: AT_ONCE }, one);
  await goOn(1500);
  over = true;
  await Promise.all(all);
  return count;
}
const tally = (counts: Map<number, number>, status: number) => counts.set(status, (counts.get(status) ?? 0) + 1);
const destroyAll = (sockets: (Socket | null)[]) => sockets.forEach((socket) => socket?.destroy());

describeOnLinux("from other computers, while 1920 x 1080 at 30 frames/s are recorded", () => {
  const recording = besideARecording({ remote: true, frames: 4 });

  test("guessing at speed, from one address and from many", { timeout: 60_000 }, async () => {
    const { victim } = recording;
    using outside = await Outside.of(victim);
    const counts = new Map<number, number>();
    await victim.under(
      "guessing",
      async () => {
        const guesses = await again(async (at) => {
          const wrong = `${String(at).padStart(12, "i")}.${"s".repeat(43)}`;
          // Every eighth comes from an address of its own.
          const from = at % 8 === 0 ? `127.1.${(at >> 8) & 255}.${at & 255}` : undefined;
          const { status } =
            at % 2 === 0
              ? await outside.post("/access/token", { token: `${String(at).padStart(22, "t")}` }, from)
              : await outside.ask("/data/frames.zarr/zarr.json", { authorization: `Bearer ${wrong}` });
          tally(counts, status);
        });
        expect(guesses).toBeGreaterThan(50);
      },
      200,
    );
    expect([...counts.keys()].sort()).toEqual([401, 403, 429]);
  });

  test("tokens of one use, again, and those who were sent away", { timeout: 60_000 }, async () => {
    const { victim } = recording;
    using outside = await Outside.of(victim);
    const invite = () => victim.watcher.call<NewInvitation>("access.invite", { role: "control" });
    const counts = new Map<number, number>();
    await victim.under(
      "replay and revocation",
      async () => {
        for (let round = 0; round < 3; round++) {
          const { token: used } = await invite();
          const { id, token } = JSON.parse(
            (await outside.post("/access/token", { token: used }, "127.2.0.1")).text,
          ) as NewToken;
          const sockets = Array.from({ length: 8 }, () => outside.socket(token));
          await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("message", resolve))));
          const closed = sockets.map((socket) => new Promise<number>((resolve) => socket.once("close", resolve)));
          // They go on asking while it is taken from them.
          const flood = setInterval(() => {
            for (const socket of sockets)
              if (socket.readyState === WebSocket.OPEN)
                socket.send('{"jsonrpc":"2.0","id":1,"method":"datasets.list"}');
          }, 5);
          await victim.watcher.call("access.revoke", { id });
          expect(new Set(await Promise.all(closed))).toEqual(new Set([4401]));
          clearInterval(flood);
          const headers = { authorization: `Bearer ${token}` };
          const from = (at: number) => `127.3.${round}.${(at % 250) + 1}`;
          const replays = Array.from({ length: 60 }, async (_, at) => {
            const { status } =
              at % 2 === 0
                ? await outside.post("/access/token", { token: used }, from(at))
                : await outside.ask("/streams/0/frames", headers, undefined, from(at));
            tally(counts, status);
          });
          await Promise.all(replays);
        }
      },
      200,
    );
    expect([...counts.keys()].sort()).toEqual(expect.arrayContaining([401, 403]));
    expect([200, 201, 500].filter((status) => counts.has(status))).toEqual([]);
  });

  test(
    "connections that never agree on their keys, or stall then, and bytes that are no TLS",
    { timeout: 60_000 },
    async () => {
      const { victim } = recording;
      using outside = await Outside.of(victim);
      await victim.under(
        "https, stalled",
        async () => {
          const silent = Array.from({ length: 300 }, () => {
            const socket = connectPlain({ host: OTHER, port: victim.port });
            return socket.on("error", () => undefined);
          });
          silent.forEach((socket, at) => {
            // A record that announces more than comes; half a greeting; noise; nothing.
            if (at % 4 === 0) socket.write(Buffer.from([0x16, 3, 1, 0x40, 0, 1]));
            if (at % 4 === 1) socket.write(Buffer.concat([Buffer.from([0x16, 3, 1, 0, 90]), Buffer.alloc(40, 1)]));
            if (at % 4 === 2) socket.write(Buffer.alloc(500, 0x80));
          });
          const secured = await Promise.all(Array.from({ length: 60 }, () => outside.secure()));
          const host = `Host: ${OTHER}:${victim.port}`;
          secured.forEach((socket, at) => {
            if (at % 2 === 0) socket?.write(`GET / HTTP/1.1\r\n${host}\r\nX: `);
            else socket?.write(upgradeRequest(victim.port).replace(/Host: .*/, host));
          });
          await goOn(1000);
          destroyAll([...silent, ...secured]);
        },
        200,
        true,
      );
    },
  );

  test("answers that nobody reads, asked for in a row by somebody who may", { timeout: 60_000 }, async () => {
    const { victim } = recording;
    using outside = await Outside.of(victim);
    const { token: invitation } = await victim.watcher.call<NewInvitation>("access.invite", { role: "observe" });
    const { token } = JSON.parse(
      (await outside.post("/access/token", { token: invitation }, "127.4.0.1")).text,
    ) as NewToken;
    await victim.under(
      "https, unread",
      async () => {
        const sockets = await Promise.all(Array.from({ length: 4 }, () => outside.secure()));
        const asked = `GET ${FRAME} HTTP/1.1\r\nHost: ${OTHER}:${victim.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
        for (const socket of sockets) {
          socket?.pause();
          socket?.write(asked.repeat(500));
        }
        await goOn(1500);
        destroyAll(sockets);
      },
      300,
    );
  });

  test("all of it is in the audit log, in few lines", async () => {
    const { entries } = await recording.victim.watcher.call<{ entries: AuditEntry[] }>("access.audit", { count: 1000 });
    const refused = entries.filter((entry) => entry.refused !== undefined);
    const kinds = new Set(refused.map(({ refused }) => refused));
    expect([...kinds]).toEqual(expect.arrayContaining(["401", "403", "429"]));
    expect(refused.length).toBeLessThan(600);
    const file = await readFile(join(recording.victim.dataDir, ".state/audit.jsonl"), "utf8");
    expect(file.length).toBeLessThan(4 << 20);
  });
});
