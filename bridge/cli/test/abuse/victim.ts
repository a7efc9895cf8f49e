import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Ledger, RunSummary, Stats } from "@zarrcam/protocol";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { WebSocket } from "ws";

const BIN = fileURLToPath(new URL("../../bin/zarrcam.js", import.meta.url));
const REMOTE_BRIDGE = fileURLToPath(new URL("remote-bridge.ts", import.meta.url));
/** Where other computers reach a bridge that they may reach: another address of loopback. */
export const OTHER = "127.0.0.2";
/** A new client is promised an answer within 1 s; this is what a machine that does other work too is given. */
const LONGEST_ANSWER_MS = 5000;
const MIB = 1 << 20;

interface Recorded {
  /** How many handles the bridge may have. Default: as many as this process. */
  handles?: number;
  /** Frames of a closed dataset `frames.zarr`, recorded before. Default: there is none. */
  frames?: number;
  /** A file of `BIG_BYTES` bytes, `big.bin`, in the data folder. */
  bigFile?: boolean;
  /** Others reach it, over https at `OTHER`. */
  remote?: boolean;
}

const BIG_BYTES = 48 << 20;

/**
 * Registers, for the tests of the block that calls it, a bridge that records 1920 x 1080 at 30 frames/s all the while. Of the
 * recording nothing may be lost, and the bridge must end without a warning.
 */
export function besideARecording({ handles, frames, bigFile = false, remote = false }: Recorded = {}): {
  readonly victim: Victim;
} {
  let victim: Victim | undefined;
  beforeAll(async () => {
    victim = await Victim.start({ remote, ...(handles === undefined ? {} : { handles }) });
    if (bigFile) {
      await writeFile(join(victim.dataDir, "big.bin"), "");
      await truncate(join(victim.dataDir, "big.bin"), BIG_BYTES);
    }
    if (frames !== undefined) await victim.recordFrames("frames.zarr", frames);
    await victim.beginRecording();
  }, 60_000);
  afterAll(async () => {
    await victim?.endRecording();
    await victim?.end();
  }, 60_000);
  return {
    get victim() {
      if (!victim) throw new Error("There is no victim before the tests begin.");
      return victim;
    },
  };
}

/** Only Linux tells what a process takes, and only there the tests can look. */
export const describeOnLinux = describe.runIf(process.platform === "linux");

export interface Figures {
  /** The longest that a new client waited for its first answer, ms; before the attack and during it. */
  calmMs: number;
  longestMs: number;
  /** How often it was refused first, and had to come again. */
  refused: number;
  /** Resident memory that the bridge took beyond what it had, MiB. */
  memoryMiB: number;
  /** Most handles that it had. */
  handles: number;
}

/** A bridge in a process of its own, as users run it, that records 1920 x 1080 at 30 frames/s while it is attacked. */
export class Victim {
  readonly port: number;
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #watcher: Client;
  readonly #stderr: () => string;

  private constructor(port: number, dataDir: string, child: ChildProcess, watcher: Client, stderr: () => string) {
    this.port = port;
    this.dataDir = dataDir;
    this.#child = child;
    this.#watcher = watcher;
    this.#stderr = stderr;
  }

  /** @param handles how many handles the bridge may have. */
  static async start({ handles, remote = false }: { handles?: number; remote?: boolean } = {}): Promise<Victim> {
    const dataDir = await mkdtemp(join(tmpdir(), "zarrcam-abuse-"));
    const limit = handles === undefined ? "" : `ulimit -n ${handles}; `;
    const program = remote
      ? ["--import", "tsx", REMOTE_BRIDGE, dataDir]
      : [BIN, "serve", "--port", "0", "--data", dataDir, "--state", join(dataDir, ".state")];
    const command = ["-c", `${limit}exec "$0" "$@"`, process.execPath, ...program];
    const child = spawn("sh", command, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const [, found] = /is ready: http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? [];
        if (found) resolve(Number(found));
      });
      child.on("exit", (code) => reject(new Error(`the bridge ended with ${code}: ${stderr}`)));
    });
    return new Victim(port, dataDir, child, await Client.open(port), () => stderr);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }
  get watcher(): Client {
    return this.#watcher;
  }

  /** A closed dataset of uncompressed frames of 4 MB: something worth asking for. */
  async recordFrames(name: string, frames: number): Promise<void> {
    await this.#watcher.call("set_configuration", {
      configuration: recording(name, "uniform random", "ZarrV3", frames),
    });
    await this.#watcher.call("start", { record: true });
    expect(await this.#watcher.call<RunSummary>("stop")).toMatchObject({ complete: true });
  }

  /** Goes on until `endRecording`. */
  async beginRecording(): Promise<void> {
    const configuration = recording("victim.zarr", "empty", "ZarrV3Blosc1Lz4ByteShuffle", 2 ** 53);
    await this.#watcher.call("set_configuration", { configuration });
    await this.#watcher.call("start", { record: true });
    await this.#untilStored(10);
  }

  /** Nothing may have been lost, whatever was done to the bridge. */
  async endRecording(): Promise<Ledger> {
    const summary = await this.#watcher.call<RunSummary>("stop");
    expect(summary.streams[0]?.error).toBeNull();
    const { ledger } = summary.streams[0]!;
    expect(ledger).toMatchObject({ dropped: 0, in_flight: 0, stored: ledger.captured });
    return ledger;
  }

  /**
   * Attacks, and asks as a new client all the while. The recording must lose nothing, a new client be answered, and
   * everything that the attack took be given back when it is over.
   */
  async under(what: string, attack: () => Promise<void>, mostMiB: number, mayBeRefused = false): Promise<Figures> {
    const before = await this.#ledger();
    const { memory, handles: calmHandles } = await this.#resources();
    const calmMs = Math.max(await this.askAsNew(), await this.askAsNew(), await this.askAsNew());
    const figures: Figures = { calmMs, longestMs: 0, refused: 0, memoryMiB: 0, handles: 0 };
    let over = false;
    const probing = (async () => {
      while (!over) {
        figures.longestMs = Math.max(figures.longestMs, await this.askAsNew(() => (figures.refused += 1)));
        await sleep(100);
      }
    })();
    const measuring = (async () => {
      while (!over) {
        const now = await this.#resources();
        figures.memoryMiB = Math.max(figures.memoryMiB, (now.memory - memory) / MIB);
        figures.handles = Math.max(figures.handles, now.handles);
        await sleep(20);
      }
    })();
    try {
      await attack();
    } finally {
      over = true;
      await Promise.all([probing, measuring]);
    }
    const round = Math.round;
    console.log(
      `${what}: a new client waited ${round(figures.longestMs)} ms at most (calm: ${round(calmMs)}), ` +
        `memory +${round(figures.memoryMiB)} MiB, ${figures.handles} handles, refused ${figures.refused} times`,
    );
    expect(figures.longestMs, "a new client waited").toBeLessThan(LONGEST_ANSWER_MS);
    if (!mayBeRefused) expect(figures.refused, "a new client was refused").toBe(0);
    expect(figures.memoryMiB, "memory, MiB").toBeLessThan(mostMiB);
    await until(async () => (await this.#resources()).handles < calmHandles + 8, "handles given back");
    const stored = before.stored;
    await this.#untilStored(stored + 1);
    expect((await this.#ledger()).dropped).toBe(0);
    return figures;
  }

  /** How long a client that nobody knows waits for the state, ms. One that is refused comes again. */
  async askAsNew(onRefused: () => void = () => undefined): Promise<number> {
    const beganMs = performance.now();
    for (;;) {
      try {
        const client = await Client.open(this.port, LONGEST_ANSWER_MS * 4);
        await client.call("get_state");
        client.socket.terminate();
        return performance.now() - beganMs;
      } catch (error) {
        if (performance.now() - beganMs > LONGEST_ANSWER_MS * 4) throw error;
        onRefused();
        await sleep(50);
      }
    }
  }

  async end(): Promise<void> {
    this.#watcher.socket.close();
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    expect(await ended).toBe(0);
    // No warning of the garbage collector, nothing that was not foreseen.
    expect(this.#stderr()).not.toMatch(/Warning|Error|\bat \S+:\d+/);
    await rm(this.dataDir, { recursive: true });
  }

  async #ledger(): Promise<Ledger> {
    const { streams } = await this.#watcher.call<Stats>("get_stats");
    return streams[0]!.ledger;
  }

  async #untilStored(frames: number): Promise<void> {
    await until(async () => (await this.#ledger()).stored >= frames, `${frames} frames stored`);
  }

  async #resources(): Promise<{ memory: number; handles: number }> {
    const [status, handles] = await Promise.all([
      readFile(`/proc/${this.pid}/status`, "utf8"),
      readdir(`/proc/${this.pid}/fd`),
    ]);
    const [, kB = "0"] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
    return { memory: Number(kB) * 1024, handles: handles.length };
  }
}

/** A client of the control socket. */
export class Client {
  readonly socket: WebSocket;
  /** What the bridge said first. */
  hello: Record<string, unknown> = {};
  #nextId = 1;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) return;
      const message = JSON.parse(data.toString()) as { id?: number; result?: unknown; error?: object };
      const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
      if (!waiting) return;
      this.#waiting.delete(message.id!);
      if (message.error) waiting.reject(Object.assign(new Error(JSON.stringify(message.error)), message.error));
      else waiting.resolve(message.result);
    });
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the socket was closed"));
      this.#waiting.clear();
    });
  }

  /** Resolves with the first message, `hello`. */
  static open(port: number, timeoutMs = 20_000): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, "zarrcam.v1", { handshakeTimeout: timeoutMs });
      const client = new Client(socket);
      socket.once("message", (data: Buffer) => {
        client.hello = (JSON.parse(data.toString()) as { params: Record<string, unknown> }).params;
        resolve(client);
      });
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("closed before hello")));
    });
  }

  call<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }
}

/** A connection by hand. It reads nothing until it is told to. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  return socket;
}

export function rawConnections(port: number, count: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, () => rawConnection(port)));
}

export function getRequest(port: number, target: string, more = ""): string {
  return `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`;
}

/** The handshake of a client of the control socket, by hand. */
export function upgradeRequest(port: number, target = "/ws", more = ""): string {
  const lines = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol: zarrcam.v1",
  ];
  return getRequest(port, target, `${lines.join("\r\n")}\r\n${more}`);
}

/** Statuses and bodies of so many answers, in the order in which they came. */
export function readAnswers(socket: Socket, count: number): Promise<{ status: number; body: Buffer }[]> {
  return new Promise((resolve, reject) => {
    const answers: { status: number; body: Buffer }[] = [];
    let held: Buffer = Buffer.alloc(0);
    let body: { status: number; parts: Buffer[]; left: number } | undefined;
    const take = (data: Buffer): void => {
      held = held.length === 0 ? data : Buffer.concat([held, data]);
      for (;;) {
        if (!body) {
          const end = held.indexOf("\r\n\r\n");
          if (end < 0) return;
          const head = held.subarray(0, end).toString("latin1");
          const left = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
          body = { status: Number(head.split(" ")[1]), parts: [], left };
          held = held.subarray(end + 4);
        }
        const part = held.subarray(0, body.left);
        held = held.subarray(part.length);
        body.parts.push(part);
        body.left -= part.length;
        if (body.left > 0) return;
        answers.push({ status: body.status, body: Buffer.concat(body.parts) });
        body = undefined;
        if (answers.length === count) {
          socket.off("data", take);
          return resolve(answers);
        }
      }
    };
    socket.on("data", take);
    socket.once("close", () => reject(new Error(`closed after ${answers.length} of ${count} answers`)));
  });
}

export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let left = 400; !(await condition()); left--) {
    if (left === 0) throw new Error(`within 20 s: not ${what}`);
    await sleep(50);
  }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** An attack goes on; four times as long in `npm run soak`. */
export const goOn = (ms: number) => sleep(process.env["ZARRCAM_SOAK"] ? 4 * ms : ms);

export function recording(uri: string, camera: string, storage: string, frames: number) {
  const dimension = (name: string, kind: string, array_size_px: number, chunk_size_px: number) => ({
    name,
    kind,
    array_size_px,
    chunk_size_px,
    shard_size_chunks: 0,
  });
  return {
    video: [
      {
        camera: {
          identifier: { kind: "Camera", name: `simulated: ${camera}` },
          settings: { shape: [1920, 1080], pixel_type: "U16", exposure_time_us: 1e6 / 30 },
        },
        storage: {
          identifier: { kind: "Storage", name: storage },
          settings: {
            uri,
            acquisition_dimensions: [
              dimension("x", "Space", 1920, 960),
              dimension("y", "Space", 1080, 540),
              dimension("t", "Time", 0, 30),
            ],
          },
        },
        max_frame_count: frames,
      },
    ],
  };
}
