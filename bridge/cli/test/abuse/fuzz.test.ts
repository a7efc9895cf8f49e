// Thousands of inputs that nobody would send, beside a recording: 5,000 in `npm test`, 100,000 in `npm run soak -- fuzz`.
// ZARRCAM_SEED repeats a run.
import fc from "fast-check";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

import { binaryMessage, readSafely } from "./fuzz/binary-messages.ts";
import { httpBytes } from "./fuzz/http-requests.ts";
import { isAnswered, rpcMessage } from "./fuzz/rpc-messages.ts";
import { socketBytes } from "./fuzz/socket-frames.ts";
import { type Victim, besideARecording, describeOnLinux, rawConnection, sleep, upgradeRequest } from "./victim.ts";

const INPUTS = Number(process.env["ZARRCAM_FUZZ_INPUTS"] ?? 5000);
const SEED = Number(process.env["ZARRCAM_SEED"] ?? Date.now() % 1e9);
/** Shares of each kind of input. */
const SHARES = { rpc: 0.5, http: 0.2, frames: 0.1, binary: 0.2 };
/** Fewer than the bad messages for which a session is closed: so each can be waited for. */
const MESSAGES_A_SESSION = 45;
const BATCH = 1000;
/** Connections and sessions at the same time. */
const AT_ONCE = 16;
/** Longer than any time that the bridge gives a request, a handshake or a farewell. */
const MOST_WAIT_MS = 40_000;

/** Inputs, made a batch at a time: a hundred thousand take no memory. */
function* inputs<T>(kind: keyof typeof SHARES, arbitrary: fc.Arbitrary<T>): Generator<T, void> {
  const count = Math.round(INPUTS * SHARES[kind]);
  for (let made = 0; made < count; made += BATCH) {
    yield* fc.sample(arbitrary, { numRuns: Math.min(BATCH, count - made), seed: SEED + made });
  }
}

/** Does the work for each, so many at a time. @returns how many there were */
async function each<T>(all: Iterator<T>, work: (one: T) => Promise<void>): Promise<number> {
  let count = 0;
  const worker = async () => {
    for (let next = all.next(); next.done !== true; next = all.next()) {
      count += 1;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return count;
}

function* groups<T>(all: Iterable<T>, size: number): Generator<T[], void> {
  let group: T[] = [];
  for (const one of all) {
    group.push(one);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Sends all messages over one session, and waits until each that is to be answered is. */
async function ask({ port }: Victim, messages: string[]): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?notifications=`, "zarrcam.v1");
  let answers = 0;
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why} after ${answers} answers to ${JSON.stringify(messages)}`));
    const impatient = setTimeout(() => fail("no answer"), MOST_WAIT_MS);
    const expected = messages.filter(isAnswered).length + 1;
    socket.on("error", (error) => fail(error.message));
    socket.on("close", (code) => fail(`closed with ${code}`));
    socket.on("open", () => {
      for (const message of messages) socket.send(message);
      socket.send('{"jsonrpc":"2.0","id":"the last","method":"get_state"}');
    });
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary || !Object.hasOwn(JSON.parse(data.toString()) as object, "id")) return;
      if (++answers < expected) return;
      clearTimeout(impatient);
      socket.removeAllListeners("close");
      resolve();
    });
  });
  // Nor is anything answered twice.
  socket.terminate();
  expect(answers).toBe(messages.filter(isAnswered).length + 1);
}

/** Sends bytes and no more, and waits for the end of the connection. @returns all that came */
async function send({ port }: Victim, bytes: Buffer): Promise<string> {
  const socket = await rawConnection(port);
  const parts: Buffer[] = [];
  socket.on("data", (data) => parts.push(data));
  await new Promise<void>((resolve, reject) => {
    const impatient = setTimeout(() => {
      socket.destroy();
      reject(new Error(`neither answered nor closed: ${JSON.stringify(bytes.toString("latin1"))}`));
    }, MOST_WAIT_MS);
    socket.once("close", () => {
      clearTimeout(impatient);
      resolve();
    });
    socket.end(bytes);
  });
  return Buffer.concat(parts).toString("latin1");
}

describeOnLinux(`${INPUTS} inputs (ZARRCAM_SEED=${SEED}), while 1920 x 1080 at 30 frames/s are recorded`, () => {
  const recording = besideARecording({ frames: 2 });
  const timeout = 60_000 + 20 * INPUTS;

  test("messages: each is answered, in whatever way, and once", { timeout }, async () => {
    await recording.victim.under(
      "fuzzed messages",
      async () => {
        await each(groups(inputs("rpc", rpcMessage), MESSAGES_A_SESSION), (all) => ask(recording.victim, all));
      },
      300,
    );
  });

  test("requests: answered as HTTP has it, or the connection ends", { timeout }, async () => {
    const { victim } = recording;
    await victim.under(
      "fuzzed requests",
      async () => {
        await each(inputs("http", httpBytes(victim.port)), async (bytes) => {
          const heard = await send(victim, bytes);
          if (heard !== "") expect(heard, bytes.toString("latin1")).toMatch(/^HTTP\/1\.1 \d{3} /);
          // What nobody foresaw.
          expect(heard, bytes.toString("latin1")).not.toMatch(/^HTTP\/1\.1 500 /m);
        });
      },
      300,
    );
  });

  test("frames of the socket: carried out, or the session ends", { timeout }, async () => {
    const { victim } = recording;
    await victim.under(
      "fuzzed frames",
      async () => {
        const handshake = Buffer.from(upgradeRequest(victim.port, "/ws?notifications="));
        await each(inputs("frames", socketBytes), async (bytes) => {
          const heard = await send(victim, Buffer.concat([handshake, bytes]));
          expect(heard).toMatch(/^HTTP\/1\.1 (101|503) /);
        });
      },
      300,
      true,
    );
  });

  test("pictures and records of a bridge that is none: refused by who reads them", { timeout }, async () => {
    let count = 0;
    for (const message of inputs("binary", binaryMessage)) {
      readSafely(message);
      if (++count % BATCH === 0) await sleep(0);
    }
    expect(count).toBe(Math.round(INPUTS * SHARES.binary));
  });
});
