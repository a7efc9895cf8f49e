import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import { type FrameBytes, type HostRuntime, ZarrcamError } from "@zarrcam/client/native";
import { MAX_FRAME_CLIENTS, MAX_FRAME_CLIENTS_OF_ONE } from "@zarrcam/protocol";

import type { Principal } from "../access/principal.ts";

/** What is copied out of the core at once; two such pieces are on their way to a client. */
export const PIECE_BYTES = 4 << 20;
/** A client that has not taken such a piece within this time is cut off, ms. */
const STALLED_MS = 60_000;

/** What `/streams/{n}/frames?…` asks for. */
interface FramesTarget {
  stream: number;
  nextRun: boolean;
  backPressure: boolean;
}

/** Null: the path is another one. */
export function framesTarget(segments: readonly string[], url: string): FramesTarget | null {
  const [streams, stream = "", frames, ...more] = segments;
  if (streams !== "streams" || frames !== "frames" || more.length > 0 || !/^\d{1,9}$/.test(stream)) return null;
  const at = url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  const target = { stream: Number(stream), nextRun: false, backPressure: false };
  for (const [name, value] of query) {
    if (name === "run" && value === "next") target.nextRun = true;
    else if (name === "back_pressure" && value === "true") target.backPressure = true;
    else {
      const message = "Frames are asked for with ?run=next, back_pressure=true, both or neither.";
      throw new ZarrcamError("invalid_params", message, { path: name });
    }
  }
  return target;
}

/** The clients that take every frame of a recording. */
export class FrameClients {
  readonly #runtime: Pick<HostRuntime, "openFrames">;
  readonly #keep: (socket: Socket) => void;
  readonly #stalledMs: number;
  /** Whose they are: ids of principals. */
  readonly #owners: string[] = [];

  /** @param keep is told each connection that must make room for no other: its frames cannot be asked for again. */
  constructor(runtime: Pick<HostRuntime, "openFrames">, keep: (socket: Socket) => void, stalledMs = STALLED_MS) {
    this.#runtime = runtime;
    this.#keep = keep;
    this.#stalledMs = stalledMs;
  }

  get count(): number {
    return this.#owners.length;
  }

  /** Sends until capture has ended or the client has gone; throws what refuses it before anything was sent. */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    target: FramesTarget,
    principal: Principal,
  ): Promise<void> {
    response.setHeader("Content-Type", "application/octet-stream");
    response.setHeader("Cache-Control", "no-store");
    if (request.method === "HEAD") return void response.writeHead(200).end();
    const noRoom = this.#noRoomFor(principal);
    if (noRoom !== null) throw new ZarrcamError("too_many_requests", noRoom);
    this.#owners.push(principal.id);
    this.#keep(request.socket);
    response.shouldKeepAlive = false;
    try {
      const frames = await this.#runtime.openFrames(target);
      // Whoever leaves, by whatever way, is no client from then on.
      const left = () => frames.close();
      response.once("close", left);
      try {
        if (!response.destroyed) await this.#pass(frames, response);
      } finally {
        response.off("close", left);
        frames.close();
      }
    } finally {
      this.#owners.splice(this.#owners.indexOf(principal.id), 1);
    }
  }

  /** Why there is no room for one more of somebody's; null: there is. */
  #noRoomFor({ id, name, kind }: Principal): string | null {
    if (this.#owners.length >= MAX_FRAME_CLIENTS)
      return `${MAX_FRAME_CLIENTS} clients take frames already; end one of them first.`;
    const its = this.#owners.filter((owner) => owner === id).length;
    if (kind === "this_computer" || its < MAX_FRAME_CLIENTS_OF_ONE) return null;
    return `${MAX_FRAME_CLIENTS_OF_ONE} clients of ${JSON.stringify(name)} take frames already; end one of them first.`;
  }

  async #pass(frames: FrameBytes, response: ServerResponse): Promise<void> {
    response.writeHead(200);
    // A client that waits for the next run starts it when it has this.
    response.flushHeaders();
    let [piece, other] = [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)];
    let reading = frames.read(piece);
    for (;;) {
      const bytes = await reading;
      if (bytes === 0 || response.destroyed) break;
      // The next piece is copied while this one is sent.
      reading = frames.read(other);
      // It is awaited in the next turn; where this one fails, nobody asks for it.
      reading.catch(() => undefined);
      await this.#write(response, piece.subarray(0, bytes));
      [piece, other] = [other, piece];
    }
    if (!response.destroyed) response.end();
  }

  /** Waits until the system has taken the bytes, or the client has gone. */
  #write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
    return new Promise<void>((resolve) => {
      const stalled = setTimeout(() => response.destroy(), this.#stalledMs);
      const done = () => {
        clearTimeout(stalled);
        response.off("close", done);
        resolve();
      };
      response.once("close", done);
      response.write(bytes, done);
    });
  }
}
